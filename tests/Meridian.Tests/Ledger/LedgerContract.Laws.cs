using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Ledger;

/// <summary>Every law of <see cref="VerifyLedger"/> finds the damage it is for, and only that.</summary>
public abstract partial class LedgerContract
{
    /// <summary>One way to damage a healthy ledger by hand, for the law that must see it.</summary>
    private static readonly (string Law, string Damage)[] Damages =
    [
        ("a sender's day equals the touches it began", "update sender_day set begun = begun + 1 where sender_id = 'snd_mail_1'"),
        ("a sender's day equals the touches it began", "delete from sender_day where sender_id = 'snd_call_1'"),
        ("a campaign's days add up to the touches it began", "update campaign_day set begun = begun - 1"),
        ("a campaign's days add up to the touches it began", "delete from campaign_day"),
        ("a day's money is what was settled, else reserved", "update spend_day set micro = micro + 1 where channel = 'all'"),
        ("a day's money is what was settled, else reserved", "update spend_day set micro = micro + 1 where channel = 'call'"),
        ("a day's money is what was settled, else reserved", "delete from spend_day"),
        ("at most one touch in the air per person", "drop index touch_one_in_the_air; update touch set closed_at = null where lead_id = 'ann'"),
        ("at most one touch per person and step reached them", "update touch set step_id = 'call-1', attempt = 2 where id = 'tch_ann_email_1'"),
        ("nothing was begun after the person opted out", "update touch set begun_at = @later where id = 'tch_carl_email_1'"),
        ("nobody who opted out has an offer", "update lead set opted_out_at = @later where id = 'bob'"),
        ("nobody who opted out is to be called by a person", "insert into call_task (id, lead_id, touch_id, address_id, state, window_key, created_at, expires_at, findings) select 'tsk_1', 'carl', id, 'x', 'open', 'always', @later, @later, '[]' from touch where lead_id = 'carl'"),
        ("no call by a person was begun after they opted out", "insert into call_task (id, lead_id, touch_id, address_id, state, window_key, created_at, expires_at, begun_at, findings) select 'tsk_1', 'carl', id, 'x', 'withdrawn', 'always', @later, @later, @later, '[]' from touch where lead_id = 'carl'"),
        ("whoever holds a suppressed address is opted out", "update address_key set suppressed_at = @later where id = 'bob@people.example'"),
        ("every begun touch keeps its verdict and its words", "delete from touch_verdict where touch_id = 'tch_ann_call_1'"),
        ("every begun touch keeps its verdict and its words", "delete from touch_content where touch_id = 'tch_ann_call_1'"),
        ("every e-mail that reached somebody, or may have, has an owner copy", "delete from owner_copy where touch_id = 'tch_ann_email_1'"),
        ("every active walk has something to come", "delete from touch where lead_id = 'bob'"),
        ("a held address is named by a signal nobody understood", "update address_key set held_at = @later where id = 'bob@people.example'"),
        ("a held address is named by a signal nobody understood", "update signal set understood_at = @later"),
        ("nothing stays in sending past its deadline", "update desk set last_turn_at = @later where kind = 'upkeep'"),
        ("no call or text without a recorded consent for its number, or a carrier's word that it is a business landline", "delete from consent where lead_id = 'ann' and channel = 'call'"),
        ("no call or text without a recorded consent for its number, or a carrier's word that it is a business landline", "update consent set status = 'claimed' where lead_id = 'ann'"),
        ("no call or text without a recorded consent for its number, or a carrier's word that it is a business landline", "update consent set address_id = 'ann@people.example' where lead_id = 'ann'"),
    ];

    public static TheoryData<string, string> DamageCases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (law, damage) in Damages) cases.Add(law, damage);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(DamageCases))]
    public async Task Damage_is_found_by_the_law_it_breaks_and_by_no_other(string law, string damage)
    {
        await using var world = await HealthyWorldAsync();
        foreach (var statement in damage.Split("; ")) await world.ExecuteAsync(statement, statement.Contains("@later") ? new { later = LedgerWorld.Now + Duration.FromHours(3) } : null);
        var found = await VerifyLedger.RunAsync(world.Store);
        Assert.Equal([law], found.Select(f => f.Law).Distinct());
        Assert.All(found, f => Assert.False(string.IsNullOrWhiteSpace(f.Row)));
    }

    [Fact]
    public async Task A_healthy_ledger_breaks_no_law()
    {
        await using var world = await HealthyWorldAsync();
        Assert.Empty(await VerifyLedger.RunAsync(world.Store));
    }

    [Fact]
    public void Every_law_has_a_damage_that_it_finds() => Assert.Equal(VerifyLedger.Laws.Keys.Order(), Damages.Select(d => d.Law).Distinct().Order());

    /// <summary>A little of everything: called and e-mailed (ann), offered (bob), e-mailed and then opted out (carl), held (dora), in the air (eve).</summary>
    private async Task<LedgerWorld> HealthyWorldAsync()
    {
        var world = await WorldAsync();
        var (call, permit) = await BegunAsync(world, Channel.Call);
        await world.Ledger.RecordAsync(new Outcome.Accepted(permit, Soon, "ref", null, null));
        await world.Ledger.RecordCallEndAsync(new CallEnd(call, "ref", Soon, Disposition.NoAnswer, "rang out", null));
        await world.Ledger.SettleCostAsync(call, 0.03m, Soon);
        var (mailPermit, _) = await world.BeginAsync(LedgerWorld.Mailbox, await world.OfferAsync("ann", Channel.Email));
        await world.Ledger.RecordAsync(new Outcome.Accepted(mailPermit!, Soon, null, null, null));

        await world.AddPersonAsync("bob", "+12025550111");
        await world.OfferAsync("bob", Channel.Email);

        await world.AddPersonAsync("carl", "+12025550112");
        var (carls, _) = await world.BeginAsync(LedgerWorld.Mailbox, await world.OfferAsync("carl", Channel.Email));
        await world.Ledger.RecordAsync(new Outcome.Accepted(carls!, Soon, null, null, null));
        await world.People.OptOutAsync(OptOut("carl@people.example") with { At = LedgerWorld.Now + Duration.FromHours(1) });

        await world.AddPersonAsync("dora", "+12025550113");
        await world.OfferAsync("dora", Channel.Call);
        await world.Signals.StoreAsync("highlevel", Named("e1", "dora@people.example"), "{}", LedgerWorld.Now);

        await world.AddPersonAsync("eve", "+12025550114");
        Assert.NotNull((await world.BeginAsync(LedgerWorld.Caller2, await world.OfferAsync("eve", Channel.Call))).Permit);
        return world;
    }
}
