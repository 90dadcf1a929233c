using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Waking desks inside somebody else's transaction: desks are last in the lock order.</summary>
internal static class DeskVerbs
{
    // A desk that is due already and not in a turn needs nothing; one in a turn must see that the world moved.
    internal const string Wake = """
        update desk set wakes = wakes + 1, next_turn_at = case when next_turn_at > @at then @at else next_turn_at end
         where kind = @kind and key = @key and (next_turn_at > @at or holder is not null)
        """;

    public static Task WakeAsync(SqlSession s, string kind, string key, Instant at) => s.ExecuteAsync(Wake, new { kind, key, at });
}
