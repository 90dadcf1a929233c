using Meridian.Engine.Desks;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Engine.Desks;

/// <summary>The runner on a real ledger. The clocks stand still: what happens here happens because of a poke, a step of a clock, or an end.</summary>
public class LocalTurnRunnerTests
{
    private static readonly Duration Day = Duration.FromDays(1);

    private static Instant Start => RunnerWorld.Start;

    [Fact]
    public async Task Due_desks_take_their_turn_and_come_back_when_they_said()
    {
        await using var world = await RunnerWorld.OpenAsync("a");
        await world.Desks.OpenAsync(RunnerWorld.Kind, "b", Start + Duration.FromMinutes(10));
        _ = world.Run();
        (await world.Turn.NextAsync()).Ends(Start + Day, "first");
        Assert.Equal("a", await world.Desks.FinishedAsync());
        var a = await world.DeskAsync("a");
        Assert.Equal((Start + Day, Start, "first", null, 0L), (a.NextTurnAt, a.LastTurnAt, a.LastResult, a.Holder, a.Restarts));

        Assert.True(world.Turn.NothingStarted);
        world.Later(Duration.FromMinutes(10));
        Assert.Equal("b", (await world.Turn.NextAsync()).Key);
    }

    [Fact]
    public async Task A_poke_makes_it_look_at_once()
    {
        await using var world = await RunnerWorld.OpenAsync();
        _ = world.Run();
        await world.Desks.LookedAsync();
        await world.Desks.OpenAsync(RunnerWorld.Kind, "new", Start);
        world.Poke(); // no clock moves: without it, it would sleep for ever
        Assert.Equal("new", (await world.Turn.NextAsync()).Key);
    }

    [Fact]
    public async Task Without_a_poke_it_looks_again_within_a_second_of_the_machines_clock()
    {
        await using var world = await RunnerWorld.OpenAsync();
        _ = world.Run();
        await world.Desks.LookedAsync();
        await world.Desks.OpenAsync(RunnerWorld.Kind, "new", Start);
        var started = world.Turn.NextAsync().AsTask();
        await world.PassMachineTimeUntilAsync(started);
    }

    [Fact]
    public async Task A_turn_that_throws_is_logged_counted_and_comes_back_after_a_growing_rest_while_others_go_on()
    {
        await using var world = await RunnerWorld.OpenAsync("bad", "good");
        world.Turn.Does = key => key == "bad" ? throw new InvalidOperationException("it broke") : Task.FromResult(new TurnResult(Start + Day, "fine"));
        _ = world.Run();
        Assert.Equal(["bad", "good"], new[] { await world.Desks.FinishedAsync(), await world.Desks.FinishedAsync() }.Order());
        Assert.Equal("fine", (await world.DeskAsync("good")).LastResult);
        var rests = new List<Duration>();
        for (var failure = 1; failure <= 8; failure++)
        {
            var desk = await world.DeskAsync("bad");
            Assert.Equal((failure, "error: InvalidOperationException: it broke"), (desk.Failures, desk.LastResult));
            var rest = desk.NextTurnAt - world.Clocks.Now;
            rests.Add(rest);
            if (failure == 8) break;
            world.Later(rest);
            Assert.Equal("bad", await world.Desks.FinishedAsync());
        }

        Assert.Equal([5, 10, 20, 40, 80, 160, 300, 300], rests.Select(r => (int)r.TotalSeconds));
        Assert.Equal(8, world.Safe.Errors);
        Assert.Equal(8, world.Log.Lines.Count(l => l == "[SENDER] ERROR (auto-recovered): it broke (bad)"));

        world.Turn.Does = _ => Task.FromResult(new TurnResult(Start + Day, "well again"));
        world.Later(Duration.FromMinutes(5));
        await world.Desks.FinishedAsync();
        Assert.Equal((0L, "well again"), ((await world.DeskAsync("bad")).Failures, (await world.DeskAsync("bad")).LastResult));
    }

    [Fact]
    public async Task A_wake_during_a_turn_makes_the_desk_due_at_once()
    {
        await using var world = await RunnerWorld.OpenAsync("a");
        _ = world.Run();
        var turn = await world.Turn.NextAsync();
        await world.Desks.WakeAsync(RunnerWorld.Kind, "a", Start);
        turn.Ends(Start + Day);
        await world.Turn.NextAsync(); // no clock moved
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_turn_that_hangs_is_given_up_after_its_lease_and_a_fresh_one_counts_the_restart(bool heedsCancellation)
    {
        await using var world = await RunnerWorld.OpenAsync("a");
        _ = world.Run();
        var hung = await world.Turn.NextAsync();
        if (heedsCancellation) hung.HeedsCancellation();
        world.Machine.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        world.Poke();
        await world.Desks.LookedAsync();
        Assert.True(world.Turn.NothingStarted);

        world.Machine.Advance(TimeSpan.FromMilliseconds(1));
        world.Poke();
        var fresh = await world.Turn.NextAsync();
        Assert.Equal(1, (await world.DeskAsync("a")).Restarts);
        Assert.Contains("[SENDER] ERROR (auto-recovered): a turn did not end within its lease and was given up; a fresh one starts (a)", world.Log.Lines);
        await Cancelled(hung.Cancellation);
        Assert.False(fresh.Cancellation.IsCancellationRequested);

        hung.End.TrySetResult(new TurnResult(Start, "too late"));
        fresh.Ends(Start + Day, "fresh");
        await world.Desks.FinishedAsync();
        var desk = await world.DeskAsync("a");
        Assert.Equal((Start + Day, "fresh", 1L), (desk.NextTurnAt, desk.LastResult, desk.Restarts));
    }

    [Fact]
    public async Task The_late_end_of_a_turn_that_was_given_up_changes_nothing()
    {
        await using var world = await RunnerWorld.OpenAsync("a");
        var calls = world.RollCall("one");
        var late = calls.TakeTurnAsync((await calls.DueAsync(1))[0], default);
        var hung = await world.Turn.NextAsync();
        world.Machine.Advance(RollCall.Lease.ToTimeSpan());
        var second = calls.TakeTurnAsync((await calls.DueAsync(1))[0], default);
        var fresh = await world.Turn.NextAsync();
        var before = await world.DeskAsync("a");
        hung.Ends(Start, "too late");
        Assert.False(await late);
        var after = await world.DeskAsync("a");
        Assert.Equal((before.Holder, before.LeaseUntil, before.NextTurnAt, before.LastResult), (after.Holder, after.LeaseUntil, after.NextTurnAt, after.LastResult));
        fresh.Ends(Start + Day, "fresh");
        Assert.True(await second);
        Assert.Equal("fresh", (await world.DeskAsync("a")).LastResult);
    }

    [Fact]
    public async Task Two_turns_of_one_process_hold_a_desk_by_different_names()
    {
        await using var world = await RunnerWorld.OpenAsync("a");
        var calls = world.RollCall("one");
        var first = calls.TakeTurnAsync((await calls.DueAsync(1))[0], default);
        (await world.Turn.NextAsync()).Ends(Start);
        Assert.True(await first);
        var second = calls.TakeTurnAsync((await calls.DueAsync(1))[0], default);
        var turn = await world.Turn.NextAsync();
        Assert.Equal("one/2", (await world.DeskAsync("a")).Holder);
        turn.Ends(Start + Day);
        await second;
    }

    [Fact]
    public async Task A_desk_whose_turn_somebody_took_since_it_was_seen_is_not_taken_again()
    {
        await using var world = await RunnerWorld.OpenAsync("a");
        var (one, two) = (world.RollCall("one"), world.RollCall("two"));
        var seen = (await two.DueAsync(1))[0];
        var first = one.TakeTurnAsync((await one.DueAsync(1))[0], default);
        (await world.Turn.NextAsync()).Ends(Start + Day);
        Assert.True(await first);
        Assert.False(await two.TakeTurnAsync(seen, default));
        Assert.True(world.Turn.NothingStarted);
    }

    [Fact]
    public async Task Stopping_waits_for_the_turn_in_progress()
    {
        await using var world = await RunnerWorld.OpenAsync("a");
        var run = world.Run();
        var turn = await world.Turn.NextAsync();
        world.Stop();
        Assert.True(turn.Cancellation.IsCancellationRequested);
        Assert.False(run.IsCompleted);
        turn.Ends(Start + Day, "in time");
        await run;
        Assert.Equal((null, "in time"), ((await world.DeskAsync("a")).Holder, (await world.DeskAsync("a")).LastResult));
        world.Poke(); // harmless, however late
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_a_turn_that_was_given_up_nor_longer_than_a_lease_for_one_that_hangs()
    {
        await using var world = await RunnerWorld.OpenAsync("a");
        var run = world.Run();
        await world.Turn.NextAsync();
        world.Machine.Advance(TimeSpan.FromMinutes(5));
        world.Poke();
        await world.Turn.NextAsync(); // the first was given up, the second hangs too
        world.Stop();
        var from = world.Clocks.MachineNow;
        await world.PassMachineTimeUntilAsync(run);
        Assert.True(world.Clocks.MachineNow - from >= RollCall.Lease);
    }

    [Fact]
    public async Task A_turn_told_to_stop_that_heeds_it_is_due_again_and_no_failure()
    {
        await using var world = await RunnerWorld.OpenAsync("a");
        var run = world.Run();
        (await world.Turn.NextAsync()).HeedsCancellation();
        world.Stop();
        await run;
        var desk = await world.DeskAsync("a");
        Assert.Equal((Start, "stopped", 0L, 0L, null), (desk.NextTurnAt, desk.LastResult, desk.Failures, desk.Restarts, desk.Holder));
        Assert.Empty(world.Log.Lines);
    }

    [Fact]
    public async Task Two_runners_on_one_database_never_run_one_desk_at_the_same_time()
    {
        await using var world = await RunnerWorld.OpenAsync("a", "b", "c", "d");
        var (inside, overlaps, turns) = (new int[4], 0, 0);
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Turn.Does = async key =>
        {
            ref var here = ref inside[key[0] - 'a'];
            if (Interlocked.Increment(ref here) > 1) Interlocked.Increment(ref overlaps);
            await Task.Yield();
            Interlocked.Decrement(ref inside[key[0] - 'a']);
            if (Interlocked.Increment(ref turns) == 400) enough.SetResult();
            return new TurnResult(turns < 400 ? Start : Start + Day, "more");
        };
        _ = world.Run("one");
        _ = world.Run("two");
        await enough.Task;
        Assert.Equal(0, overlaps);
        Assert.Empty(world.Log.Lines);
    }

    [Fact]
    public async Task No_more_turns_at_once_than_allowed_and_the_end_of_one_starts_the_next()
    {
        await using var world = await RunnerWorld.OpenAsync("a", "b");
        _ = world.Run(mostAtOnce: 1);
        var first = await world.Turn.NextAsync();
        Assert.Equal("a", first.Key);
        Assert.True(world.Turn.NothingStarted);
        first.Ends(Start + Day);
        Assert.Equal("b", (await world.Turn.NextAsync()).Key);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_logged_and_asked_again()
    {
        await using var world = await RunnerWorld.OpenAsync("a");
        world.Desks.FailingLooks = 3;
        var run = world.Run();
        var started = world.Turn.NextAsync().AsTask();
        await world.PassMachineTimeUntilAsync(started);
        Assert.False(run.IsCompleted);
        Assert.Equal(3, world.Log.Lines.Count(l => l == "[DESKS] ERROR (auto-recovered): the database did not answer (looking again soon)"));
    }

    [Fact]
    public async Task A_claim_that_fails_is_logged_and_tried_again_after_a_rest_that_no_poke_ends()
    {
        await using var world = await RunnerWorld.OpenAsync("a");
        var tries = new List<Instant>();
        world.Desks.BeforeClaim = () => tries.Add(world.Clocks.MachineNow);
        world.Desks.FailingClaims = 4;
        _ = world.Run();
        await world.PassMachineTimeUntilAsync(world.Turn.NextAsync().AsTask());
        Assert.Equal(4, world.Log.Lines.Count(l => l == "[SENDER] ERROR (auto-recovered): the database did not answer (a)"));
        Assert.Equal(5, tries.Count);
        // The failed turn pokes too. A look that was under way when it failed may try once more.
        Assert.All(tries.Zip(tries.Skip(2)), t => Assert.True(t.Second - t.First >= Duration.FromSeconds(5), $"tried at {t.First} and again at {t.Second}"));
    }

    [Fact]
    public async Task A_turn_whose_end_could_not_be_written_leaves_its_desk_to_the_lease()
    {
        await using var world = await RunnerWorld.OpenAsync("a", "b");
        world.Desks.FailingEnds = 1;
        _ = world.Run();
        var turns = new[] { await world.Turn.NextAsync(), await world.Turn.NextAsync() };
        turns[0].Ends(Start + Day);
        Assert.Equal($"[SENDER] ERROR (auto-recovered): the database did not answer ({turns[0].Key})", await world.Log.NextAsync());
        turns[1].Ends(Start + Day, "the others go on");
        Assert.Equal(turns[1].Key, await world.Desks.FinishedAsync());
        var again = world.Turn.NextAsync().AsTask();
        await world.PassMachineTimeUntilAsync(again);
        Assert.Equal(turns[0].Key, (await again).Key);
        Assert.Equal(1, (await world.DeskAsync(turns[0].Key)).Restarts);
    }

    [Fact]
    public async Task A_desk_in_a_turn_is_not_the_next_due()
    {
        await using var world = await RunnerWorld.OpenAsync("a");
        var calls = world.RollCall("one");
        Assert.Equal(Start, await calls.NextDueAsync());
        var turn = calls.TakeTurnAsync((await calls.DueAsync(1))[0], default);
        var taken = await world.Turn.NextAsync();
        Assert.Null(await calls.NextDueAsync()); // else the runner would look again all the time
        world.Machine.Advance(RollCall.Lease.ToTimeSpan());
        Assert.Equal(Start, await calls.NextDueAsync());
        taken.Ends(Start + Day);
        await turn;
    }

    private static Task Cancelled(CancellationToken token)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(source.SetResult);
        return source.Task;
    }
}
