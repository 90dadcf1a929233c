using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>The desk table. Leases run on the machine's clock, turns on the engine's.</summary>
public sealed class SqlDesks(SqlStore store) : IDesks
{
    private const string Columns = "kind, key, next_turn_at, wakes, holder, lease_until, last_turn_at, last_result, failures, restarts";

    internal const string Open = """
        insert into desk (kind, key, next_turn_at) values (@kind, @key, @at) on conflict (kind, key) do nothing
        """;

    internal const string Due = $"""
        select {Columns} from desk where next_turn_at <= @now and (holder is null or lease_until <= @machine)
         order by next_turn_at, kind, key limit @limit
        """;

    // A desk in a turn is not due: its end, or the end of its lease, will be.
    internal const string NextDue = "select next_turn_at from desk where holder is null or lease_until <= @machine order by next_turn_at limit 1";

    // As it was seen: somebody who took its turn since has moved next_turn_at, and it is no longer due.
    internal const string Claim = """
        update desk set holder = @holder, lease_until = @lease, restarts = restarts + case when holder is null then 0 else 1 end
         where kind = @kind and key = @key and wakes = @wakes and next_turn_at = @due and (holder is null or lease_until <= @machine)
        """;

    internal const string Finish = """
        update desk set holder = null, lease_until = null, last_turn_at = @now, last_result = @result,
               failures = case when @failed = 1 then failures + 1 else 0 end,
               next_turn_at = case when wakes = @seen then @next else @now end
         where kind = @kind and key = @key and holder = @holder
        """;

    internal const string Release = "update desk set holder = null, lease_until = null, restarts = restarts + 1 where holder is not null";

    internal const string ReleaseNode = "update desk set holder = null, lease_until = null, restarts = restarts + 1 where holder like @node";

    internal const string All = $"select {Columns} from desk order by kind, key";

    public Task OpenAsync(string kind, string key, Instant firstTurnAt) =>
        store.WriteAsync(async s => { await s.ExecuteAsync(Open, new { kind, key, at = firstTurnAt }); });

    public Task<IReadOnlyList<DeskRow>> DueAsync(Instant now, Instant machineNow, int limit) =>
        store.ReadAsync(s => s.QueryAsync<DeskRow>(Due, new { now, machine = machineNow, limit }));

    public Task<Instant?> NextDueAsync(Instant machineNow) => store.ReadAsync(s => s.InstantAsync(NextDue, new { machine = machineNow }));

    public Task<bool> TryClaimAsync(DeskRow desk, string holder, Instant leaseUntil, Instant machineNow) => store.WriteSoftAsync(async s =>
        await s.ExecuteAsync(Claim, new { holder, lease = leaseUntil, kind = desk.Kind, key = desk.Key, wakes = desk.Wakes, due = desk.NextTurnAt, machine = machineNow }) == 1);

    public Task FinishAsync(DeskRow desk, string holder, Instant next, Instant now, string result, bool failed) => store.WriteSoftAsync(async s =>
    {
        return await s.ExecuteAsync(Finish, new { now, result, failed = failed ? 1 : 0, seen = desk.Wakes, next, kind = desk.Kind, key = desk.Key, holder });
    });

    public Task WakeAsync(string kind, string key, Instant at) => store.WriteAsync(async s => { await DeskVerbs.WakeAsync(s, kind, key, at); });

    public Task<int> ReleaseNodeAsync(string node) => store.WriteAsync(s => s.ExecuteAsync(ReleaseNode, new { node = node + "/%" }));

    public Task<int> ReleaseAllAsync() => store.WriteAsync(s => s.ExecuteAsync(Release));

    public Task<IReadOnlyList<DeskRow>> AllAsync() => store.ReadAsync(s => s.QueryAsync<DeskRow>(All));
}
