using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine.Confirmations;
using Meridian.Engine.Crm;
using Meridian.Engine.Desks;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using Meridian.Tests.Ledger;
using Meridian.Tests.Providers;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Crm;

public sealed class CrmSilenceOnSqlite() : CrmSilenceContract(() => new TestDatabase.Sqlite());

public sealed class CrmSilenceOnPostgres() : CrmSilenceContract(() => new TestDatabase.Postgres());

/// <summary>Whoever opts out, in whichever way, stands as do-not-disturb in the owner's CRM.</summary>
public abstract class CrmSilenceContract(Func<TestDatabase> database)
{
    private const string Ann = "+12025550111";

    private TestDatabase Database() => database();

    [Theory]
    [InlineData("link")]
    [InlineData("email")]
    [InlineData("call")]
    [InlineData("sms")]
    [InlineData("owner")]
    [InlineData("import")]
    [InlineData("provider")]
    public async Task An_opt_out_is_written_once_however_it_was_heard(string source)
    {
        await using var world = await OpenAsync();
        await world.OptOutAsync("ann", source);
        for (var n = 0; n < 3; n++) await world.TurnAsync(TimeSpan.FromHours(2));
        Assert.Equal(["con_ann"], world.Crm.Asked);
    }

    [Fact]
    public async Task What_the_CRM_told_us_is_not_told_back_and_what_comes_back_of_ours_starts_no_circle()
    {
        await using var world = await OpenAsync();
        await world.OptOutAsync("bob", "highlevel");
        await world.TurnAsync();
        Assert.Empty(world.Crm.Asked);

        await world.OptOutAsync("ann", "link");
        await world.TurnAsync();
        for (var n = 0; n < 3; n++)
        {
            // Our own write changes the contact, and the poll of changed contacts brings it home.
            await world.HearAsync($$$"""{"type":"ContactDndUpdate","id":"con_ann","phone":"{{{Ann}}}","dndSettings":{"SMS":{"status":"active"},"Email":{"status":"active"},"Call":{"status":"active"}},"timestamp":"2026-11-16T14:0{{{n}}}:00Z"}""");
            await world.TurnAsync(TimeSpan.FromHours(2));
        }

        Assert.Equal(["con_ann"], world.Crm.Asked);
    }

    [Fact]
    public async Task Nobody_without_a_contact_and_nobody_without_an_opt_out_is_written_and_a_contact_known_later_is()
    {
        await using var world = await OpenAsync();
        await world.Ledger.AddPersonAsync("eve");
        await world.OptOutAsync("eve", "link");
        await world.TurnAsync();
        Assert.Empty(world.Crm.Asked);
        await world.Ledger.Facts.KeepRefAsync("highlevel", "con_eve", "eve");
        await world.TurnAsync(TimeSpan.FromHours(2));
        Assert.Equal(["con_eve"], world.Crm.Asked);
    }

    [Fact]
    public async Task What_is_not_taken_is_asked_for_again_and_again_and_after_a_day_the_owner_hears_of_it_once()
    {
        await using var world = await OpenAsync();
        world.Crm.Answer = _ => new Silencing.NotNow("HighLevel answered 429: Too Many Requests");
        await world.OptOutAsync("ann", "link");
        Assert.Contains("1 not taken", (await world.TurnAsync()).Did, StringComparison.Ordinal);
        await world.TurnAsync(TimeSpan.FromSeconds(20));
        Assert.Single(world.Crm.Asked); // not at once
        for (var n = 0; n < 22; n++) await world.TurnAsync(TimeSpan.FromHours(1));
        Assert.InRange(world.Crm.Asked.Count, 15, 24);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident"));
        for (var n = 0; n < 4; n++) await world.TurnAsync(TimeSpan.FromHours(1));
        Assert.Equal("opt-outs-not-in-crm", await world.Ledger.TextAsync("select kind from incident where closed_at is null"));
        Assert.Contains("Too Many Requests", await world.Ledger.TextAsync("select detail from incident"), StringComparison.Ordinal);

        world.Crm.Answer = _ => new Silencing.Written();
        await world.TurnAsync(TimeSpan.FromHours(2));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident where closed_at is null"));
        var asked = world.Crm.Asked.Count;
        await world.TurnAsync(TimeSpan.FromHours(2));
        Assert.Equal(asked, world.Crm.Asked.Count);
    }

    [Fact]
    public async Task A_contact_that_is_gone_is_done_with()
    {
        await using var world = await OpenAsync();
        world.Crm.Answer = _ => new Silencing.Gone();
        await world.OptOutAsync("ann", "link");
        for (var n = 0; n < 3; n++) await world.TurnAsync(TimeSpan.FromHours(10));
        Assert.Single(world.Crm.Asked);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident"));
    }

    [Fact]
    public async Task Three_that_are_not_taken_end_a_turn_and_the_next_asks_for_others()
    {
        await using var world = await OpenAsync();
        foreach (var n in Enumerable.Range(1, 8))
        {
            await world.Ledger.AddPersonAsync($"p{n}");
            await world.Ledger.Facts.KeepRefAsync("highlevel", $"con_p{n}", $"p{n}");
            await world.OptOutAsync($"p{n}", "link");
        }

        world.Crm.Answer = _ => new Silencing.NotNow("no answer came");
        await world.TurnAsync();
        Assert.Equal(3, world.Crm.Asked.Count);
        await world.TurnAsync();
        Assert.Equal(6, world.Crm.Asked.Distinct().Count());
    }

    [Fact]
    public async Task Whoever_came_back_before_it_was_written_is_not_silenced_late()
    {
        await using var world = await OpenAsync();
        world.Crm.Answer = _ => new Silencing.NotNow("HighLevel answered 503");
        await world.OptOutAsync("ann", "link");
        await world.TurnAsync();
        Assert.Single(world.Crm.Asked);
        await world.Ledger.Store.WriteAsync(s => s.ExecuteAsync(SqlConsents.OptInAgain, new { lead = "ann" }));
        for (var n = 0; n < 30; n++) await world.TurnAsync(TimeSpan.FromHours(1));
        Assert.Single(world.Crm.Asked);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident"));
        world.Crm.Answer = _ => new Silencing.Written();
        await world.OptOutAsync("ann", "call");
        await world.TurnAsync();
        Assert.Equal(2, world.Crm.Asked.Count);
    }

    [Fact]
    public async Task Whoever_came_back_and_opts_out_again_is_written_again()
    {
        await using var world = await OpenAsync();
        await world.OptOutAsync("ann", "link");
        await world.TurnAsync();
        await world.Ledger.ExecuteAsync("update lead set opted_out_at = null where id = 'ann'"); // as a signature does
        await world.TurnAsync(TimeSpan.FromHours(2));
        Assert.Single(world.Crm.Asked);
        await world.OptOutAsync("ann", "call");
        await world.TurnAsync();
        Assert.Equal(["con_ann", "con_ann"], world.Crm.Asked);
    }

    [Fact]
    public async Task Where_a_confirmation_is_to_be_texted_the_contact_stays_open_until_it_has_left()
    {
        await using var world = await OpenAsync();
        await world.OptOutAsync("ann", "sms", new ConfirmationOrder(Ann, "con_ann", "+12025550103", world.Now, false));
        await world.TurnAsync();
        Assert.Empty(world.Crm.Asked);
        await world.Ledger.ExecuteAsync("update opt_out_confirmation set state = 'sent'");
        await new SqlConfirmations(world.Ledger.Store).CloseAsync((await world.Ledger.TextAsync("select id from opt_out_confirmation"))!, world.Now); // it has written it
        await world.TurnAsync(TimeSpan.FromHours(2));
        Assert.Empty(world.Crm.Asked);
    }

    [Fact]
    public async Task A_STOP_by_text_waits_for_no_answer_of_the_CRM_and_its_contact_is_written_also_where_nobody_holds_it()
    {
        await using var world = await OpenAsync();
        await world.HearAsync("""{"type":"InboundMessage","messageId":"m1","direction":"inbound","body":"STOP","dateAdded":"2026-11-16T13:59:00Z","from":"+12025550177","contactId":"con_stranger"}""");
        Assert.Empty(world.Crm.Asked);
        await world.TurnAsync();
        Assert.Equal(["con_stranger"], world.Crm.Asked);
    }

    [Fact]
    public async Task Without_a_CRM_nothing_is_owed_and_nobody_is_alarmed()
    {
        await using var world = await OpenAsync();
        world.Crm.IsSetUp = false;
        await world.OptOutAsync("ann", "link");
        for (var n = 0; n < 3; n++) await world.TurnAsync(TimeSpan.FromHours(20));
        Assert.Empty(world.Crm.Asked);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident"));
        Assert.Equal(TurnResult.Asleep, (await new CrmSilenceTurn(null, world.Book, world.Ledger.People, world.Clocks).TakeAsync("all", default)).Next);
    }

    [Fact]
    public async Task An_opt_out_by_link_closes_every_channel_of_the_contact_over_real_HTTP()
    {
        await using var world = await OpenAsync();
        await using var sandbox = await Sandbox.World.StartAsync();
        var contact = await sandbox.ContactAsync("+13125550117");
        var gone = "contactThatIsGone001";
        await world.Ledger.ExecuteAsync($"update lead_ref set external_id = case lead_id when 'ann' then '{contact}' else '{gone}' end where lead_id in ('ann', 'bob')");
        await world.OptOutAsync("ann", "link");
        await world.OptOutAsync("bob", "link");
        var texts = new HighLevelTexts(Locations.At(sandbox.Outside.HighLevelBase));
        var turn = new CrmSilenceTurn(texts, world.Book, world.Ledger.People, world.Clocks);
        Assert.Equal("2 opt-outs written into the CRM", (await turn.TakeAsync("all", default)).Did);
        var settings = (await sandbox.HighLevelAsync(HttpMethod.Get, $"contacts/{contact}")).Body["contact"]!["dndSettings"]!;
        Assert.Equal(("active", "active", "active"), ((string?)settings["SMS"]?["status"], (string?)settings["Call"]?["status"], (string?)settings["Email"]?["status"]));
        Assert.Equal(gone, await world.Ledger.TextAsync("select contact_ref from crm_silence where gone_at is not null"));
    }

    private async Task<World> OpenAsync()
    {
        var ledger = await LedgerWorld.OpenAsync(Database());
        foreach (var (who, phone) in new[] { ("ann", Ann), ("bob", "+12025550112"), ("dan", "+12025550114") })
        {
            await ledger.AddPersonAsync(who, phone);
            await ledger.Facts.KeepRefAsync("highlevel", $"con_{who}", who);
        }

        return new World(ledger);
    }

    private sealed class World : TurnWorld
    {
        private readonly InboundTurn inbox;
        private readonly CrmSilenceTurn turn;

        public World(LedgerWorld ledger)
            : base(ledger)
        {
            Book = new SqlCrmSilences(ledger.Store);
            turn = new CrmSilenceTurn(Crm, Book, ledger.People, Clocks);
            inbox = new InboundTurn(ledger.Signals, [new HighLevelSignals()], ledger.People, ledger.Ledger, null!, null!, ledger.Facts, new SqlPhones(ledger.Store, ledger.Ids), Clocks, null, Book);
        }

        public ScriptedCrm Crm { get; } = new();

        public SqlCrmSilences Book { get; }

        public Task OptOutAsync(string lead, string source, ConfirmationOrder? confirm = null)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            return Ledger.People.OptOutAsync(new OptOutOrder([], lead, "said so", source, $"{lead} {source} {Now}", Now, Confirm: confirm));
        }

        public async Task HearAsync(string raw)
        {
            await Ledger.Signals.StoreAsync("highlevel", new HighLevelSignals().Describe(raw), raw, Now);
            await inbox.TakeAsync("all", default);
        }

        public Task<TurnResult> TurnAsync(TimeSpan after = default)
        {
            Clock.Advance(after == default ? TimeSpan.FromSeconds(1) : after);
            return turn.TakeAsync("all", default);
        }
    }

    private sealed class ScriptedCrm : ICrmSilence
    {
        public List<string> Asked { get; } = [];

        public Func<string, Silencing> Answer { get; set; } = _ => new Silencing.Written();

        public bool IsSetUp { get; set; } = true;

        public Task<Silencing> SilenceAsync(string contactId, CancellationToken cancellation)
        {
            Asked.Add(contactId);
            return Task.FromResult(Answer(contactId));
        }
    }
}
