using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Host.Preview;
using Meridian.Tests.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Crm;

public sealed class SilenceOnSqlite() : SilenceContract(() => new TestDatabase.Sqlite());

public sealed class SilenceOnPostgres() : SilenceContract(() => new TestDatabase.Postgres());

/// <summary>Before a call or an e-mail the CRM is asked whether somebody it knows wants silence.</summary>
public abstract class SilenceContract(Func<TestDatabase> database)
{
    private TestDatabase Database() => database();

    [Theory]
    [InlineData(Channel.Email)]
    [InlineData(Channel.Call)]
    public async Task A_do_not_disturb_there_opts_them_out_and_nothing_is_sent(Channel channel)
    {
        await using var world = await OpenAsync(new Disturbance.Asked("Call active"));
        var touch = await world.OfferAsync(channel);
        await world.TurnAsync(channel);
        Assert.Equal(("skipped", "opted_out"), (await world.StateAsync(touch), await world.Ledger.TextAsync("select skipped_reason from touch where id = @touch", new { touch })));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from lead where opted_out_at is not null"));
        Assert.Equal("do-not-disturb at HighLevel: Call active", await world.Ledger.TextAsync("select suppressed_reason from address_key where id = 'ann@people.example'"));
        Assert.Equal(["con_ann"], world.Crm.Looked);
    }

    [Theory]
    [InlineData(Channel.Email)]
    [InlineData(Channel.Call)]
    public async Task While_the_CRM_cannot_be_asked_it_rests_five_minutes_and_is_tried_again(Channel channel)
    {
        await using var world = await OpenAsync(new Disturbance.CannotTell("HighLevel did not answer"));
        var touch = await world.OfferAsync(channel);
        await world.TurnAsync(channel);
        await world.TurnAsync(channel);
        Assert.Equal("planned", await world.StateAsync(touch));
        Assert.Single(world.Crm.Looked);
        Assert.Equal(LedgerWorld.Now + Duration.FromMinutes(5), (await world.Ledger.Facts.TouchAsync(touch))!.DueAt);
        world.Crm.Says = new Disturbance.None();
        world.Clock.Advance(TimeSpan.FromMinutes(6));
        await world.TurnAsync(channel);
        Assert.Equal("sent", await world.StateAsync(touch));
    }

    [Fact]
    public async Task Who_waits_an_hour_because_the_CRM_cannot_be_asked_is_told_the_owner_once_and_taken_back_when_it_can()
    {
        await using var world = await OpenAsync(new Disturbance.CannotTell("HighLevel answered 403: the token may not see this contact"));
        await world.AddBobAsync();
        var (touch, other) = (await world.OfferAsync(Channel.Email), await world.OfferAsync(Channel.Email, "bob"));
        for (var minutes = 0; minutes <= 54; minutes += 6) await world.TryAsync();
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident"));
        world.Restart();
        for (var n = 0; n < 4; n++) await world.TryAsync();
        Assert.Equal("highlevel", await world.Ledger.TextAsync("select subject from incident where kind = 'silence-unasked' and closed_at is null"));
        var told = await world.Ledger.TextAsync("select detail from incident");
        Assert.Contains("2 people", told, StringComparison.Ordinal);
        Assert.Contains("HighLevel answered 403: the token may not see this contact", told, StringComparison.Ordinal);
        world.Clock.Advance(TimeSpan.FromHours(14)); // a night in which nobody is asked about
        await world.UpkeepAsync();
        Assert.Equal((1, 0), (await world.Ledger.CountAsync("select count(*) from incident"), await world.Ledger.CountAsync("select count(*) from incident where closed_at is not null")));

        world.Crm.Says = new Disturbance.None();
        await world.TryAsync();
        await world.TryAsync();
        Assert.Equal(("sent", "sent"), (await world.StateAsync(touch), await world.StateAsync(other)));
        Assert.Equal((1, 1), (await world.Ledger.CountAsync("select count(*) from incident"), await world.Ledger.CountAsync("select count(*) from incident where closed_at is not null")));
    }

    [Fact]
    public async Task A_night_between_two_looks_in_vain_is_not_an_hour_of_them()
    {
        await using var world = await OpenAsync(new Disturbance.CannotTell("HighLevel did not answer"));
        await world.OfferAsync(Channel.Email);
        await world.TryAsync();
        world.Clock.Advance(TimeSpan.FromHours(14));
        await world.TryAsync();
        Assert.Equal((2, 0), (world.Crm.Looked.Count, await world.Ledger.CountAsync("select count(*) from incident")));
        for (var minutes = 6; minutes <= 60; minutes += 6) await world.TryAsync();
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from incident"));
    }

    [Fact]
    public async Task Short_waits_of_several_people_one_after_another_are_nobodys_hour()
    {
        await using var world = await OpenAsync(new Disturbance.CannotTell("HighLevel did not answer"));
        await world.AddBobAsync();
        var (ann, bob) = (await world.OfferAsync(Channel.Email), await world.OfferAsync(Channel.Email, "bob"));
        await world.RestAsync(bob);
        for (var minutes = 0; minutes <= 12; minutes += 6) await world.TryAsync();
        await world.RestAsync(bob, Duration.Zero);
        for (var minutes = 18; minutes <= 30; minutes += 6) await world.TryAsync();
        await world.RestAsync(ann);
        for (var minutes = 36; minutes <= 66; minutes += 6) await world.TryAsync();
        await world.RestAsync(bob);
        world.Clock.Advance(TimeSpan.FromMinutes(12));
        await world.UpkeepAsync();
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident"));
    }

    [Fact]
    public async Task The_incident_ends_with_the_first_look_that_is_answered_though_somebodys_hours_begin_tomorrow()
    {
        await using var world = await OpenAsync(new Disturbance.CannotTell("HighLevel did not answer"));
        await world.AddBobAsync();
        var (ann, bob) = (await world.OfferAsync(Channel.Email), await world.OfferAsync(Channel.Email, "bob"));
        for (var minutes = 0; minutes <= 66; minutes += 6) await world.TryAsync();
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from incident where kind = 'silence-unasked' and closed_at is null"));
        await world.RestAsync(bob, Duration.FromHours(14));
        world.Crm.Says = new Disturbance.None();
        await world.TryAsync();
        Assert.Equal("sent", await world.StateAsync(ann));
        world.Clock.Advance(TimeSpan.FromMinutes(30));
        await world.UpkeepAsync();
        Assert.Equal("planned", await world.StateAsync(bob));
        Assert.Equal((1, 0), (await world.Ledger.CountAsync("select count(*) from incident"), await world.Ledger.CountAsync("select count(*) from incident where closed_at is null")));
    }

    [Fact]
    public async Task Nobody_whom_the_CRM_does_not_know_waits_for_it()
    {
        await using var world = await OpenAsync(new Disturbance.CannotTell("HighLevel did not answer"));
        await world.Ledger.ExecuteAsync("delete from lead_ref");
        var touch = await world.OfferAsync(Channel.Email);
        await world.TurnAsync(Channel.Email);
        Assert.Equal("sent", await world.StateAsync(touch));
        Assert.Empty(world.Crm.Looked);
    }

    [Theory]
    [InlineData(10, "sent")]
    [InlineData(25, "planned")]
    public async Task A_look_that_takes_the_last_of_the_window_leaves_the_call_for_the_next_opening(int seconds, string state)
    {
        await using var world = await OpenAsync(new Disturbance.None());
        world.Clock.SetUtcNow(new DateTimeOffset(2026, 11, 16, 22, 59, 15, TimeSpan.Zero)); // 45 s before 18:00 in New York
        world.Crm.During = () => world.Clock.Advance(TimeSpan.FromSeconds(seconds));
        var touch = await world.OfferAsync(Channel.Call);
        await world.TurnAsync(Channel.Call);
        Assert.Equal(["con_ann"], world.Crm.Looked);
        Assert.Equal(state, await world.StateAsync(touch));
        if (state == "planned") Assert.Equal(Instant.FromUtc(2026, 11, 16, 23, 0), (await world.Ledger.Facts.TouchAsync(touch))!.DueAt);
    }

    [Theory]
    [InlineData(29, "sent")]
    [InlineData(31, "planned")]
    public async Task What_the_CRM_said_half_a_minute_ago_is_asked_again(int seconds, string state)
    {
        await using var world = await OpenAsync(new Disturbance.None());
        world.Crm.During = () => world.Clock.Advance(TimeSpan.FromSeconds(seconds));
        var touch = await world.OfferAsync(Channel.Email);
        await world.TurnAsync(Channel.Email);
        Assert.Equal(state, await world.StateAsync(touch));
        world.Crm.During = () => { };
        world.Clock.Advance(TimeSpan.FromMinutes(6)); // it rested, and others went on
        await world.TurnAsync(Channel.Email);
        Assert.Equal(("sent", state == "sent" ? 1 : 2), (await world.StateAsync(touch), world.Crm.Looked.Count));
    }

    [Fact]
    public async Task A_machine_that_stands_still_between_the_look_and_the_touch_sends_nothing()
    {
        await using var world = await OpenAsync(new Disturbance.None());
        var touch = await world.OfferAsync(Channel.Email);
        world.BeforeBegin = () => world.Clock.Advance(TimeSpan.FromSeconds(31));
        await world.TurnAsync(Channel.Email);
        Assert.Equal(("failed", "permit_expired"), (await world.StateAsync(touch), await world.Ledger.TextAsync("select failed_because from touch where id = @touch", new { touch })));
        Assert.Contains("too long before", await world.Ledger.TextAsync("select error from touch where id = @touch", new { touch }));
    }

    private async Task<World> OpenAsync(Disturbance says)
    {
        var ledger = await LedgerWorld.OpenAsync(Database());
        await ledger.AddPersonAsync("ann", "+12125550131");
        await ledger.Facts.KeepRefAsync("highlevel", "con_ann", "ann");
        return new World(ledger, says);
    }

    private sealed class World : TurnWorld, IChance
    {
        private SendingDesks desks = null!;

        public World(LedgerWorld ledger, Disturbance says)
            : base(ledger)
        {
            Crm = new ScriptedCrm { Says = says };
            Restart();
        }

        /// <summary>Another process on the same ledger.</summary>
        public void Restart() => desks = SendingDesks.On(Ledger, Ledger.Store, new PreviewTransports(), Clocks, this, Crm);

        public ScriptedCrm Crm { get; }

        /// <summary>What passes after the CRM was asked and before the touch is begun.</summary>
        public Action BeforeBegin { get; set; } = () => { };

        public double Next(string subject)
        {
            BeforeBegin();
            return 0.5;
        }

        public Task<string> OfferAsync(Channel channel, string lead = "ann") => Ledger.PlanAsync(lead, channel, "NY");

        /// <summary>Somebody else whom the CRM knows.</summary>
        public async Task AddBobAsync()
        {
            await Ledger.AddPersonAsync("bob", "+12125550132");
            await Ledger.Facts.KeepRefAsync("highlevel", "con_bob", "bob");
        }

        /// <summary>Not due for so long; a day unless told.</summary>
        public Task RestAsync(string touch, Duration? time = null) =>
            Ledger.ExecuteAsync("update touch set due_at = @at where id = @touch", new { touch, at = Now + (time ?? Duration.FromDays(1)) });

        public Task<string?> StateAsync(string touch) => Ledger.TextAsync("select state from touch where id = @touch", new { touch });

        public Task TurnAsync(Channel channel) => desks.Dispatch.TakeAsync(LedgerWorld.SenderOf(channel), default);

        public Task UpkeepAsync() => desks.Upkeep.TakeAsync("all", default);

        /// <summary>A letter is tried, whatever is overdue is looked after, and six minutes pass.</summary>
        public async Task TryAsync()
        {
            await TurnAsync(Channel.Email);
            await UpkeepAsync();
            Clock.Advance(TimeSpan.FromMinutes(6));
        }
    }

    private sealed class ScriptedCrm : IDoNotDisturb
    {
        public Disturbance Says { get; set; } = new Disturbance.None();

        public List<string> Looked { get; } = [];

        /// <summary>What passes while it is asked.</summary>
        public Action During { get; set; } = () => { };

        public string Source => "highlevel";

        public Task<Disturbance> LookAsync(string contactId, CancellationToken cancellation)
        {
            Looked.Add(contactId);
            During();
            return Task.FromResult(Says);
        }
    }
}
