using Meridian.Adapters.Sql;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine.Consents;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Tests.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Consents;

public sealed class ConsentsOnSqlite() : ConsentContract(() => new TestDatabase.Sqlite());

public sealed class ConsentsOnPostgres() : ConsentContract(() => new TestDatabase.Postgres());

/// <summary>What a signature opens, and what it never opens.</summary>
public abstract class ConsentContract(Func<TestDatabase> database)
{
    private const string Number = "+12125550111";

    private TestDatabase Database() => database();

    [Fact]
    public async Task A_signature_frees_the_call_that_waited_for_it_at_once_and_first_of_all()
    {
        await using var world = await WithoutConsentAsync("ann");
        var call = await ParkedAsync(world, "ann", Channel.Call);
        var text = await ParkedAsync(world, "ann", Channel.Text);
        Assert.NotEqual(Ruling.Allow, await JudgeAsync(world, Channel.Call));

        Assert.Equal(SignResult.Recorded, await SignAsync(world, "ann", Number, Channel.Call));

        Assert.Equal(Ruling.Allow, await JudgeAsync(world, Channel.Call));
        var touch = (await world.Facts.TouchAsync(call))!;
        Assert.True(touch.IsOffered);
        Assert.True(touch.DueAt <= LedgerWorld.Now, "due now: within its window nothing holds it back");
        Assert.Equal(0, touch.Priority);
        Assert.Equal(0, await world.CountAsync("select count(*) from desk where kind = 'sender' and key like 'snd_call%' and next_turn_at > @Now", new { LedgerWorld.Now }));
        // Texts are agreed to apart.
        Assert.Equal(ParkedReason.NoLegalBasis, (await world.Facts.TouchAsync(text))!.ParkedReason);
        Assert.Equal(Ruling.Park, await JudgeAsync(world, Channel.Text));

        var kept = Assert.Single(await new SqlConsents(world.Store, world.Ids).SignaturesAsync("ann", 10));
        Assert.Equal(("call", Number, "Ann Lee", "Example LLC", "127.0.0.1"), (kept.Channels, kept.AddressId, kept.Signature, kept.Seller, kept.FromAddress));
        Assert.Contains("artificial (AI)", kept.Text);
        Assert.Empty(await VerifyLedger.RunAsync(world.Store));
    }

    [Fact]
    public async Task Signing_twice_changes_things_once()
    {
        await using var world = await WithoutConsentAsync("ann");
        await SignAsync(world, "ann", Number, Channel.Call, Channel.Text);
        Assert.Equal(SignResult.Known, await SignAsync(world, "ann", Number, Channel.Call, Channel.Text));
        Assert.Equal(2, await world.CountAsync("select count(*) from consent where status = 'recorded'"));
        Assert.Equal(1, await world.CountAsync("select count(*) from consent_signature"));
    }

    [Fact]
    public async Task A_new_number_becomes_theirs_and_is_the_one_that_is_called()
    {
        await using var world = await WithoutConsentAsync("ann");
        await SignAsync(world, "ann", "+12125550199", Channel.Call);
        var judged = Judge.Of((await world.Facts.LeadAsync("ann"))!, (await world.Facts.CampaignAsync(LedgerWorld.Campaign))!, SopSequence.Default.Steps[0], null, LedgerWorld.Now);
        Assert.Equal("+12125550199", judged.Facts.Address!.AddressId);
        Assert.Equal(Ruling.Allow, judged.Verdict.Findings.Single(f => f.Rule == "LegalBasis").Ruling);
    }

    [Fact]
    public async Task An_opt_out_takes_every_consent_back_and_only_a_signature_opens_again()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann", Number);
        await world.People.OptOutAsync(new OptOutOrder([Number], "ann", "said stop", "sms", "s1", LedgerWorld.Now));
        Assert.Equal(2, await world.CountAsync("select count(*) from consent where status = 'withdrawn'"));

        Assert.Equal(SignResult.Recorded, await SignAsync(world, "ann", Number, Channel.Call));

        var ann = (await world.Facts.LeadAsync("ann"))!;
        Assert.Null(ann.Lead.OptedOutAt);
        Assert.All(ann.Addresses, a => Assert.Null(a.SuppressedAt));
        Assert.Equal(Ruling.Allow, await JudgeAsync(world, Channel.Call));
        Assert.NotEqual(Ruling.Allow, await JudgeAsync(world, Channel.Text)); // the old consent to texts stays withdrawn
        Assert.Equal("consent, and in again", await world.TextAsync("select verb from audit where verb like 'consent%'"));
        Assert.True(await world.CountAsync("select count(*) from suppression") > 0, "the evidence of the old no stays");
        Assert.Empty(await VerifyLedger.RunAsync(world.Store));
    }

    [Fact]
    public async Task Nobody_signs_away_somebody_elses_no()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann", Number);
        await world.AddPersonAsync("bob", Number);
        await world.People.OptOutAsync(new OptOutOrder([Number], null, "said stop", "sms", "s1", LedgerWorld.Now));
        Assert.Equal(SignResult.SomebodyElsesNo, await SignAsync(world, "ann", Number, Channel.Call));
        Assert.Equal(SignResult.SomebodyElsesNo, await SignAsync(world, "ann", "+12125550199", Channel.Call));
        Assert.Equal(2, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));
        Assert.Equal(0, await world.CountAsync("select count(*) from consent_signature"));

        await world.AddPersonAsync("eve", "+12125550122");
        Assert.Equal(SignResult.SomebodyElsesNo, await SignAsync(world, "eve", Number, Channel.Call));
    }

    [Theory]
    [InlineData("wrong number")]
    [InlineData("a stranger's stop")]
    [InlineData("the stop of somebody who held it")]
    public async Task A_number_that_was_suppressed_and_is_not_theirs_stays_suppressed(string how)
    {
        await using var world = await WithoutConsentAsync("ann");
        const string other = "+12125550155";
        if (how == "wrong number") await world.People.TakeAwayNumberAsync(Number, "wrong number", "call", "tsk_1", "ada", LedgerWorld.Now);
        if (how == "a stranger's stop") await world.People.OptOutAsync(OptOut(other));
        if (how == "the stop of somebody who held it")
        {
            await world.AddPersonAsync("bob", other);
            await world.People.OptOutAsync(OptOut(other));
            await world.ExecuteAsync("update lead_address set detached_at = @Now where lead_id = 'bob'", new { LedgerWorld.Now });
        }

        Assert.Equal(SignResult.SomebodyElsesNo, await SignAsync(world, "ann", how == "wrong number" ? Number : other, Channel.Call));
        Assert.Equal(1, await world.CountAsync("select count(*) from address_key where suppressed_at is not null and kind = 'phone'"));
    }

    [Fact]
    public async Task What_was_shared_with_somebody_who_said_no_is_not_lifted_when_it_was_taken_from_them()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann", Number);
        await world.AddPersonAsync("bob", Number);
        await world.People.OptOutAsync(OptOut(Number));
        await world.ExecuteAsync("update lead_address set detached_at = @Now where lead_id = 'bob'", new { LedgerWorld.Now });
        Assert.Equal(SignResult.SomebodyElsesNo, await SignAsync(world, "ann", Number, Channel.Call));
    }

    [Fact]
    public async Task No_consent_of_the_time_before_comes_back_with_the_person()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann", Number);
        await world.People.OptOutAsync(OptOut(Number));
        await world.ExecuteAsync("update consent set status = 'recorded', withdrawn_at = null, missing = null"); // as an older build left it
        Assert.Equal(SignResult.Recorded, await SignAsync(world, "ann", Number, Channel.Call));
        Assert.NotEqual(Ruling.Allow, await JudgeAsync(world, Channel.Text));
        Assert.Equal(Ruling.Allow, await JudgeAsync(world, Channel.Call));
        Assert.Equal(SignResult.Known, await SignAsync(world, "ann", Number, Channel.Call));
    }

    [Fact]
    public async Task A_task_that_waits_is_withdrawn_and_one_that_is_being_dialled_is_not()
    {
        await using var world = await WithoutConsentAsync("ann");
        var call = await ParkedAsync(world, "ann", Channel.Call);
        await world.ExecuteAsync("""
            insert into call_task (id, lead_id, touch_id, address_id, window_key, state, created_at, expires_at, findings, begun_at)
            values ('tsk_1', 'ann', @call, @Number, 'always', 'open', @Now, @later, '[]', @Now)
            """, new { call, Number, LedgerWorld.Now, later = LedgerWorld.Now + Duration.FromDays(2) });
        await SignAsync(world, "ann", Number, Channel.Text);
        Assert.Equal("open", await world.TextAsync("select state from call_task"));
        await SignAsync(world, "ann", Number, Channel.Call);
        Assert.Equal("open", await world.TextAsync("select state from call_task"));

        await world.ExecuteAsync("update call_task set begun_at = null");
        await world.ExecuteAsync("delete from consent");
        await SignAsync(world, "ann", Number, Channel.Call);
        Assert.Equal("withdrawn", await world.TextAsync("select state from call_task"));
    }

    [Fact]
    public async Task Nobody_gives_away_a_number_that_is_known_as_somebody_elses()
    {
        await using var world = await WithoutConsentAsync("ann");
        await world.AddPersonAsync("bob", "+12125550144");
        Assert.Equal(SignResult.SomebodyElsesNumber, await SignAsync(world, "ann", "+12125550144", Channel.Call));
        await world.AddPersonAsync("eve", Number);
        Assert.Equal(SignResult.Recorded, await SignAsync(world, "ann", Number, Channel.Call)); // shared: each speaks for themselves
    }

    [Fact]
    public async Task A_companys_line_is_not_one_persons_to_give()
    {
        await using var world = await WithoutConsentAsync("ann");
        await world.ExecuteAsync("update lead_address set role = 'company' where address_id = @Number", new { Number });
        Assert.Equal(SignResult.CompanyLine, await SignAsync(world, "ann", Number, Channel.Call));
        Assert.Equal(SignResult.NobodyThere, await SignAsync(world, "nobody", "+12125550133", Channel.Call));
        Assert.Equal(0, await world.CountAsync("select count(*) from address_key where id = '+12125550133'"));
    }

    [Fact]
    public async Task What_was_judged_before_the_opt_in_begins_nothing()
    {
        await using var world = await WithoutConsentAsync("ann");
        var mail = await world.OfferAsync("ann", Channel.Email);
        var order = await world.OrderAsync(LedgerWorld.Mailbox, mail);
        await SignAsync(world, "ann", Number, Channel.Call);
        Assert.Equal(BeginLoss.Leads, (await world.Ledger.TryBeginAsync(order, default)).Loss);
    }

    private static OptOutOrder OptOut(string address) => new([address], null, "said stop", "sms", "s1", LedgerWorld.Now);

    private async Task<LedgerWorld> WithoutConsentAsync(string lead)
    {
        var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync(lead, Number);
        await world.ExecuteAsync("delete from consent");
        await world.ExecuteAsync("update lead set postal_code = '10001'");
        return world;
    }

    private static async Task<string> ParkedAsync(LedgerWorld world, string lead, Channel channel)
    {
        var touch = await world.OfferAsync(lead, channel, due: LedgerWorld.Now - Duration.FromHours(1));
        await world.ExecuteAsync("update touch set parked_reason = 'no_legal_basis' where id = @touch", new { touch });
        return touch;
    }

    /// <summary>On a page that was opened just before.</summary>
    private static async Task<SignResult> SignAsync(LedgerWorld world, string lead, string number, params Channel[] channels)
    {
        var text = new ConsentText("Example LLC", "+12025550199", "1 Example Way");
        var book = new SqlConsents(world.Store, world.Ids);
        return await book.SignAsync(new SignedConsent(
            lead, number, channels, "Example LLC", "Ann Lee", ConsentText.Version, text.Whole, text.Hash, "127.0.0.1", "a browser", LedgerWorld.Today, LedgerWorld.Now,
            (await book.FindAsync(lead))?.OptedOutAt));
    }

    /// <summary>What the rule of legal basis says; the person's own "no" counts, too.</summary>
    private static async Task<Ruling> JudgeAsync(LedgerWorld world, Channel channel)
    {
        var step = SopSequence.Default.Steps.Single(s => s.Channel == channel);
        var verdict = Judge.Of((await world.Facts.LeadAsync("ann"))!, (await world.Facts.CampaignAsync(LedgerWorld.Campaign))!, step, null, LedgerWorld.Now).Verdict;
        return verdict.Findings.Where(f => f.Rule is "LegalBasis" or "OptedOut" or "Suppressed").Max(f => f.Ruling);
    }
}
