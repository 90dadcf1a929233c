using Meridian.Domain.Compliance;
using Meridian.Domain.Compliance.Pack;
using NodaTime;
using Xunit;
using static Meridian.Tests.Domain.Compliance.ContactPolicyTests;

namespace Meridian.Tests.Domain.Compliance;

public class VerdictTests
{
    private static readonly Instant Later = Now + Duration.FromHours(1);
    private static readonly Instant Latest = Now + Duration.FromHours(2);

    [Fact]
    public void A_wait_ends_with_the_latest_of_all_waits()
    {
        var verdict = Of(Ruling.Wait, Wait("a", Later), Wait("b", Latest), new("c", Ruling.Allow, "fine", "s", Latest + Duration.FromHours(9)));
        Assert.Equal(Latest, verdict.WaitUntil);
        Assert.Equal("a", verdict.Decisive?.Rule);
    }

    [Fact]
    public void An_allow_has_nothing_that_decided_and_nothing_to_wait_for()
    {
        var verdict = Of(Ruling.Allow, new Finding("a", Ruling.Allow, "fine", "s", Later));
        Assert.Null(verdict.Decisive);
        Assert.Null(verdict.WaitUntil);
        Assert.False(verdict.WaitsForSenderOnly);
    }

    [Fact]
    public void A_no_that_nothing_explains_is_a_broken_promise() => Assert.Throws<InvalidOperationException>(() => Of(Ruling.Refuse, new Finding("a", Ruling.Allow, "fine", "s")).Decisive);

    [Fact]
    public void A_refusal_waits_for_nothing_although_a_rule_would_wait()
    {
        var verdict = Of(Ruling.Refuse, Wait("a", Later, WaitOf.Sender), new Finding("b", Ruling.Refuse, "no", "s"));
        Assert.Equal("b", verdict.Decisive?.Rule);
        Assert.Null(verdict.WaitUntil);
        Assert.False(verdict.WaitsForSenderOnly);
    }

    [Fact]
    public void The_desk_sleeps_only_when_every_wait_is_the_sender_s()
    {
        Assert.True(Of(Ruling.Wait, Wait("a", Later, WaitOf.Sender), Wait("b", Latest, WaitOf.Sender), new("c", Ruling.Allow, "fine", "s")).WaitsForSenderOnly);
        Assert.False(Of(Ruling.Wait, Wait("a", Later, WaitOf.Sender), Wait("b", Latest)).WaitsForSenderOnly);
    }

    [Fact]
    public void An_allow_without_an_end_of_its_own_holds_an_hour_and_a_shorter_one_counts()
    {
        var facts = Facts(Meridian.Domain.Touches.Channel.Call) with { Sender = null };
        Assert.Equal(Later, ContactPolicy.Judge(facts, Now).ValidUntil);
        var short10 = facts.Consents[0] with { ExpiresAt = Now + Duration.FromMinutes(10) };
        Assert.Equal(Now + Duration.FromMinutes(10), ContactPolicy.Judge(facts with { Consents = [short10] }, Now).ValidUntil);
        // Of two consents the one that stands longest counts; one without an end stands longest.
        Assert.Equal(Now + Duration.FromMinutes(20), ContactPolicy.Judge(facts with { Consents = [short10, short10 with { Id = "con_2", ExpiresAt = Now + Duration.FromMinutes(20) }] }, Now).ValidUntil);
        Assert.True(ContactPolicy.Judge(facts with { Consents = [short10, short10 with { Id = "con_3", ExpiresAt = null }] }, Now).ValidUntil > Now + Duration.FromMinutes(20));
        Assert.Equal(Later, ContactPolicy.Judge(facts with { Past = [new("tch_0", Meridian.Domain.Touches.Channel.Text, Now, true, Now + Duration.FromSeconds(5))] }, Now).ValidUntil); // a wait's end is no end of an allow
        Assert.Equal(Now, ContactPolicy.Judge(facts, Now).JudgedAt);
    }

    /// <summary>Waits do not count against buying a number, a "no" does; what is asked of the number itself is asked when there is one.</summary>
    [Fact]
    public void A_number_is_bought_only_for_somebody_who_may_be_called()
    {
        var facts = Facts(Meridian.Domain.Touches.Channel.Call) with { Address = null, Number = new([], [new("national", null, new LocalDate(2026, 11, 15))], null) };
        var verdict = HumanCallPolicy.JudgeBeforeBuying(facts, Now);
        Assert.Equal(Ruling.Allow, verdict.Ruling);
        Assert.Equal(
            "OptedOut StopConditions OutsideUnitedStates Held PersonPaused Registered ReassignedNumbers ZoneKnown StateKnown NoEmergency InsideWindow OneInTheAir StateAttemptCap PersonGap CompanyGap CompanyPressure EnginePaused CampaignPaused Suppressed DoNotCallLists MobileBan",
            string.Join(' ', verdict.Findings.Select(f => f.Rule)));
        Assert.Equal(
            "OptedOut StopConditions OutsideUnitedStates Held PersonPaused Registered ReassignedNumbers ZoneKnown StateKnown NoEmergency InsideWindow OneInTheAir StateAttemptCap PersonGap CompanyGap CompanyPressure EnginePaused CampaignPaused Suppressed HasAddress DoNotCallLists MobileBan SharedNumberGap",
            string.Join(' ', HumanCallPolicy.Judge(facts, Now).Findings.Select(f => f.Rule)));
        Assert.Equal(Ruling.Refuse, HumanCallPolicy.JudgeBeforeBuying(facts with { Evidence = In("AZ"), Law = Meridian.Host.Demo.PracticePapers.All }, Now).Ruling);
    }

    [Fact]
    public void Business_lines_are_open_only_where_every_law_concerned_says_so()
    {
        var open = ContactRulesPack.Current.Jurisdictions.Values.Where(j => BusinessLandlines.AreOpenIn([j.Code])).Select(j => j.Code).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(ContactRulesPack.Current.Jurisdictions.Values.Where(j => j.Voice.CoversBusinessLines == Certainty.No && j.Voice.Rule != VoiceRule.Prohibited).Select(j => j.Code).Order(StringComparer.Ordinal), open);
        Assert.Contains("NY", open);
        Assert.False(BusinessLandlines.AreOpenIn([]));            // nobody knows whose law it is
        Assert.False(BusinessLandlines.AreOpenIn(["NY", "IN"]));
        Assert.False(BusinessLandlines.AreOpenIn(["NY", "ZZ"]));  // a state nobody knows
    }

    [Fact]
    public void A_citation_carries_how_well_it_is_known_and_a_row_without_one_says_so()
    {
        Assert.Equal("A (statute text seen)", new Citation("A", "p", Evidence.StatuteTextSeen).ToString());
        Assert.Equal("B (secondary source)", new Citation("B", "p", Evidence.SecondarySource).ToString());
        Assert.Equal("C (unverified)", new Citation("C", "p", Evidence.GeneralKnowledgeUnverified).ToString());
        Assert.Equal("no mark", Citation.Mark(null));
        Assert.Equal("AZ: no rule of its own found (confidence low)", (ContactRulesPack.Current.Jurisdictions["AZ"] with { Citations = [], Confidence = Confidence.Low }).Sources);
    }

    private static Verdict Of(Ruling ruling, params Finding[] findings) => new(ruling, findings, Now, Later);

    private static Finding Wait(string rule, Instant until, WaitOf of = WaitOf.Person) => new(rule, Ruling.Wait, "not yet", "s", until, of);
}
