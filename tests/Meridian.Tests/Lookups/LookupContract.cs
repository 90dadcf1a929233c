using Meridian.Adapters.Sql;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Lookups;
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

    private async Task<World> OpenAsync(Func<OwnerSettings, OwnerSettings>? change = null, bool signed = true)
    {
        var ledger = await LedgerWorld.OpenAsync(Database());
        var setup = new SqlSetup(ledger.Store, ledger.Ids);
        var owner = await ledger.Facts.SettingsAsync();
        if (signed) owner = owner with { Law = owner.Law with { BusinessLandlines = new BusinessLandlineSetting { SignedBy = "Sam Owner", SignedOn = "2026-11-01" } } };
        await setup.KeepOwnerAsync(change is null ? owner : change(owner), "test", LedgerWorld.Now);
        await ledger.AddPersonAsync("ann", Number);
        await ledger.ExecuteAsync("delete from consent");
        await ledger.ExecuteAsync("update lead set postal_code = '10001' where id = 'ann'");
        var call = await ledger.OfferAsync("ann", Channel.Call);
        await ledger.ExecuteAsync("update touch set parked_reason = 'no_legal_basis', window_key = @key", new { key = Meridian.Domain.Time.WindowKey.For(Channel.Call, ["America/New_York"], ["NY"]) });
        return new World(ledger, call);
    }

    private sealed class World : TurnWorld
    {
        private readonly LookupTurn turn;

        public World(LedgerWorld ledger, string call)
            : base(ledger)
        {
            Call = call;
            turn = new LookupTurn(Lines, new SqlLookups(ledger.Store, ledger.Ids), ledger.Facts, ledger.People, Clocks);
        }

        public string Call { get; }

        public ScriptedLines Lines { get; } = new();

        public Task TurnAsync() => turn.TakeAsync("all", default);

        public async Task<Ruling> JudgeAsync(Channel channel) => Judge.Of(
            (await Ledger.Facts.LeadAsync("ann"))!, (await Ledger.Facts.CampaignAsync(LedgerWorld.Campaign))!, SopSequence.Default.Steps.Single(s => s.Channel == channel), null, LedgerWorld.Now)
            .Verdict.Findings.Single(f => f.Rule == "LegalBasis").Ruling;
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
