using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Sql;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance;
using Meridian.Domain.Pulling;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Consents;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Engine.Prospecting;
using Meridian.Engine.Pulling;
using Meridian.Tests.Ledger;
using Meridian.Tests.Pulling;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Consents;

public sealed class ConsentFormsOnSqlite() : ConsentFormContract(() => new TestDatabase.Sqlite());

public sealed class ConsentFormsOnPostgres() : ConsentFormContract(() => new TestDatabase.Postgres());

/// <summary>What a form of the owner's opens once its contact was read back, what it never opens, and when a consent ends.</summary>
public abstract class ConsentFormContract(Func<TestDatabase> database)
{
    private const string Number = "+12125550111";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private TestDatabase Database() => database();

    [Fact]
    public async Task A_complete_form_counts_once_the_contact_is_read_back_and_names_itself_as_evidence()
    {
        await using var world = await WorldAsync();
        await world.TellAsync(FormConsentTests.Good);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from consent")); // told is not believed
        await world.TurnAsync();
        Assert.Equal(1, world.Reads);
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from consent where lead_id = 'ann' and status = 'recorded' and given_on = '2026-11-16' and attested_by = 'Ann Lee, on the HighLevel form ''Expo 2026'''"));
        var kept = Assert.Single(await new SqlConsents(world.Ledger.Store, world.Ledger.Ids).SignaturesAsync("ann", 10));
        Assert.Equal((Number, "call,text", "Example LLC", "203.0.113.7", "Expo 2026 7", FormConsentTests.Expo.Hash), (kept.AddressId, kept.Channels, kept.Seller, kept.FromAddress, kept.TextVersion, kept.TextHash));
        Assert.Contains("HighLevel form 'Expo 2026' (attested by Ana Owner), contact con_ann", kept.Browser);
        Assert.Equal("recorded", await world.Ledger.TextAsync("select state from consent_form"));
        Assert.Equal(Ruling.Allow, await world.JudgeAsync(Channel.Call, LedgerWorld.Now));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident"));
    }

    [Fact]
    public async Task The_workflow_s_webhook_is_understood_as_a_form_to_be_read_back_and_holds_nobody_any_more()
    {
        await using var world = await WorldAsync();
        var reader = new HighLevelSignals();
        var raw = System.Text.Json.JsonSerializer.Serialize(new
        {
            contact_id = "con_ann", phone = Number,
            customData = new { @event = "consent_form", form = "Expo 2026", phone = Number, signature = "Ann Lee", consent_calls = "yes", consent_texts = "no", text = FormConsentTests.Words, ip = "203.0.113.7", submitted_at = "2026-11-16T08:59:00-05:00" },
        });
        await world.Ledger.Signals.StoreAsync("highlevel", reader.Describe(raw), raw, LedgerWorld.Now);
        var inbox = new Meridian.Engine.Inbound.InboundTurn(world.Ledger.Signals, [reader], world.Ledger.People, world.Ledger.Ledger, null!, null!, world.Ledger.Facts, new SqlPhones(world.Ledger.Store, world.Ledger.Ids), world.Clocks, new SqlConsentForms(world.Ledger.Store, world.Ledger.Ids));
        await inbox.TakeAsync("all", Stop);
        Assert.Equal("a consent form; the contact is read back before it counts", await world.Ledger.TextAsync("select result from signal where understood_at is not null"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from address_key where held_at is not null"));
        await world.TurnAsync();
        Assert.Equal("call", await world.Ledger.TextAsync("select channel from consent where status = 'recorded'"));
    }

    [Fact]
    public async Task The_same_form_told_again_and_again_changes_nothing()
    {
        await using var world = await WorldAsync();
        for (var i = 0; i < 3; i++)
        {
            await world.TellAsync(FormConsentTests.Good);
            world.Clock.Advance(TimeSpan.FromMinutes(7));
        }

        await Task.WhenAll(world.TurnAsync(), world.Another().TakeAsync("all", Stop));
        await world.TellAsync(FormConsentTests.Good with { Ip = "203.0.113.8" });
        await world.TurnAsync();
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from consent"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from consent_signature"));
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from consent_form"));
    }

    [Fact]
    public async Task A_form_that_lacks_something_is_no_consent_and_the_owner_hears_what()
    {
        await using var world = await WorldAsync();
        await world.TellAsync(FormConsentTests.Good with { Signature = null, Ip = null });
        await world.TurnAsync();
        Assert.Equal(0, world.Reads);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from consent"));
        var detail = await world.Ledger.TextAsync("select detail from incident where kind = 'consent-form'");
        Assert.Contains("signature", detail);
        Assert.Contains("ip", detail);
    }

    [Theory]
    [InlineData("another number", "+12125550112")]
    [InlineData("no number", null)]
    [InlineData("do-not-disturb", Number)]
    [InlineData("deleted", Number)]
    [InlineData("silent about do-not-disturb", Number)]
    public async Task What_HighLevel_itself_does_not_bear_out_is_no_consent(string why, string? phone)
    {
        await using var world = await WorldAsync();
        world.Shown = why == "deleted" ? null : world.Shown! with { Phone = phone, DoNotDisturb = why == "do-not-disturb" ? "SMS active" : null, TellsDoNotDisturb = why != "silent about do-not-disturb" };
        await world.TellAsync(FormConsentTests.Good);
        await world.TurnAsync();
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from consent"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from incident where kind = 'consent-form'"));
    }

    [Fact]
    public async Task HighLevel_that_does_not_answer_is_asked_again_for_a_day()
    {
        await using var world = await WorldAsync();
        world.Refusal = new SourceRefusal(SourceTrouble.Unavailable, "it is down");
        await world.TellAsync(FormConsentTests.Good);
        await world.TurnAsync();
        Assert.Equal(LedgerWorld.Now + Duration.FromMinutes(5), await new SqlConsentForms(world.Ledger.Store, world.Ledger.Ids).NextAsync());
        world.Refusal = null;
        world.Clock.Advance(TimeSpan.FromHours(2));
        await world.TurnAsync();
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from consent where status = 'recorded'"));

        world.Refusal = new SourceRefusal(SourceTrouble.Unavailable, "it is down");
        await world.TellAsync(FormConsentTests.Good with { Signature = "Ann M Lee" });
        world.Clock.Advance(TimeSpan.FromHours(25));
        await world.TurnAsync();
        Assert.Contains("for a day", await world.Ledger.TextAsync("select detail from incident where kind = 'consent-form'"));
    }

    [Theory]
    [InlineData("before it was told")]
    [InlineData("while it was on its way")]
    public async Task A_form_never_passes_an_opt_out(string when)
    {
        await using var world = await WorldAsync();
        if (when != "before it was told") await world.TellAsync(FormConsentTests.Good);
        await world.Ledger.People.OptOutAsync(new OptOutOrder([Number], "ann", "said stop", "sms", "s1", world.Clocks.Now));
        if (when == "before it was told") await world.TellAsync(FormConsentTests.Good);
        await world.TurnAsync();
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from consent where status = 'recorded'"));
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from lead where id = 'ann' and opted_out_at is not null"));
        Assert.Contains("asked to be left alone", await world.Ledger.TextAsync("select detail from incident where kind = 'consent-form'"));
    }

    [Fact]
    public async Task Words_from_before_a_stop_do_not_come_back_after_a_later_consent()
    {
        await using var world = await WorldAsync();
        await world.Ledger.People.OptOutAsync(new OptOutOrder([Number], "ann", "said stop", "sms", "s1", world.Clocks.Now));
        var page = new SqlConsents(world.Ledger.Store, world.Ledger.Ids);
        var text = new ConsentText("Example LLC", "", "1 Example Way");
        Assert.Equal(SignResult.Recorded, await page.SignAsync(new SignedConsent("ann", Number, [Channel.Call], "Example LLC", "Ann Lee", ConsentText.Version, text.Whole, text.Hash, "127.0.0.1", null, LedgerWorld.Today, world.Clocks.Now, world.Clocks.Now)));
        await world.TellAsync(FormConsentTests.Good); // filled in a minute before the stop, told after the page
        await world.TurnAsync();
        Assert.Equal("call", await world.Ledger.TextAsync("select channel from consent where status = 'recorded'"));
    }

    [Fact]
    public async Task A_form_of_nobody_here_opens_nothing_and_makes_nobody()
    {
        await using var world = await WorldAsync(known: false);
        await world.TellAsync(FormConsentTests.Good);
        await world.TurnAsync();
        Assert.Equal((0, 0), (await world.Ledger.CountAsync("select count(*) from consent"), await world.Ledger.CountAsync("select count(*) from lead")));
        Assert.Contains("nobody here", await world.Ledger.TextAsync("select detail from incident where kind = 'consent-form'"));
    }

    [Fact]
    public async Task A_number_known_as_somebody_elses_is_not_given_by_a_form()
    {
        await using var world = await WorldAsync();
        await world.Ledger.ExecuteAsync("delete from lead_address where lead_id = 'ann' and kind = 'phone'");
        await world.Ledger.AddPersonAsync("bob", Number);
        await world.Ledger.ExecuteAsync("delete from consent");
        await world.TellAsync(FormConsentTests.Good);
        await world.TurnAsync();
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from consent"));
        Assert.Contains("somebody else", await world.Ledger.TextAsync("select detail from incident where kind = 'consent-form'"));
    }

    [Fact]
    public async Task A_consent_ends_after_the_owners_months_and_the_judge_says_so()
    {
        await using var world = await WorldAsync();
        await world.TellAsync(FormConsentTests.Good);
        await world.TurnAsync();
        var end = Instant.FromUtc(2028, 5, 16, 4, 0); // eighteen months after the day, where the owner is
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from consent where expires_at = @end", new { end }));
        Assert.Equal(end, Assert.Single(await new SqlConsents(world.Ledger.Store, world.Ledger.Ids).SignaturesAsync("ann", 10)).ExpiresAt);
        var allowed = await world.FindingAsync(Channel.Call, end - Duration.FromSeconds(1));
        Assert.Equal((Ruling.Allow, true), (allowed.Ruling, allowed.Sentence.Contains("good until 2028-05-16", StringComparison.Ordinal)));
        var over = await world.FindingAsync(Channel.Call, end);
        Assert.Equal((Ruling.Park, true), (over.Ruling, over.Sentence.Contains("expired", StringComparison.Ordinal)));

        // Signed again it lives anew; what was signed a moment ago does not.
        world.Clock.Advance(TimeSpan.FromDays(200));
        await world.TellAsync(FormConsentTests.Good with { SubmittedAt = "2027-06-04T09:00:00-04:00" });
        await world.TurnAsync();
        Assert.Equal(4, await world.Ledger.CountAsync("select count(*) from consent where status = 'recorded'"));
        Assert.Equal(Ruling.Allow, (await world.FindingAsync(Channel.Call, end)).Ruling);
    }

    [Fact]
    public async Task No_end_is_the_owners_word_and_a_number_with_a_live_consent_is_preferred()
    {
        await using var world = await WorldAsync();
        var owner = await world.Ledger.Facts.SettingsAsync();
        await new SqlSetup(world.Ledger.Store, world.Ledger.Ids).KeepOwnerAsync(owner with { Law = owner.Law with { ConsentMonths = 0 } }, "test", world.Clocks.Now);
        await world.TellAsync(FormConsentTests.Good);
        await world.TurnAsync();
        Assert.Equal(2, await world.Ledger.CountAsync("select count(*) from consent where expires_at is null"));

        await world.Ledger.ExecuteAsync("insert into address_key (id, kind) values ('+12125550100', 'phone')");
        await world.Ledger.ExecuteAsync("insert into lead_address (lead_id, address_id, kind, role, attached_at) values ('ann', '+12125550100', 'phone', 'mobile', @now)", new { now = world.Clocks.Now });
        await world.Ledger.ExecuteAsync("insert into consent (id, lead_id, address_id, channel, status, seller, text_version, evidence, expires_at, created_at) values ('old', 'ann', '+12125550100', 'call', 'recorded', 'Example LLC', '1', 'e', @now, @now)", new { now = world.Clocks.Now });
        Assert.Equal(Ruling.Allow, await world.JudgeAsync(Channel.Call, world.Clocks.Now));
    }

    private async Task<FormWorld> WorldAsync(bool known = true)
    {
        var ledger = await LedgerWorld.OpenAsync(Database());
        if (known)
        {
            await ledger.AddPersonAsync("ann", Number);
            await ledger.ExecuteAsync("delete from consent");
            await ledger.ExecuteAsync("update lead set postal_code = '10001'");
        }

        return new FormWorld(ledger);
    }

    private sealed class FormWorld : TurnWorld, IContactSource
    {
        private readonly SqlConsentForms book;
        private readonly ConsentFormTurn desk;

        public FormWorld(LedgerWorld ledger)
            : base(ledger)
        {
            book = new SqlConsentForms(ledger.Store, ledger.Ids);
            desk = Another();
        }

        public int Reads { get; private set; }

        public CrmContact? Shown { get; set; } = PullRulesTests.Ann with { Id = "con_ann", Email = "ann@people.example", Phone = "(212) 555-0111" };

        public SourceRefusal? Refusal { get; set; }

        public ConsentFormTurn Another() => new(book, new SqlConsents(Ledger.Store, Ledger.Ids), this, () => [FormConsentTests.Expo], Ledger.Signals, Ledger.Facts, Clocks);

        public Task<bool> TellAsync(FormSubmission said) => book.KeepAsync("con_ann", said, Clocks.Now, Clocks.Now);

        public Task<Meridian.Engine.Desks.TurnResult> TurnAsync() => desk.TakeAsync("all", Stop);

        public async Task<Finding> FindingAsync(Channel channel, Instant at) =>
            Judge.Of((await Ledger.Facts.LeadAsync("ann"))!, (await Ledger.Facts.CampaignAsync(LedgerWorld.Campaign))!, SopSequence.Default.Steps.First(s => s.Channel == channel), null, at).Verdict.Findings.Single(f => f.Rule == "LegalBasis");

        public async Task<Ruling> JudgeAsync(Channel channel, Instant at) => (await FindingAsync(channel, at)).Ruling;

        public Task<ContactPage> FindAsync(PullFilter filter, string zone, string? after, CancellationToken cancellation) => throw new InvalidOperationException("a form asks for one contact");

        public Task<ContactReading> ReadAsync(string contactId, CancellationToken cancellation)
        {
            Reads++;
            return Task.FromResult(Refusal is null ? new ContactReading(Shown) : new ContactReading(null, Refusal));
        }

        public Task<HistoryReading> HistoryAsync(string contactId, CancellationToken cancellation) => throw new InvalidOperationException("a form asks for one contact");
    }
}
