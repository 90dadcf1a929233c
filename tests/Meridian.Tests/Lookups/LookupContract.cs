using Meridian.Adapters.Sql;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Engine.Lookups;
using Meridian.Host.Preview;
using Meridian.Tests.Ledger;
using Xunit;

namespace Meridian.Tests.Lookups;

public sealed class LookupsOnSqlite() : LookupContract(() => new TestDatabase.Sqlite());

public sealed class LookupsOnPostgres() : LookupContract(() => new TestDatabase.Postgres());

/// <summary>A business landline is called without consent only when the owner signed, a carrier said so lately, and no law concerned reaches it.</summary>
public abstract class LookupContract(Func<TestDatabase> database)
{
    private const string Number = "+12125550131";

    private TestDatabase Database() => database();

    [Fact]
    public async Task A_confirmed_business_landline_frees_the_call_and_only_the_call()
    {
        await using var world = await OpenAsync();
        Assert.Equal(Ruling.Park, await world.JudgeAsync(Channel.Call));
        await world.TurnAsync();
        Assert.Equal([Number], world.Lines.Asked);
        Assert.Equal(Ruling.Allow, await world.JudgeAsync(Channel.Call));
        Assert.Equal(Ruling.Park, await world.JudgeAsync(Channel.Text));
        var call = (await world.Ledger.Facts.TouchAsync(world.Call))!;
        Assert.Null(call.ParkedReason);
        Assert.Equal(20_000, await world.Ledger.CountAsync("select micro from spend_day where channel = 'all'"));
        Assert.Equal("Landline yes", await world.Ledger.TextAsync("select line_type || ' ' || business from line_lookup"));

        await world.TurnAsync(); // it is known for ninety days
        Assert.Single(world.Lines.Asked);
        await world.Ledger.BeginAsync(LedgerWorld.Caller1, world.Call);
        Assert.Empty(await VerifyLedger.RunAsync(world.Ledger.Store));
    }

    [Theory]
    [InlineData(LineType.Mobile, true)]
    [InlineData(LineType.FixedVoip, true)]
    [InlineData(LineType.Landline, false)]
    [InlineData(LineType.Landline, null)]
    [InlineData(LineType.Other, null)]
    public async Task Any_other_line_stays_closed(LineType type, bool? business)
    {
        await using var world = await OpenAsync();
        world.Lines.Answer = new LineAnswer.Told(type, business, "{}");
        await world.TurnAsync();
        Assert.Equal(Ruling.Park, await world.JudgeAsync(Channel.Call));
        Assert.Equal(ParkedReason.NoLegalBasis, (await world.Ledger.Facts.TouchAsync(world.Call))!.ParkedReason);
    }

    [Theory]
    [InlineData("update lead set state = 'IN', postal_code = null where id = 'ann'", "IN")]
    [InlineData("update lead set state = 'WA', postal_code = null where id = 'ann'", "WA")]
    public async Task Where_a_states_law_reaches_business_lines_nobody_pays_for_a_lookup(string where, string state)
    {
        await using var world = await OpenAsync();
        await world.Ledger.ExecuteAsync(where);
        await world.Ledger.ExecuteAsync("update touch set window_key = @key", new { key = Meridian.Domain.Time.WindowKey.For(Channel.Call, ["America/New_York"], ["NY", state]) });
        await world.TurnAsync();
        Assert.Empty(world.Lines.Asked);
    }

    [Fact]
    public async Task Nobody_pays_for_a_lookup_of_a_number_on_a_do_not_call_list()
    {
        await using var world = await OpenAsync();
        await world.ListAsync("212");
        await world.TurnAsync();
        Assert.Empty(world.Lines.Asked);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from spend_day"));
    }

    [Theory, InlineData("212"), InlineData("")]
    public async Task A_business_landline_on_a_do_not_call_list_is_not_called_without_consent(string areaCode)
    {
        await using var world = await OpenAsync();
        await world.TurnAsync();
        Assert.Equal(Ruling.Allow, await world.JudgeAsync(Channel.Call));
        await world.ListAsync(areaCode);
        Assert.Equal(Ruling.Park, await world.JudgeAsync(Channel.Call));
        Assert.Contains("it is on the do-not-call list national", await world.SaidAsync());

        await world.ListAsync(areaCode, listed: false); // the number was taken off: the list that counts no longer names it
        Assert.Equal(Ruling.Allow, await world.JudgeAsync(Channel.Call));
    }

    [Fact]
    public async Task A_list_of_another_area_code_says_nothing()
    {
        await using var world = await OpenAsync();
        await world.TurnAsync();
        await world.ListAsync("213");
        Assert.Equal(Ruling.Allow, await world.JudgeAsync(Channel.Call));
    }

    /// <summary>Loading a list moves no revision: the begin asks for itself.</summary>
    [Fact]
    public async Task A_list_loaded_between_the_judging_and_the_begin_stops_the_call()
    {
        await using var world = await OpenAsync();
        await world.TurnAsync();
        var order = await world.Ledger.OrderAsync(LedgerWorld.Caller1, world.Call);
        order = order with { Touches = [order.Touches[0] with { WithoutConsent = true }] };
        await world.ListAsync("212");
        Assert.Equal(BeginLoss.Address, (await world.Ledger.Ledger.TryBeginAsync(order, default)).Loss);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from touch where begun_at is not null"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from address_key where next_call_at is not null"));

        await world.ListAsync("212", listed: false);
        Assert.Null((await world.Ledger.Ledger.TryBeginAsync(order, default)).Loss);
    }

    /// <summary>The desk itself, from the pick to the provider; the list comes before it judges, or after that and before it begins.</summary>
    [Theory, InlineData(null, 1), InlineData("before", 0), InlineData("between", 0)]
    public async Task The_caller_s_desk_rings_a_business_landline_only_while_no_list_names_it(string? when, int calls)
    {
        await using var world = await OpenAsync();
        await world.TurnAsync();
        if (when == "before") await world.ListAsync("212");
        if (when == "between") world.BeforeBegin = () => world.ListAsync("212");
        await world.DispatchAsync();
        Assert.Equal(calls, await world.BegunAsync());
        await world.DispatchAsync(); // what lost its begin is judged again
        Assert.Equal(calls, await world.BegunAsync());
        if (when is not null) Assert.Equal(ParkedReason.NoLegalBasis, (await world.Ledger.Facts.TouchAsync(world.Call))!.ParkedReason);
    }

    [Fact]
    public async Task Without_the_second_asking_a_list_that_comes_in_between_would_stop_nothing()
    {
        await using var world = await OpenAsync(mutant: sql => sql == SqlTouchLedger.OnNoList ? sql[..sql.IndexOf(" and not exists", StringComparison.Ordinal)] : sql);
        await world.TurnAsync();
        world.BeforeBegin = () => world.ListAsync("212");
        await world.DispatchAsync();
        Assert.Equal(1, await world.BegunAsync());
    }

    [Fact]
    public async Task A_written_consent_stands_above_the_lists()
    {
        await using var world = await OpenAsync();
        await world.TurnAsync();
        await world.Ledger.ExecuteAsync(
            "insert into consent (id, lead_id, address_id, channel, status, seller, text_version, evidence, created_at) values ('con_ann', 'ann', @Number, 'call', 'recorded', 'Example LLC', '1', 'e', @now)", new { Number, now = LedgerWorld.Now });
        world.BeforeBegin = () => world.ListAsync("212");
        await world.DispatchAsync();
        Assert.Equal(1, await world.BegunAsync());
    }

    [Fact]
    public async Task Many_numbers_in_closed_states_do_not_keep_an_open_one_waiting()
    {
        await using var world = await OpenAsync();
        for (var i = 0; i < 250; i++)
        {
            await world.Ledger.AddPersonAsync($"p{i:000}", $"+1205555{i:0000}");
            await world.Ledger.OfferAsync($"p{i:000}", Channel.Call);
        }

        await world.Ledger.ExecuteAsync("delete from consent");
        await world.Ledger.ExecuteAsync("update touch set parked_reason = 'no_legal_basis', window_key = @key where lead_id <> 'ann'", new { key = Meridian.Domain.Time.WindowKey.For(Channel.Call, ["America/Chicago"], ["IN"]) });
        await world.TurnAsync();
        await world.TurnAsync();
        Assert.Equal([Number], world.Lines.Asked);
    }

    [Fact]
    public async Task Nothing_is_asked_before_the_owner_has_signed()
    {
        await using var world = await OpenAsync(signed: false);
        await world.TurnAsync();
        Assert.Empty(world.Lines.Asked);
    }

    [Fact]
    public async Task The_days_count_and_money_hold_and_a_lookup_is_written_before_it_is_paid()
    {
        await using var many = await OpenAsync(o => o with { LineLookupsPerDay = 0 });
        await many.TurnAsync();
        Assert.Empty(many.Lines.Asked);

        await using var poor = await OpenAsync(o => o with { DailyBudgetUsd = 0.01m });
        await poor.TurnAsync();
        Assert.Empty(poor.Lines.Asked);
        Assert.Equal(0, await poor.Ledger.CountAsync("select count(*) from line_lookup"));

        await using var dies = await OpenAsync();
        dies.Lines.Answer = null; // the process dies in the middle
        await Assert.ThrowsAsync<InvalidOperationException>(dies.TurnAsync);
        dies.Lines.Answer = new LineAnswer.Told(LineType.Landline, true, "{}");
        await dies.TurnAsync();
        Assert.Single(dies.Lines.Asked); // paid once: not asked again the same day
        Assert.Empty(await VerifyLedger.RunAsync(dies.Ledger.Store));
    }

    [Fact]
    public async Task A_refused_key_is_an_incident_and_rests()
    {
        await using var world = await OpenAsync();
        world.Lines.Answer = new LineAnswer.NotTold("Twilio refused the key (401)", Account: true);
        await world.TurnAsync();
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from incident where kind = 'line-lookups-refused'"));
        Assert.Equal("Twilio refused the key (401)", await world.Ledger.TextAsync("select error from line_lookup"));
    }

    private async Task<World> OpenAsync(Func<OwnerSettings, OwnerSettings>? change = null, bool signed = true, Func<string, string>? mutant = null)
    {
        var ledger = await LedgerWorld.OpenAsync(Database(), mutant);
        var setup = new SqlSetup(ledger.Store, ledger.Ids);
        var owner = await ledger.Facts.SettingsAsync();
        if (signed) owner = owner with { Law = owner.Law with { BusinessLandlines = new BusinessLandlineSetting { SignedBy = "Sam Owner", SignedOn = "2026-11-01" } } };
        ledger.Policy = await setup.KeepOwnerAsync(change is null ? owner : change(owner), "test", LedgerWorld.Now);
        await ledger.AddPersonAsync("ann", Number);
        await ledger.ExecuteAsync("delete from consent");
        await ledger.ExecuteAsync("update lead set postal_code = '10001' where id = 'ann'");
        var call = await ledger.PlanAsync("ann", Channel.Call, "NY");
        await ledger.ExecuteAsync("update touch set parked_reason = 'no_legal_basis'");
        return new World(ledger, call);
    }

    private sealed class World : TurnWorld, IChance
    {
        private readonly LookupTurn turn;
        private readonly SendingDesks desks;

        public World(LedgerWorld ledger, string call)
            : base(ledger)
        {
            Call = call;
            turn = new LookupTurn(Lines, new SqlLookups(ledger.Store, ledger.Ids), ledger.Facts, ledger.People, Clocks);
            desks = SendingDesks.On(ledger, ledger.Store, new PreviewTransports(), Clocks, this);
        }

        /// <summary>What passes after the call was judged and before it is begun.</summary>
        public Func<Task> BeforeBegin { get; set; } = () => Task.CompletedTask;

        public double Next(string subject)
        {
            BeforeBegin().GetAwaiter().GetResult();
            return 0.5;
        }

        public Task DispatchAsync() => desks.Dispatch.TakeAsync(LedgerWorld.Caller1, default);

        public Task<long> BegunAsync() => Ledger.CountAsync("select count(*) from touch where begun_at is not null");

        /// <summary>The national list of an area code, or of all, with the person's number on it or without.</summary>
        public Task ListAsync(string areaCode, bool listed = true) => new SqlDoNotCall(Ledger.Store, Ledger.Ids).LoadAsync(
            "national", new Dictionary<string, IReadOnlyCollection<string>> { [areaCode] = listed ? [Number, "+12125550199"] : ["+12125550199"] }, LedgerWorld.Today, "list.csv", "test", LedgerWorld.Now);

        public async Task<string> SaidAsync() => (await BasisAsync(Channel.Call)).Sentence;

        public string Call { get; }

        public ScriptedLines Lines { get; } = new();

        public Task TurnAsync() => turn.TakeAsync("all", default);

        public async Task<Ruling> JudgeAsync(Channel channel) => (await BasisAsync(channel)).Ruling;

        private async Task<Finding> BasisAsync(Channel channel) => Judge.Of(
            (await Ledger.Facts.LeadAsync("ann"))!, (await Ledger.Facts.CampaignAsync(LedgerWorld.Campaign))!, SopSequence.Default.Steps.Single(s => s.Channel == channel), null, LedgerWorld.Now)
            .Verdict.Findings.Single(f => f.Rule == "LegalBasis");
    }

    private sealed class ScriptedLines : ILineLookups
    {
        public string Source => "twilio";

        public List<string> Asked { get; } = [];

        public LineAnswer? Answer { get; set; } = new LineAnswer.Told(LineType.Landline, true, "{}");

        public Task<LineAnswer> LookUpAsync(string e164, CancellationToken cancellation)
        {
            Asked.Add(e164);
            return Answer is null ? throw new InvalidOperationException("dead") : Task.FromResult(Answer);
        }
    }
}
