using Meridian.Adapters.Csv;
using Meridian.Domain.Leads;
using Meridian.Engine;
using Meridian.Engine.Prospecting;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Phone orders. A delivered number is attached by the same door as an imported one, so that a person's opt-out reaches it and it reaches the person.</summary>
public sealed class SqlPhones(SqlStore store, IIds ids) : IPhoneBook
{
    private readonly SqlIntake intake = new(ids);

    private const string ElsewhereUnderWay = "somebody else's order is fetching it";

    internal const string CandidatesSql = """
        select t.id as touch_id, t.lead_id, t.campaign_id, t.step_id, r.external_id from touch t
          join lead_ref r on r.lead_id = t.lead_id and r.source = @source join lead l on l.id = t.lead_id
         where t.state = 'planned' and t.channel = 'call' and t.parked_reason = 'no_legal_basis' and t.address_id is null and t.id > @after
           and l.opted_out_at is null and l.paused_at is null and l.detached_at is null
           and not exists (select 1 from phone_wanted w where w.source = r.source and w.external_id = r.external_id)
         order by t.id limit @most
        """;

    internal const string InsertOrder = "insert into phone_order (id, source, day, reserved, asked_at) values (@id, @source, @day, @reserved, @now)";

    internal const string Want = "insert into phone_wanted (source, external_id, lead_id, order_id, why) values (@source, @external, @lead, @order, @why) on conflict (source, external_id) do nothing";

    internal const string Ordered = "update phone_order set request_id = @request, charged = charged + @credits, ordered_at = @now, look_at = @lookAt where id = @id and closed_at is null";

    internal const string NotBought = "delete from phone_wanted where order_id = @id";

    internal const string KeepUnderWay = "update phone_wanted set result = @result where order_id = @order and result is null";

    internal const string ForgetUnderWay = """
        delete from phone_wanted where source = @source and result = @result and exists (select 1 from phone_order o where o.id = phone_wanted.order_id and o.closed_at <= @before)
        """;

    internal const string OrderRow = "select id, source, request_id, day, reserved, charged, closed_at from phone_order where id = @id";

    // The close is the claim on what the delivery costs: it is settled once.
    internal const string Close = "update phone_order set closed_at = @now, result = @result, charged = charged + @credits, look_at = null where id = @id and closed_at is null";

    internal const string OpenOrders = "select id, request_id, asked_at, ordered_at, look_at from phone_order where source = @source and closed_at is null order by coalesce(look_at, asked_at), id limit 100";

    internal const string LookAgain = "update phone_order set look_at = @at where id = @id and closed_at is null";

    internal const string WantedOf = "select external_id, lead_id from phone_wanted where order_id = @order and result is null order by external_id";

    internal const string KeepResult = "update phone_wanted set result = @result where source = @source and external_id = @external and result is null";

    public Task<IReadOnlyList<PhoneCandidate>> CandidatesAsync(string source, string after, int most) => store.ReadAsync(async s =>
        (IReadOnlyList<PhoneCandidate>)(await s.QueryAsync<Candidate>(CandidatesSql, new { source, after, most = (long)most })).Select(c => new PhoneCandidate(c.TouchId, c.LeadId, c.CampaignId, c.StepId, c.ExternalId)).ToList());

    public Task<PhoneOrder?> TryOrderAsync(string source, IReadOnlyList<WantedPhone> wanted, PurchaseLimits limits, int creditsEach, Instant now) => store.WriteAsync<PhoneOrder?>(async s =>
    {
        var order = new PhoneOrder(ids.New("pho"), source, wanted.Select(w => w.ExternalId).Order(StringComparer.Ordinal).ToList());
        var credits = wanted.Count * creditsEach * 1000L;
        await s.ExecuteAsync(InsertOrder, new { id = order.Id, source, day = limits.Day, reserved = credits, now });
        foreach (var w in wanted.OrderBy(w => w.ExternalId, StringComparer.Ordinal))
            if (await s.ExecuteAsync(Want, new { source, external = w.ExternalId, lead = w.LeadId, order = order.Id, why = w.Why }) == 0) throw new RollBackException(null!);
        var micro = limits.Micro(wanted.Count * creditsEach);
        if (await s.ExecuteAsync(SqlProspects.ReserveCredits, new { day = limits.Day, credits, micro, cap = limits.Credits * 1000L }) == 0) throw new RollBackException(null!);
        if (await s.ExecuteAsync(SqlProspects.ReserveMoney, new { day = limits.Day, micro, cap = limits.BudgetMicro }) == 0) throw new RollBackException(null!);
        return order;
    });

    public Task OrderedAsync(string orderId, string? requestId, decimal credits, Instant lookAt, Instant now) =>
        store.WriteAsync(async s => { await s.ExecuteAsync(Ordered, new { id = orderId, request = requestId, credits = Thousandths(credits), lookAt, now }); });

    public Task GiveBackAsync(string orderId, PurchaseLimits limits, decimal charged, Instant now) => store.WriteAsync(async s =>
    {
        if (await GiveBackAsync(s, orderId, "nothing was bought", limits, charged, now)) await s.ExecuteAsync(NotBought, new { id = orderId });
    });

    public Task UnderWayAsync(string orderId, PurchaseLimits limits, decimal charged, Instant now) => store.WriteAsync(async s =>
    {
        if (await GiveBackAsync(s, orderId, ElsewhereUnderWay, limits, charged, now)) await s.ExecuteAsync(KeepUnderWay, new { order = orderId, result = ElsewhereUnderWay });
    });

    public Task AskAgainAsync(string source, Instant before) => store.WriteAsync(s => s.ExecuteAsync(ForgetUnderWay, new { source, result = ElsewhereUnderWay, before }));

    private static async Task<bool> GiveBackAsync(SqlSession s, string orderId, string result, PurchaseLimits limits, decimal charged, Instant now)
    {
        if (await s.FirstOrDefaultAsync<Order>(OrderRow, new { id = orderId }) is not { } order) return false;
        if (await s.ExecuteAsync(Close, new { id = orderId, now, result, credits = Thousandths(charged) }) == 0) return false;
        await CorrectAsync(s, order, Thousandths(charged) - order.Reserved, limits);
        return true;
    }

    public Task CloseAsync(string orderId, string result, Instant now) =>
        store.WriteAsync(async s => { await s.ExecuteAsync(Close, new { id = orderId, now, result, credits = 0L }); });

    public Task<IReadOnlyList<OpenPhoneOrder>> OpenAsync(string source, Instant now) => store.ReadAsync(async s =>
        (IReadOnlyList<OpenPhoneOrder>)(await s.QueryAsync<Open>(OpenOrders, new { source })).Select(o => new OpenPhoneOrder(o.Id, o.RequestId, o.AskedAt, o.OrderedAt, o.LookAt)).ToList());

    public Task LookAgainAsync(string orderId, Instant at) => store.WriteAsync(async s => { await s.ExecuteAsync(LookAgain, new { id = orderId, at }); });

    public async Task<int?> KeepPhonesAsync(string orderId, IReadOnlyList<ProspectPhone> phones, decimal credits, Instant now)
    {
        var order = await store.ReadAsync(s => s.FirstOrDefaultAsync<Order>(OrderRow, new { id = orderId }));
        if (order is null || order.ClosedAt is not null) return null;
        var wanted = await store.ReadAsync(s => s.QueryAsync<Wanted>(WantedOf, new { order = orderId }));
        var batch = new ImportBatch(ids.New("imp"), $"{order.Source} {orderId}", orderId, order.Source, now, null, null);
        await store.WriteAsync(s => SqlIntake.OpenBatchAsync(s, batch));
        int line = 0, numbers = 0;
        foreach (var person in wanted) numbers += await AttachAsync(batch, person, phones.Where(p => p.ExternalId == person.ExternalId).ToList(), ++line);

        await store.WriteAsync(async s =>
        {
            await SqlIntake.CloseBatchAsync(s, batch.Id, now, line, 0, numbers, line - numbers, 0);
            if (await s.ExecuteAsync(Close, new { id = orderId, now, result = $"{numbers} numbers", credits = Thousandths(credits) }) == 0) return; // somebody else heard of it, too
            var settings = await s.ScalarAsync<string>("select value from setting where key = 'owner'");
            var owner = settings is null ? new OwnerSettings() : System.Text.Json.JsonSerializer.Deserialize<OwnerSettings>(settings)!;
            // Without the source's answer nobody knows what asking cost: then all that was set aside stays spent.
            if (order.RequestId is not null) await CorrectAsync(s, order, order.Charged + Thousandths(credits) - order.Reserved, new PurchaseLimits(order.Day, owner.DailyCredits, owner.CreditUsd, 0));
            await DeskVerbs.WakeAsync(s, "tasks", "all", now);
        });
        return numbers;
    }

    /// <summary>1 when the person has a number of their own afterwards that they had not before.</summary>
    private async Task<int> AttachAsync(ImportBatch batch, Wanted person, IReadOnlyList<ProspectPhone> phones, int line)
    {
        var usable = phones.Where(p => p.IsValid && !p.DoNotCall).Select(Address).OfType<RowAddress>().DistinctBy(a => a.Id).ToList();
        var why = usable.Count > 0 ? string.Join(", ", usable.Select(a => a.Id))
            : phones.Count == 0 ? "the source found no number"
            : phones.All(p => !p.IsValid) ? "no number of theirs is in service" : "the source does not say that their number is off the do-not-call lists";
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var done = await store.WriteAsync<int?>(async s =>
            {
                if (await s.ExecuteAsync(KeepResult, new { source = batch.Source, external = person.ExternalId, result = why }) == 0) return 0;
                if (usable.Count == 0) return 0;
                var nobody = new PersonFields(null, null, null, null, null, null, null, null, null, null, null);
                var row = new ImportRow(line, person.ExternalId, nobody, null, null, usable, false, [], [], null);
                if (await intake.TakeAsync(s, batch, row) is not { } outcome) throw new RollBackException(null!);
                return outcome.Result == "updated" ? 1 : 0;
            });
            if (done is { } attached) return attached;
        }

        throw new InvalidOperationException($"the phone of prospect {person.ExternalId}: its people were changed by somebody else again and again");
    }

    private static RowAddress? Address(ProspectPhone phone)
    {
        if (!PhoneNumber.TryParse(phone.Number, out var number, out _)) return null;
        var role = phone.Type switch
        {
            "mobile" => AddressRole.Mobile,
            "work_direct" or "direct" => AddressRole.Direct,
            "work_hq" or "work" or "corporate" => AddressRole.Company,
            _ => AddressRole.Primary,
        };
        return new RowAddress(number.E164, AddressKind.Phone, role, number.Extension, null);
    }

    private static async Task CorrectAsync(SqlSession s, Order order, long credits, PurchaseLimits limits)
    {
        if (credits == 0) return;
        var micro = credits > 0 ? limits.Micro(credits / 1000m) : -limits.Micro(-credits / 1000m);
        await s.ExecuteAsync(SqlProspects.CorrectCredits, new { day = order.Day, credits, micro });
        await s.ExecuteAsync(SqlProspects.CorrectMoney, new { day = order.Day, micro });
    }

    private static long Thousandths(decimal credits) => (long)(credits * 1000m);

    private sealed class Candidate
    {
        public string TouchId { get; init; } = "";
        public string LeadId { get; init; } = "";
        public string CampaignId { get; init; } = "";
        public string StepId { get; init; } = "";
        public string ExternalId { get; init; } = "";
    }

    private sealed class Order
    {
        public string Id { get; init; } = "";
        public string Source { get; init; } = "";
        public string? RequestId { get; init; }
        public LocalDate Day { get; init; }
        public long Reserved { get; init; }
        public long Charged { get; init; }
        public Instant? ClosedAt { get; init; }
    }

    private sealed class Open
    {
        public string Id { get; init; } = "";
        public string? RequestId { get; init; }
        public Instant AskedAt { get; init; }
        public Instant? OrderedAt { get; init; }
        public Instant? LookAt { get; init; }
    }

    private sealed class Wanted
    {
        public string ExternalId { get; init; } = "";
        public string LeadId { get; init; } = "";
    }
}
