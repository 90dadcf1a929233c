using Meridian.Adapters.Sql;
using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>Something the ledger committed, in the order of the commits.</summary>
/// <param name="Kind"><c>begun</c>, <c>closed</c>, <c>dialled</c> and <c>rung_off</c> (by a person), <c>consent</c>, <c>withdrawn</c>, <c>out</c>, <c>stopped</c>, <c>pause</c>, <c>resume</c>, <c>held</c>, <c>released</c>, <c>overspent</c>.</param>
/// <param name="Subject">A touch, a call task, a consent, an enrollment, an address, or what was paused.</param>
/// <param name="Sender">Whose turn it was; of a consent, its number and channel.</param>
/// <param name="At">When, as it was written; of a consent, when it ends.</param>
internal sealed record SimEvent(long Order, string Kind, string Subject, string? Lead, string? Sender, Instant? At);

/// <summary>Triggers of the simulator's own that write down what was committed, so that laws can be checked against the order of commits and not against clocks.</summary>
internal static class SimEvents
{
    private static readonly string Triggers = $$"""
        create table sim_event (seq integer primary key autoincrement, kind text not null, subject text not null, lead text, sender text, at integer);
        create trigger sim_begun after update of begun_at on touch when new.begun_at is not null and old.begun_at is null begin
            insert into sim_event (kind, subject, lead, sender, at) values ('begun', new.id, new.lead_id, new.sender_id, new.begun_at); end;
        create trigger sim_closed after update of closed_at on touch when new.closed_at is not null and old.closed_at is null and new.begun_at is not null begin
            insert into sim_event (kind, subject, lead, sender, at) values ('closed', new.id, new.lead_id, new.sender_id, new.closed_at); end;
        create trigger sim_dialled after update of begun_at on call_task when new.begun_at is not null and old.begun_at is null begin
            insert into sim_event (kind, subject, lead, sender, at) values ('dialled', new.id, new.lead_id, new.actor, new.begun_at); end;
        create trigger sim_rung_off after update of closed_at on call_task when new.closed_at is not null and old.closed_at is null and old.begun_at is not null begin
            insert into sim_event (kind, subject, lead, sender, at) values ('rung_off', new.id, new.lead_id, new.actor, new.closed_at); end;
        create trigger sim_consent after insert on consent when new.status = 'recorded' begin
            insert into sim_event (kind, subject, lead, sender, at) values ('consent', new.id, new.lead_id, new.address_id || ' ' || new.channel, new.expires_at); end;
        create trigger sim_withdrawn after update of status on consent when new.status <> 'recorded' and old.status = 'recorded' begin
            insert into sim_event (kind, subject, lead) values ('withdrawn', new.id, new.lead_id); end;
        create trigger sim_out after update of opted_out_at on lead when new.opted_out_at is not null and old.opted_out_at is null begin
            insert into sim_event (kind, subject, lead, at) values ('out', new.id, new.id, new.opted_out_at); end;
        create trigger sim_stopped after update of state on enrollment when new.state = 'stopped' and old.state <> 'stopped' begin
            insert into sim_event (kind, subject, lead, at) values ('stopped', new.id, new.lead_id, new.ended_at); end;
        create trigger sim_pause_engine after insert on setting when new.key = 'engine.paused_at' begin insert into sim_event (kind, subject) values ('pause', 'engine'); end;
        create trigger sim_resume_engine after delete on setting when old.key = 'engine.paused_at' begin insert into sim_event (kind, subject) values ('resume', 'engine'); end;
        {{Pauses("campaign")}}
        {{Pauses("sender")}}
        {{Pauses("lead")}}
        create trigger sim_held after update of held_at on address_key when new.held_at is not null and old.held_at is null begin insert into sim_event (kind, subject, at) values ('held', new.id, new.held_at); end;
        create trigger sim_held_new after insert on address_key when new.held_at is not null begin insert into sim_event (kind, subject, at) values ('held', new.id, new.held_at); end;
        create trigger sim_released after update of held_at on address_key when new.held_at is null and old.held_at is not null begin insert into sim_event (kind, subject) values ('released', new.id); end;
        create trigger sim_spent after update on spend_day when new.channel = 'all' and new.micro > {{(long)(SimWorld.Owner.DailyBudgetUsd * 1_000_000)}} begin insert into sim_event (kind, subject) values ('overspent', new.day); end;
        create trigger sim_spent_new after insert on spend_day when new.channel = 'all' and new.micro > {{(long)(SimWorld.Owner.DailyBudgetUsd * 1_000_000)}} begin insert into sim_event (kind, subject) values ('overspent', new.day); end;
        """;

    public static Task WatchAsync(SqlStore store) => store.RunScriptAsync(Triggers);

    public static Task<IReadOnlyList<SimEvent>> ReadAsync(SqlStore store) => store.ReadAsync(async s =>
        (IReadOnlyList<SimEvent>)(await s.QueryAsync<Row>("select seq, kind, subject, lead, sender, at from sim_event order by seq"))
            .Select(r => new SimEvent(r.Seq, r.Kind, r.Subject, r.Lead, r.Sender, r.At is { } at ? Instant.FromUnixTimeMilliseconds(at) : null)).ToList());

    private static string Pauses(string table) => $"""
        create trigger sim_pause_{table} after update of paused_at on {table} when new.paused_at is not null and old.paused_at is null begin insert into sim_event (kind, subject) values ('pause', '{table} ' || new.id); end;
        create trigger sim_resume_{table} after update of paused_at on {table} when new.paused_at is null and old.paused_at is not null begin insert into sim_event (kind, subject) values ('resume', '{table} ' || new.id); end;
        """;

    private sealed class Row
    {
        public long Seq { get; init; }
        public string Kind { get; init; } = "";
        public string Subject { get; init; } = "";
        public string? Lead { get; init; }
        public string? Sender { get; init; }
        public long? At { get; init; }
    }
}
