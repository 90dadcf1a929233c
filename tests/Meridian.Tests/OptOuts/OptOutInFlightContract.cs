using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Tests.Ledger;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.OptOuts;

public sealed class OptOutsInFlightOnSqlite(ITestOutputHelper output) : OptOutInFlightContract(output, () => new TestDatabase.Sqlite());

public sealed class OptOutsInFlightOnPostgres(ITestOutputHelper output) : OptOutInFlightContract(output, () => new TestDatabase.Postgres());

/// <summary>
/// The whole turn of a sender, from its first read to the provider's acceptance, and an opt-out at each of its steps: before every statement and at every
/// stage of the request. Which of the two came first is told by triggers on the person's row, whose lock both take, not by a clock.
/// </summary>
public abstract class OptOutInFlightContract(ITestOutputHelper output, Func<TestDatabase> database)
{
    private static readonly Duration Later = Duration.FromMinutes(1);

    private TestDatabase Database() => database();

    public static TheoryData<Channel, string> EveryChannelAndAlias => LedgerContract.EveryChannelAndAlias;

    [Theory, MemberData(nameof(EveryChannelAndAlias))]
    public async Task Nothing_begins_after_an_opt_out_commits_and_what_was_under_way_is_bounded(Channel channel, string alias)
    {
        Func<Task>? armed = null;
        Task optingOut = Task.CompletedTask;
        var committedAt = 0L;
        var (seen, at) = (0, 0);
        async Task StepAsync(bool inWrite)
        {
            if (armed is not { } act || Interlocked.Increment(ref seen) != at) return;
            armed = null;
            optingOut = Task.Run(async () =>
            {
                await act();
                committedAt = TimeProvider.System.GetTimestamp();
            });
            // A writer holds rows the opt-out wants: there the two race, and the database says who was first.
            if (!inWrite) await optingOut;
        }

        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.Store.RunScriptAsync(world.Store.Dialect == SqlDialect.Sqlite ? OrderOnSqlite : OrderOnPostgres);
        await world.ExecuteAsync("update sender set hourly_cap = 1000");
        var provider = new SteppedProvider(() => StepAsync(false));
        var store = new SteppedStore(world.Store, StepAsync);
        var clock = new FakeTimeProvider(LedgerWorld.Now.ToDateTimeOffset());
        var clocks = new Clocks(clock, clock);
        var (turn, upkeep) = SendingDesks.On(world, store, provider, clocks, new NoChance());

        var (tooLate, longest, did) = (0, TimeSpan.Zero, "");
        for (at = 1; ; at++)
        {
            var (who, phone) = ($"p{at}", $"+1202555{at:0000}");
            await world.AddPersonAsync(who, phone);
            await world.AddPersonAsync($"friend{at}", phone);
            await world.ExecuteAsync("update enrollment set state = 'stopped' where lead_id = @friend", new { friend = $"friend{at}" });
            await world.PlanAsync(who, channel, "DC", "NY");
            var mail = $"{who}@people.example";
            var own = channel == Channel.Email ? mail : phone;
            var order = new OptOutOrder(alias switch
            {
                "the address itself" => [own],
                "another address" => [own == phone ? mail : phone],
                "the person" => [],
                _ => [$"friend{at}@people.example"],
            }, alias == "the person" ? who : null, "said so", "test", null, clocks.Now);

            (seen, committedAt) = (0, 0);
            var before = provider.Reached.Count;
            armed = () => world.People.OptOutAsync(order);
            did = (await turn.TakeAsync(LedgerWorld.SenderOf(channel), default)).Did;
            await optingOut;
            if (armed is not null) break; // a turn has no more steps than that
            var reached = provider.Reached.Count - before;
            var touch = provider.Reached.LastOrDefault();
            var events = await world.Store.ReadAsync(s => s.QueryAsync<string>("select kind from seen_order where lead = @who order by seq", new { who }));
            Assert.True(events is ["out"] or ["begun", "out"], $"step {at}: {string.Join(", ", events)}");
            Assert.Equal(events.Count - 1, reached);

            if (reached == 1)
            {
                tooLate++;
                var took = TimeProvider.System.GetElapsedTime(committedAt, provider.LastReachedAt);
                if (took > longest) longest = took;
                if (channel == Channel.Call)
                {
                    await upkeep.TakeAsync("all", default);
                    Assert.Contains($"control_{touch}", provider.HungUp);
                }
            }

            // What a program with a fault might plan for them now, no sender takes.
            foreach (var next in Enum.GetValues<Channel>().Where(c => c != channel)) await world.PlanAsync(who, next, "DC", "NY");
            clock.Advance(Later.ToTimeSpan());
            foreach (var next in Enum.GetValues<Channel>()) await turn.TakeAsync(LedgerWorld.SenderOf(next), default);
            Assert.Equal(before + reached, provider.Reached.Count);
        }

        Assert.True(tooLate > 3, $"the opt-out came while it was under way only {tooLate} times of {at - 1}: {did}");
        Assert.True(at - 1 - tooLate > 5, $"the opt-out came first only {at - 1 - tooLate} times of {at - 1}");
        output.WriteLine($"{channel}, {alias}: {at - 1} steps, first {at - 1 - tooLate} times, under way {tooLate} times, reached at most {longest.TotalMilliseconds:0.0} ms after the opt-out's commit");
    }

    private const string OrderOnSqlite = """
        create table seen_order (seq integer primary key autoincrement, kind text not null, lead text not null);
        create trigger seen_begun after update of last_permit_id on lead when new.last_permit_id is not old.last_permit_id begin insert into seen_order (kind, lead) values ('begun', new.id); end;
        create trigger seen_out after update of opted_out_at on lead when new.opted_out_at is not null and old.opted_out_at is null begin insert into seen_order (kind, lead) values ('out', new.id); end;
        """;

    private const string OrderOnPostgres = """
        create table seen_order (seq bigserial primary key, kind text not null, lead text not null);
        create function see_order() returns trigger language plpgsql as $$ begin
            if new.last_permit_id is distinct from old.last_permit_id then insert into seen_order (kind, lead) values ('begun', new.id); end if;
            if new.opted_out_at is not null and old.opted_out_at is null then insert into seen_order (kind, lead) values ('out', new.id); end if;
            return null; end $$;
        create trigger see_order after update on lead for each row execute function see_order();
        """;

    private sealed class NoChance : IChance
    {
        public double Next(string subject) => 0;
    }
}
