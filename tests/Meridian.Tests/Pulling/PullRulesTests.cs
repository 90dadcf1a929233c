using Meridian.Domain.Pulling;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Pulling;

/// <summary>Who of the CRM is never pulled, and that what is not told counts against pulling.</summary>
public class PullRulesTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 11, 23, 15, 0);
    private static readonly PullTerms Terms = new(["customer", "Do Not Contact"], ["mail.example.com", "owner.example"], ["me@freemail.example", "+12025550199"], "America/New_York");

    internal static readonly CrmContact Ann = new(
        "con_ann", "Ann", "Lee", "ann@people.example", "+13125550117", "Example Freight", null, "12 Main St", "Austin", "TX", "78701", "US", "America/Chicago", "lead", "Expo 2026", ["Freight", "texas"],
        Instant.FromUtc(2026, 6, 1, 3, 0), true, null, false);

    private static readonly PullFilter Freight = Filter(tags: ["freight"]);

    public static TheoryData<string, CrmContact, string> Barred => new()
    {
        { "a customer by type", Ann with { Type = "customer" }, "customer" },
        { "no type", Ann with { Type = null }, "customer" },
        { "a customer by tag, in any case", Ann with { Tags = ["freight", " CUSTOMER "] }, "never-tag" },
        { "a tag of the owner's", Ann with { Tags = ["freight", "do not contact"] }, "never-tag" },
        { "do-not-disturb", Ann with { DoNotDisturb = "SMS active" }, PullNo.DoNotDisturb },
        { "do-not-disturb not told", Ann with { TellsDoNotDisturb = false }, "do-not-disturb" },
        { "blocked by the owner", Ann with { IsBlocked = true }, "blocked" },
        { "one of ours", Ann with { Email = "ana@owner.example" }, "own-domain" },
        { "one of ours, at the domain above", Ann with { Email = "ana@example.com" }, "own-domain" },
        { "one of ours, at a domain below", Ann with { Email = "ana@hq.owner.example" }, "own-domain" },
        { "the owner, at a free mail provider", Ann with { Email = "me@freemail.example" }, "own-domain" },
        { "the owner's number", Ann with { Phone = "(202) 555-0199" }, "own-domain" },
        { "another country", Ann with { Country = "CA", State = "ON" }, "country" },
        { "no country and no state", Ann with { Country = null, State = null }, "country" },
        { "a number only", Ann with { Email = null }, "address" },
        { "an address nobody can write to", Ann with { Email = "not one" }, "address" },
        { "another tag", Ann with { Tags = ["retail"] }, "filter" },
    };

    [Fact]
    public void A_lead_of_whom_all_is_known_may_be_pulled()
    {
        Assert.Empty(PullRules.OfContact(Ann, Freight, Terms, Now));
        Assert.Empty(PullRules.OfContact(Ann with { Email = "ann@freemail.example" }, Freight, Terms, Now)); // a free mail provider is nobody's own
        Assert.Empty(PullRules.OfHistory(new CrmHistory(["lost", "Abandoned"], new LastTalk(Now - Duration.FromDays(91)), false), Now));
        Assert.Empty(PullRules.OfHistory(new CrmHistory([], new LastTalk(null), false), Now));
    }

    [Theory]
    [MemberData(nameof(Barred))]
    public void Each_reason_is_told_with_when_it_is_looked_at_again(string why, CrmContact contact, string rule)
    {
        var no = Assert.Single(PullRules.OfContact(contact, Freight, Terms, Now));
        Assert.Equal((rule, rule == PullNo.DoNotDisturb), (no.Rule, no.LookAgainAt is null));
        Assert.True(no.LookAgainAt is null || no.LookAgainAt > Now, why);
        Assert.NotEmpty(no.Sentence);
    }

    [Fact]
    public void Every_reason_is_told_not_only_the_first() =>
        Assert.Equal(["customer", "filter", "country"], PullRules.OfContact(Ann with { Type = "customer", Tags = [], Country = "CA", State = null }, Freight, Terms, Now).Select(n => n.Rule));

    [Theory]
    [InlineData("open")]
    [InlineData("won")]
    [InlineData("a word nobody knows")]
    public void An_opportunity_that_is_not_over_without_success_bars(string status) =>
        Assert.Equal("opportunity", Assert.Single(PullRules.OfHistory(new CrmHistory(["lost", status], new LastTalk(null), false), Now)).Rule);

    [Fact]
    public void A_conversation_bars_for_ninety_days_and_not_a_moment_longer()
    {
        var at = Now - Duration.FromDays(90) + Duration.FromSeconds(1);
        var no = Assert.Single(PullRules.OfHistory(new CrmHistory([], new LastTalk(at), false), Now));
        Assert.Equal(("conversation", at + Duration.FromDays(90)), (no.Rule, no.LookAgainAt));
        Assert.Empty(PullRules.OfHistory(new CrmHistory([], new LastTalk(at), false), no.LookAgainAt!.Value));
    }

    [Fact]
    public void What_is_not_told_counts_against_pulling()
    {
        Assert.Equal(["opportunity", "conversation", "workflow"], PullRules.OfHistory(new CrmHistory(null, null, null), Now).Select(n => n.Rule));
        Assert.Equal("workflow", Assert.Single(PullRules.OfHistory(new CrmHistory([], new LastTalk(null), true), Now)).Rule);
    }

    [Fact]
    public void A_filter_holds_all_that_it_names()
    {
        Assert.Null(Filter(tags: ["none", "TEXAS"], sources: [" expo 2026 "], states: ["Texas"], since: new(2026, 5, 31), before: new(2026, 6, 1)).Misses(Ann, "America/New_York")); // 3:00 UTC is the evening before there
        Assert.NotNull(Filter(since: new(2026, 6, 1)).Misses(Ann, "America/New_York"));
        Assert.NotNull(Filter(before: new(2026, 5, 31)).Misses(Ann, "America/New_York"));
        Assert.NotNull(Filter(since: new(2026, 5, 31)).Misses(Ann with { AddedAt = null }, "America/New_York"));
        Assert.NotNull(Filter(tags: ["freight"], not: ["Texas"]).Misses(Ann, "UTC"));
        Assert.NotNull(Filter(sources: ["expo"]).Misses(Ann, "UTC"));
        Assert.NotNull(Filter(states: ["OK"]).Misses(Ann, "UTC"));
        Assert.NotNull(Filter(states: ["TX"]).Misses(Ann with { State = null }, "UTC"));
    }

    [Fact]
    public void A_filter_that_asks_for_everybody_or_nobody_is_refused_with_the_fix()
    {
        Assert.Contains("--tag", Assert.Single(Filter(not: ["x"]).Problems()));
        Assert.Contains("'x'", Assert.Single(Filter(tags: ["x"], not: ["X"]).Problems()));
        Assert.Contains("--state", Assert.Single(Filter(states: ["Ontario"]).Problems()));
        Assert.Contains("--added-since", Assert.Single(Filter(since: new(2026, 2, 1), before: new(2026, 2, 1)).Problems()));
        Assert.Contains("--tag", Assert.Single(Filter(tags: [new string('x', 76)]).Problems()));
        Assert.Empty(Freight.Problems());
    }

    [Fact]
    public void The_confirmation_is_of_exactly_these_words()
    {
        var hash = Filter(tags: ["b", "a"], states: ["TX"]).HashWith(["customer", "dnc"]);
        Assert.Equal(hash, Filter(tags: [" A", "b", "a"], states: ["texas"]).HashWith(["DNC", "customer"]));
        Assert.NotEqual(hash, Filter(tags: ["a", "b"]).HashWith(["customer", "dnc"]));
        Assert.NotEqual(hash, Filter(not: ["a", "b"], states: ["TX"]).HashWith(["customer", "dnc"]));
        Assert.NotEqual(hash, Filter(tags: ["a", "b"], states: ["TX"]).HashWith(["customer"]));
        Assert.Equal("tagged 'a' or 'b', in TX", Filter(tags: ["b", "a"], states: ["TX"]).ToString());
    }

    internal static PullFilter Filter(string[]? tags = null, string[]? not = null, string[]? sources = null, string[]? states = null, LocalDate? since = null, LocalDate? before = null) =>
        PullFilter.Of(tags ?? [], not ?? [], sources ?? [], states ?? [], since, before);
}
