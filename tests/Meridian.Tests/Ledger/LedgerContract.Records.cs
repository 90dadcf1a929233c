using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Ledger;

public abstract partial class LedgerContract
{
    private static readonly Instant Soon = LedgerWorld.Now + Duration.FromSeconds(3);

    private static async Task<(string Touch, string Permit)> BegunAsync(LedgerWorld world, Channel channel = Channel.Email, string lead = "ann")
    {
        await world.AddPersonAsync(lead);
        var touch = await world.OfferAsync(lead, channel);
        var (permit, loss) = await world.BeginAsync(LedgerWorld.SenderOf(channel), touch);
        Assert.Null(loss);
        return (touch, permit!);
    }

    [Fact]
    public async Task An_outcome_is_recorded_once_and_the_first_wins()
    {
        await using var world = await WorldAsync();
        var (_, permit) = await BegunAsync(world);
        Assert.True(await world.Ledger.RecordAsync(new Outcome.Accepted(permit, Soon, "ref", null, null)));
        Assert.False(await world.Ledger.RecordAsync(new Outcome.Refused(permit, Soon, "no", null)));
        Assert.False(await world.Ledger.RecordAsync(new Outcome.Unknown(permit, Soon, "?")));
        Assert.Equal("sent", await world.TextAsync("select state from touch"));
        Assert.Equal(1, await world.CountAsync("select count(*) from owner_copy"));
    }

    [Fact]
    public async Task Without_the_state_in_the_permission_a_late_refusal_overwrites_what_was_sent()
    {
        await using var world = await WorldAsync(sql => sql.Replace("where permit_id = @permit and state in ('sending', 'unconfirmed')", "where permit_id = @permit"));
        var (_, permit) = await BegunAsync(world);
        await world.Ledger.RecordAsync(new Outcome.Accepted(permit, Soon, "ref", null, null));
        Assert.True(await world.Ledger.RecordAsync(new Outcome.Refused(permit, Soon, "no", null)));
        Assert.Equal("refused", await world.TextAsync("select state from touch"));
    }

    [Fact]
    public async Task Late_truth_is_welcome_once()
    {
        await using var world = await WorldAsync();
        var (touch, permit) = await BegunAsync(world);
        Assert.Equal(0, await world.Ledger.MarkOverdueUnconfirmedAsync(LedgerWorld.Now + Duration.FromSeconds(39)));
        Assert.Equal(1, await world.Ledger.MarkOverdueUnconfirmedAsync(LedgerWorld.Now + Duration.FromSeconds(40)));
        Assert.Equal(0, await world.CountAsync("select count(*) from touch where closed_at is not null"));
        Assert.True(await world.Ledger.RecordAsync(new Outcome.Accepted(permit, Soon, "ref", null, null)));
        Assert.Equal("sent", await world.TextAsync("select state from touch where id = @touch", new { touch }));
    }

    [Fact]
    public async Task An_email_nobody_can_confirm_is_shown_to_the_owner_once()
    {
        await using var world = await WorldAsync();
        var (_, permit) = await BegunAsync(world);
        Assert.Equal(1, await world.Ledger.MarkOverdueUnconfirmedAsync(LedgerWorld.Now + Duration.FromSeconds(40)));
        Assert.Equal(1, await world.CountAsync("select count(*) from owner_copy"));
        Assert.True(await world.Ledger.RecordAsync(new Outcome.Accepted(permit, Soon, "ref", null, null)));
        Assert.Equal(1, await world.CountAsync("select count(*) from owner_copy"));

        var (_, other) = await BegunAsync(world, Channel.Email, "bob");
        await world.Ledger.RecordAsync(new Outcome.Unknown(other, Soon, "the connection broke after the last byte"));
        Assert.Equal(2, await world.CountAsync("select count(*) from owner_copy"));
    }

    [Fact]
    public async Task Past_its_horizon_an_unconfirmed_touch_counts_as_made_with_one_incident()
    {
        await using var world = await WorldAsync();
        var (_, permit) = await BegunAsync(world);
        await world.Ledger.RecordAsync(new Outcome.Unknown(permit, Soon, "timeout"));
        Assert.Equal(0, await world.Ledger.CloseUnconfirmedAsync(LedgerWorld.Now + Duration.FromHours(23)));
        Assert.Equal(1, await world.Ledger.CloseUnconfirmedAsync(LedgerWorld.Now + Duration.FromHours(24)));
        Assert.Equal(0, await world.Ledger.CloseUnconfirmedAsync(LedgerWorld.Now + Duration.FromHours(25)));
        Assert.Equal("unconfirmed", await world.TextAsync("select state from touch"));
        Assert.Equal(1, await world.CountAsync("select count(*) from incident"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_accepted_and_ended_in_either_order_gives_the_same_row_and_its_end_counts_once(bool acceptedFirst)
    {
        await using var world = await WorldAsync();
        var (touch, permit) = await BegunAsync(world, Channel.Call);
        var accepted = new Outcome.Accepted(permit, Soon, "call-1", "http://control.example", Soon);
        var end = new CallEnd(touch, "call-1", Soon, Disposition.NoAnswer, "rang out", null);
        if (acceptedFirst) Assert.True(await world.Ledger.RecordAsync(accepted));
        Assert.True(await world.Ledger.RecordCallEndAsync(end));
        Assert.False(await world.Ledger.RecordCallEndAsync(end with { Disposition = Disposition.Answered }));
        if (!acceptedFirst) await world.Ledger.RecordAsync(accepted);
        Assert.Equal("sent no_answer call-1", await world.TextAsync("select state || ' ' || disposition || ' ' || provider_ref from touch where id = @touch and closed_at = @Soon", new { touch, Soon }));
    }

    [Fact]
    public async Task The_email_after_a_call_moves_with_begin_answer_and_end()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        var call = await world.OfferAsync("ann", Channel.Call);
        var mail = await world.OfferAsync("ann", Channel.Email, successorOf: call, due: LedgerWorld.Now + Duration.FromMinutes(10));
        Task<long> DueIn(Duration wait) => world.CountAsync("select count(*) from touch where id = @mail and due_at = @due", new { mail, due = LedgerWorld.Now + wait });
        await world.BeginAsync(LedgerWorld.Caller1, call);
        Assert.Equal(1, await DueIn(Duration.FromSeconds(30)));
        await world.Ledger.RecordAnsweredAsync(call, Soon, LedgerWorld.Now + Duration.FromMinutes(5));
        Assert.Equal(1, await DueIn(Duration.FromMinutes(5)));
        await world.Ledger.RecordCallEndAsync(new CallEnd(call, null, Soon, Disposition.Answered, "hung up", null));
        Assert.Equal(1, await DueIn(Duration.FromSeconds(3)));
    }

    [Fact]
    public async Task A_lost_answer_to_COMMIT_is_settled_by_permit_whether_or_not_it_began()
    {
        await using var world = await WorldAsync();
        var (_, permit) = await BegunAsync(world);
        Assert.True(await world.Ledger.RecordAsync(new Outcome.NotSent(permit, Soon, FailedBecause.PermitExpired, "the answer to COMMIT was lost")));
        Assert.Equal("failed", await world.TextAsync("select state from touch"));
        Assert.False(await world.Ledger.RecordAsync(new Outcome.NotSent("prm_never", Soon, FailedBecause.PermitExpired, "the answer to COMMIT was lost")));
        Assert.Equal(1, await world.CountAsync("select count(*) from signal where provider = 'meridian'")); // the gaps go back through a signal
    }

    [Fact]
    public async Task The_transition_table_is_what_the_statements_allow()
    {
        await using var world = await WorldAsync();
        var (touch, permit) = await BegunAsync(world);
        foreach (var from in Enum.GetValues<TouchState>())
        {
            foreach (var (to, act) in new (TouchState, Func<Task>)[]
            {
                (TouchState.Sent, () => world.Ledger.RecordAsync(new Outcome.Accepted(permit, Soon, null, null, null))),
                (TouchState.Refused, () => world.Ledger.RecordAsync(new Outcome.Refused(permit, Soon, "no", null))),
                (TouchState.Failed, () => world.Ledger.RecordAsync(new Outcome.NotSent(permit, Soon, FailedBecause.Transient, "no"))),
                (TouchState.Unconfirmed, () => world.Ledger.RecordAsync(new Outcome.Unknown(permit, Soon, "?"))),
            })
            {
                if (from == TouchState.Planned) continue; // a planned touch has no permit to record by
                await world.ExecuteAsync("update touch set state = @state, skipped_reason = @skipped, closed_at = null, failed_because = null, disposition = null where id = @touch",
                    new { touch, state = Words.Of(from), skipped = from == TouchState.Skipped ? "stopped" : null });
                await act();
                var now = Words.Read<TouchState>((await world.TextAsync("select state from touch where id = @touch", new { touch }))!);
                Assert.True(now == (TouchStates.May(from, to) ? to : from), $"{from} -> {to} became {now}");
            }
        }
    }
}
