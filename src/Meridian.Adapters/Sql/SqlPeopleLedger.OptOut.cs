using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

public sealed partial class SqlPeopleLedger
{
    // Suppressing writes the row first; only a later statement may read who holds it.
    internal const string Suppress = """
        insert into address_key (id, kind, suppressed_at, suppressed_reason, writes) values (@address, @kind, @now, @reason, 1)
            on conflict (id) do update set suppressed_at = coalesce(address_key.suppressed_at, excluded.suppressed_at),
                   suppressed_reason = coalesce(address_key.suppressed_reason, excluded.suppressed_reason), writes = address_key.writes + 1
        """;

    // The same words heard again, by a late report or a second look, are no second piece of evidence.
    internal const string KeepSuppression = """
        insert into suppression (id, address_id, at, reason, source, evidence)
        select @id, a.id, @now, @reason, @source, @evidence from address_key a
         where a.id = @address and not exists (select 1 from suppression k where k.address_id = @address and k.source = @source and k.evidence = @evidence)
        """;

    // Its instant was read before it got its turn: what had begun by then came before it, and no clock may say otherwise.
    internal const string OptLeadOut = """
        update lead set opted_out_at = coalesce(opted_out_at, case when last_touch_at > @now then last_touch_at else @now end), revision = revision + 1 where id = @lead
        """;

    internal const string AddressesOf = "select address_id from lead_address where lead_id = @lead and detached_at is null order by address_id";

    // An opt-out is a revocation, too: what is signed later opens again, what was signed before never.
    internal const string WithdrawConsents = "update consent set status = 'withdrawn', withdrawn_at = @now, missing = @reason where lead_id = @lead and status <> 'withdrawn'";

    internal const string LeadExists = "select count(*) from lead where id = @lead";

    // What we ever wrote to or rang for them is theirs too, when it was taken from them meanwhile.
    internal const string AddressesEverUsedOf = """
        select address_id from lead_address where lead_id = @lead and detached_at is null
         union select address_id from touch where lead_id = @lead and begun_at is not null and address_id is not null
         union select address_id from call_task where lead_id = @lead and begun_at is not null order by 1
        """;

    // Given up as wrong or changed meanwhile: whoever says no by it may be the one who held it, and we cannot tell which of the two was in error.
    internal const string OnceOwnersOf = "select lead_id from lead_address where address_id = @address and detached_at is not null and role <> 'company' order by lead_id";

    // A company's line is nobody's own: it is suppressed with whoever said no, but its other holders said nothing.
    internal const string OwnersOf = "select lead_id from lead_address where address_id = @address and detached_at is null and role <> 'company' order by lead_id";

    internal const string LiveCallsOf = """
        select control_url from touch where lead_id = @lead and channel = 'call' and begun_at is not null and closed_at is null and control_url is not null
        """;

    internal const string OpenCallsOf = "select count(*) from touch where lead_id = @lead and channel = 'call' and begun_at is not null and closed_at is null";

    public async Task<OptOutResult> OptOutAsync(OptOutOrder order)
    {
        while (true)
        {
            // The closure is read before anything is locked, and read again under the locks: if it grew, start again.
            var reach = await store.ReadAsync(s => ReachAsync(s, order));
            var result = await store.WriteAsync<OptOutResult?>(s => OptOutAsync(s, order, reach));
            if (result is not null) return result;
        }
    }

    private async Task<OptOutResult?> OptOutAsync(SqlSession s, OptOutOrder order, Reach reach)
    {
        await SuppressAsync(s, order, reach);
        await OptLeadsOutAsync(s, order, reach);
        if (await HasGrownAsync(s, order, reach)) throw new RollBackException(null!);

        var calls = await EndAsync(s, ids, order, reach);
        if (order.Actor is { } actor) await AuditVerbs.WriteAsync(s, ids, order.At, actor, "optout", order.LeadId ?? string.Join(' ', order.AddressIds), null, order.Reason);
        var confirms = order.Confirm is { } confirm && await SqlConfirmations.PlanAsync(s, ids, confirm, order.At);
        return new OptOutResult(reach.Leads, reach.Addresses, calls) { Confirms = confirms };
    }

    // An opt-out in four steps, so that another verb can have its own rows in between without leaving the lock order.

    /// <summary>First: the addresses.</summary>
    internal static async Task SuppressAsync(SqlSession s, OptOutOrder order, Reach reach)
    {
        foreach (var address in reach.Addresses)
        {
            await s.ExecuteAsync(Suppress, new { address, kind = address.Contains('@') ? "email" : "phone", now = order.At, reason = order.Reason });
        }
    }

    /// <summary>Second: the people.</summary>
    internal static async Task OptLeadsOutAsync(SqlSession s, OptOutOrder order, Reach reach)
    {
        foreach (var lead in reach.Leads) await s.ExecuteAsync(OptLeadOut, new { lead, now = order.At });
    }

    /// <summary>Third, under the locks: true when somebody joined meanwhile; then nothing of this may be committed.</summary>
    internal static async Task<bool> HasGrownAsync(SqlSession s, OptOutOrder order, Reach reach)
    {
        var again = await ReachAsync(s, order);
        return !again.Addresses.SequenceEqual(reach.Addresses) || !again.Leads.SequenceEqual(reach.Leads);
    }

    /// <summary>Fourth: walks and offers end, the evidence is kept. Returns the control URLs of their live calls.</summary>
    internal static async Task<IReadOnlyList<string>> EndAsync(SqlSession s, IIds ids, OptOutOrder order, Reach reach)
    {
        var now = order.At;
        var calls = new List<string>();
        var open = 0L;
        foreach (var lead in reach.Leads)
        {
            foreach (var enrollment in await s.QueryAsync<string>(ActiveEnrollmentsOf, new { lead })) await s.ExecuteAsync(StopEnrollment, new { enrollment, reason = order.Reason, now });
        }

        foreach (var lead in reach.Leads)
        {
            foreach (var touch in await s.QueryAsync<string>(OffersOf, new { lead })) await s.ExecuteAsync(SkipOffer, new { touch, reason = Words.Of(SkippedReason.OptedOut), now });
            calls.AddRange(await s.QueryAsync<string>(LiveCallsOf, new { lead }));
            open += await s.ScalarAsync<long>(OpenCallsOf, new { lead });
            await s.ExecuteAsync(WithdrawConsents, new { lead, now, reason = $"taken back: {order.Reason}" });
            await s.ExecuteAsync(SqlCallTasks.WithdrawOf, new { lead, now, why = order.Reason });
        }

        foreach (var address in reach.Addresses)
            await s.ExecuteAsync(KeepSuppression, new { id = ids.New("sup"), address, now, reason = order.Reason, source = order.Source, evidence = order.Evidence });
        // Whoever told us may have no line to the provider (an import, a command line), and a call may still be under way to it: the upkeep desk ends both.
        if (open > 0) await DeskVerbs.WakeAsync(s, "upkeep", "all", now);
        return calls;
    }

    /// <summary>
    /// The named addresses and person, everybody who holds one of them as their own, all they hold, and so on until nothing is added. Where an address was
    /// named and no person, anybody who holds it may have spoken, at a company's line too, and anybody from whom it was taken.
    /// </summary>
    internal static async Task<Reach> ReachAsync(SqlSession s, OptOutOrder order)
    {
        var addresses = new SortedSet<string>(order.AddressIds, StringComparer.Ordinal);
        var leads = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(addresses);
        var newLeads = new Queue<string>();
        if (order.LeadId is { } person && await s.ScalarAsync<long>(LeadExists, new { lead = person }) > 0 && leads.Add(person)) newLeads.Enqueue(person);
        foreach (var address in order.LeadId is null ? order.AddressIds.Except(order.CompanyLines ?? []) : [])
            foreach (var lead in (await HoldersAsync(s, address)).Concat(await s.QueryAsync<string>(OnceOwnersOf, new { address })))
                if (leads.Add(lead)) newLeads.Enqueue(lead);

        while (open.Count + newLeads.Count > 0)
        {
            while (open.TryDequeue(out var address))
            {
                foreach (var lead in await s.QueryAsync<string>(OwnersOf, new { address }))
                    if (leads.Add(lead)) newLeads.Enqueue(lead);
            }

            while (newLeads.TryDequeue(out var lead))
            {
                foreach (var address in await s.QueryAsync<string>(AddressesEverUsedOf, new { lead }))
                    if (addresses.Add(address)) open.Enqueue(address);
            }
        }

        return new Reach(addresses.ToList(), leads.ToList());
    }

    internal sealed record Reach(IReadOnlyList<string> Addresses, IReadOnlyList<string> Leads);
}
