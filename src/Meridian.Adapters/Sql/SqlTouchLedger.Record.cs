using Meridian.Domain.Touches;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

public sealed partial class SqlTouchLedger
{
    internal const string FindByPermit = """
        select t.id as touch_id, t.lead_id, t.enrollment_id, t.campaign_id, t.channel, t.step_id, t.sender_id, t.address_id
          from touch t where t.permit_id = @permit
        """;

    internal const string FindById = """
        select t.id as touch_id, t.lead_id, t.enrollment_id, t.campaign_id, t.channel, t.step_id, t.sender_id, t.address_id
          from touch t where t.id = @touch
        """;

    internal const string WakeEnrollment = """
        update enrollment set plan_at = @now, wakes = wakes + 1 where id = @enrollment and state = 'active'
        """;

    internal const string RecordAccepted = """
        update touch set state = 'sent', accepted_at = @now, provider_ref = coalesce(@ref, provider_ref), control_url = @control, closed_at = coalesce(closed_at, @closed)
         where permit_id = @permit and state in ('sending', 'unconfirmed')
        """;

    internal const string RecordRefused = """
        update touch set state = 'refused', closed_at = coalesce(closed_at, @now), disposition = @disposition, error = @error
         where permit_id = @permit and state in ('sending', 'unconfirmed')
        """;

    internal const string RecordNotSent = """
        update touch set state = 'failed', closed_at = coalesce(closed_at, @now), failed_because = @because, disposition = @disposition, error = @error
         where permit_id = @permit and state in ('sending', 'unconfirmed')
        """;

    internal const string RecordUnknown = """
        update touch set state = 'unconfirmed', error = @error where permit_id = @permit and state = 'sending'
        """;

    internal const string WantOwnerCopy = "insert into owner_copy (touch_id, due_at) values (@touch, @now) on conflict (touch_id) do nothing";

    internal const string EndCall = """
        update touch set closed_at = @now, disposition = coalesce(disposition, @disposition), error = coalesce(error, @reason), provider_ref = coalesce(provider_ref, @ref),
               state = case when state in ('sending', 'unconfirmed') then 'sent' else state end
         where id = @touch and channel = 'call' and begun_at is not null and closed_at is null
        """;

    internal const string RecordAnsweredSql = """
        update touch set answered_at = @now where id = @touch and channel = 'call' and begun_at is not null and closed_at is null and answered_at is null
        """;

    internal const string RecordEndSeen = "update touch set end_seen_at = @now where id = @touch and begun_at is not null and closed_at is null and end_seen_at is null";

    internal const string Settle = "update touch set settled_micro = @micro where id = @touch and begun_at is not null and settled_micro is null";

    public Task<bool> RecordAsync(Outcome outcome) => store.WriteAsync(async s =>
    {
        var touch = await s.FirstOrDefaultAsync<TouchKeys>(FindByPermit, new { permit = outcome.PermitId });
        if (touch is null) return false; // the begin never committed: nothing to record
        var now = outcome.At;

        // Enrollment before touch: the one lock order.
        if (outcome is not Outcome.Unknown) await s.ExecuteAsync(WakeEnrollment, new { enrollment = touch.EnrollmentId, now });
        var rows = outcome switch
        {
            Outcome.Accepted a => await s.ExecuteAsync(RecordAccepted, new { permit = a.PermitId, now, @ref = a.ProviderRef, control = a.ControlUrl, closed = touch.IsCall ? null : (Instant?)now }),
            Outcome.Refused r => await s.ExecuteAsync(RecordRefused, new { permit = r.PermitId, now, disposition = Words.Of(r.Disposition), error = r.Reason }),
            Outcome.NotSent n => await s.ExecuteAsync(RecordNotSent, new { permit = n.PermitId, now, because = Words.Of(n.Because), error = n.Reason, disposition = touch.IsCall && n.Because == FailedBecause.Transient ? Words.Of(Disposition.CallFailed) : null }),
            Outcome.Unknown u => await s.ExecuteAsync(RecordUnknown, new { permit = u.PermitId, error = u.Reason }),
            _ => throw new InvalidOperationException($"unknown outcome {outcome}"),
        };
        if (rows == 0) return false;

        // What may have reached somebody is shown to the owner too: nobody else will ever tell them.
        var wantsCopy = outcome is Outcome.Accepted or Outcome.Unknown && touch.Channel == "email";
        if (wantsCopy) await s.ExecuteAsync(WantOwnerCopy, new { touch = touch.TouchId, now });
        await PassOnAsync(s, touch, outcome);

        if (outcome is Outcome.Refused or Outcome.NotSent && touch.IsCall) await MoveSuccessorsOfAsync(s, touch.TouchId, now);
        if (outcome is not Outcome.Unknown) await DeskVerbs.WakeAsync(s, "campaign", touch.CampaignId, now);
        if (wantsCopy) await DeskVerbs.WakeAsync(s, "owner-copy", "all", now);
        if (outcome is Outcome.Accepted { RingEndsAt: { } ring }) await DeskVerbs.WakeAsync(s, "upkeep", "all", ring);
        if (outcome is Outcome.Unknown) await DeskVerbs.WakeAsync(s, "upkeep", "all", now);
        return true;
    });

    public Task<bool> RecordCallEndAsync(CallEnd end) => store.WriteAsync(async s =>
    {
        var touch = await s.FirstOrDefaultAsync<TouchKeys>(FindById, new { touch = end.TouchId });
        if (touch is null) return false;
        await s.ExecuteAsync(WakeEnrollment, new { enrollment = touch.EnrollmentId, now = end.At });
        var rows = await s.ExecuteAsync(EndCall, new { touch = end.TouchId, now = end.At, disposition = Words.Of(end.Disposition), reason = end.Reason, @ref = end.ProviderRef });
        if (rows == 0) throw new RollBackException(false); // its end was known: told again, or days late, it wakes nobody
        await MoveSuccessorsOfAsync(s, end.TouchId, end.At);
        await DeskVerbs.WakeAsync(s, "campaign", touch.CampaignId, end.At);
        await DeskVerbs.WakeAsync(s, "upkeep", "all", end.At + Meridian.Engine.Upkeep.UpkeepTurn.ReportOverdue);
        return true;
    });

    public Task RecordAnsweredAsync(string touchId, Instant at, Instant successorDueAt) => store.WriteAsync(async s =>
    {
        if (await s.ExecuteAsync(RecordAnsweredSql, new { touch = touchId, now = at }) == 1) await MoveSuccessorsOfAsync(s, touchId, successorDueAt);
    });

    public Task RecordEndSeenAsync(string touchId, Instant at) => store.WriteAsync(async s =>
    {
        if (await s.ExecuteAsync(RecordEndSeen, new { touch = touchId, now = at }) == 1) await DeskVerbs.WakeAsync(s, "upkeep", "all", at + Meridian.Engine.Upkeep.UpkeepTurn.ReportAwaited);
    });

    public Task<bool> SettleCostAsync(string touchId, decimal costUsd, Instant at) => store.WriteAsync(async s =>
    {
        var micro = (long)decimal.Ceiling(costUsd * 1_000_000m);
        if (await s.ExecuteAsync(Settle, new { touch = touchId, micro }) == 0) return false;
        var row = await s.FirstOrDefaultAsync<SpendKeys>("select spend_day, channel, reserved_micro from touch where id = @touch", new { touch = touchId });
        if (row?.SpendDay is null) return true;
        foreach (var channel in new[] { "all", row.Channel })
            await s.ExecuteAsync("update spend_day set micro = micro + @delta where day = @day and channel = @channel", new { delta = micro - row.ReservedMicro, day = row.SpendDay, channel });
        return true;
    });

    /// <summary>The go-on successor of a call moves with what became of the call. Only offers; the touch itself is a row of the same person.</summary>
    private static async Task MoveSuccessorsOfAsync(SqlSession s, string touchId, Instant due) =>
        await s.ExecuteAsync(MoveSuccessor, new { due, touch = touchId });

    /// <summary>What an outcome teaches about an address or a sender is a signal: their rows come before touches in the lock order.</summary>
    private async Task PassOnAsync(SqlSession s, TouchKeys touch, Outcome outcome)
    {
        var news = outcome switch
        {
            Outcome.Refused { Disposition: Disposition.Bounced } r => new OwnSignal(OwnSignal.Bounced, touch.TouchId, touch.LeadId, touch.AddressId, touch.SenderId, r.Reason),
            Outcome.Refused { Disposition: Disposition.OptedOut } r => new OwnSignal(OwnSignal.OptedOutAtProvider, touch.TouchId, touch.LeadId, touch.AddressId, touch.SenderId, r.Reason),
            Outcome.NotSent { Because: FailedBecause.Account } n => new OwnSignal(OwnSignal.AccountFault, touch.TouchId, touch.LeadId, touch.AddressId, touch.SenderId, n.Reason),
            Outcome.NotSent { Because: FailedBecause.PermitExpired } n => new OwnSignal(OwnSignal.GapToGiveBack, touch.TouchId, touch.LeadId, touch.AddressId, touch.SenderId, n.Reason),
            _ => null,
        };
        if (news is null) return;
        await SignalVerbs.InsertOwnAsync(s, ids, news, outcome.PermitId, outcome.At);
        await DeskVerbs.WakeAsync(s, "inbox", "all", outcome.At);
    }

    private sealed class TouchKeys
    {
        public string TouchId { get; init; } = "";
        public string LeadId { get; init; } = "";
        public string EnrollmentId { get; init; } = "";
        public string CampaignId { get; init; } = "";
        public string Channel { get; init; } = "";
        public string StepId { get; init; } = "";
        public string? SenderId { get; init; }
        public string? AddressId { get; init; }

        public bool IsCall => Channel == "call";
    }

    private sealed class SpendKeys
    {
        public LocalDate? SpendDay { get; init; }
        public string Channel { get; init; } = "";
        public long ReservedMicro { get; init; }
    }
}
