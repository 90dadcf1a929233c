using Meridian.Engine;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>A signal nobody could read, and whom it holds.</summary>
public sealed record UnreadableSignal(StoredSignal Signal, string Why, IReadOnlyList<string> Holds);

/// <summary>What no program could read is read by a person, who says what it was; until then whoever it names stays held.</summary>
public sealed class SqlUnreadableSignals(SqlStore store, IIds ids)
{
    internal const string Unread = """
        select id, provider, event_id, kind, received_at, raw, touch_id, contact_ref, result from signal
         where understood_at is null and unreadable_at is not null order by received_at, id
        """;

    internal const string Find = """
        select id, provider, event_id, kind, received_at, raw, touch_id, contact_ref, result from signal
         where id = @id and understood_at is null and unreadable_at is not null
        """;

    internal const string HeldBy = "select address_id from signal_address where signal_id = @signal order by address_id";

    public Task<IReadOnlyList<UnreadableSignal>> AllAsync() => store.ReadAsync<IReadOnlyList<UnreadableSignal>>(async s =>
    {
        var all = new List<UnreadableSignal>();
        foreach (var row in await s.QueryAsync<Row>(Unread)) all.Add(await WithHoldsAsync(s, row));
        return all;
    });

    /// <summary>Null: there is none by this id, or it was settled before.</summary>
    public Task<UnreadableSignal?> FindAsync(string id) => store.ReadAsync(async s =>
        await s.FirstOrDefaultAsync<Row>(Find, new { id }) is { } row ? await WithHoldsAsync(s, row) : null);

    /// <summary>Releases the hold, closes the incident and keeps who said so. An opt-out must be in the ledger before. False: it was settled before.</summary>
    public Task<bool> SettleAsync(UnreadableSignal unread, string actor, string what, Instant now) => store.WriteAsync(async s =>
    {
        if (!await SqlSignals.UnderstoodAsync(s, unread.Signal, $"settled by {actor}: {what}", now)) throw new RollBackException(false);
        await s.ExecuteAsync(IncidentVerbs.Close, new { kind = SqlSignals.UnreadableIncident, subject = unread.Signal.Id, now });
        await AuditVerbs.WriteAsync(s, ids, now, actor, "settle-signal", unread.Signal.Id, unread.Why, what);
        return true;
    });

    private static async Task<UnreadableSignal> WithHoldsAsync(SqlSession s, Row row) => new(
        new StoredSignal { Id = row.Id, Provider = row.Provider, EventId = row.EventId, Kind = row.Kind, ReceivedAt = row.ReceivedAt, Raw = row.Raw, TouchId = row.TouchId, ContactRef = row.ContactRef },
        row.Result ?? "", await s.QueryAsync<string>(HeldBy, new { signal = row.Id }));

    private sealed class Row
    {
        public string Id { get; init; } = "";
        public string Provider { get; init; } = "";
        public string EventId { get; init; } = "";
        public string Kind { get; init; } = "";
        public Instant ReceivedAt { get; init; }
        public string Raw { get; init; } = "";
        public string? TouchId { get; init; }
        public string? ContactRef { get; init; }
        public string? Result { get; init; }
    }
}
