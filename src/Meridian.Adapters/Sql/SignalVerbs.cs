using Meridian.Engine;
using Meridian.Engine.Inbound;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Storing signals inside somebody else's transaction.</summary>
internal static class SignalVerbs
{
    internal const string Insert = """
        insert into signal (id, provider, event_id, kind, received_at, raw, touch_id, contact_ref) values (@id, @provider, @event, @kind, @now, @raw, @touch, @contact)
            on conflict (provider, event_id) do nothing
        """;

    /// <summary>Ours need no hold: the outcome that made them is already in the ledger.</summary>
    public static Task InsertOwnAsync(SqlSession s, IIds ids, OwnSignal news, string permitId, Instant now) => s.ExecuteAsync(Insert, new
    {
        id = ids.New("sig"),
        provider = OwnSignal.Provider,
        @event = $"{permitId}:{news.Kind}",
        kind = news.Kind,
        now,
        raw = news.ToJson(),
        touch = news.TouchId,
        contact = (string?)null,
    });
}
