using System.Text;
using Meridian.Domain.Compliance;
using Meridian.Domain.Compliance.Rules;
using Meridian.Domain.Leads;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using Meridian.Host.Demo;
using NodaTime;
using Xunit;
using static Meridian.Tests.Domain.Compliance.ContactPolicyTests;

namespace Meridian.Tests.Domain.Compliance;

/// <summary>A "no" explains itself, and so does a "yes": every sentence of every rule, its source and when it is asked again, word by word.</summary>
public class FindingsTests
{
    /// <summary>What the verdicts' cases do not bring to speech.</summary>
    private static readonly (Func<ContactFacts, ContactFacts> Change, Instant At)[] More =
    [
        (f => f with { Lead = f.Lead with { FirstName = null, LastName = null, OptedOutAt = Now } }, Now),
        (f => f with { Addresses = [f.Addresses[0] with { SuppressedAt = Now, SuppressedReason = "asked on a call" }] }, Now),
        (f => f with { Addresses = [f.Addresses[0] with { Role = AddressRole.Company, SuppressedAt = Now }] }, Now),
        (f => f with { EndedBy = new StepEnd("call-1", Disposition.NotInterested) }, Now),
        (f => f with { Lead = f.Lead with { Country = " " } }, Now),
        (f => f with { Lead = f.Lead with { Country = null, State = null } }, Now),
        (f => f with { Address = f.Address! with { Deliverability = "Verified" } }, Now),
        (f => f with { Consents = [f.Consents[0] with { GivenOn = Today, ExpiresAt = Now + Duration.FromMinutes(10) }] }, Now),
        (f => f with { Consents = [f.Consents[0] with { Seller = " example llc " }] }, Now),
        (f => f with { Consents = [f.Consents[0] with { ExpiresAt = Now, Seller = null }] }, Now),
        (f => f with { Consents = [f.Consents[0] with { ExpiresAt = Now + Duration.FromDays(1), Seller = "Other LLC" }] }, Now),
        (f => f with { Consents = [f.Consents[0] with { Status = ConsentStatus.Withdrawn }, f.Consents[0]] }, Now),
        (f => f with { Evidence = Between("KY", "615"), Law = PracticePapers.All }, Now),
        (f => f with { Evidence = Between("KY", "615"), Law = new LawSettings() }, Now),
        (f => f with { Evidence = Between("KY", "615"), Law = PracticePapers.All with { Permits = [new StatePaper { State = "TN", Number = "T-1" }] } }, Now),
        (f => f with { Evidence = Between("AR", "206") }, Now),
        (f => f with { Evidence = Between("NE", "701"), Law = PracticePapers.All }, Now),
        (f => f with { Evidence = In("GA"), Law = PracticePapers.All }, Now),
        (f => f with { Evidence = Between("NJ", "212"), Law = f.Law with { Exemptions = [new StateExemption { State = "NJ", Reason = "N.J.S.A. 56:8-120", RecordedBy = "Ada" }] } }, Now),
        (f => f with { Evidence = Between("NY", "504"), Law = PracticePapers.All with { Emergencies = [new DeclaredEmergency { State = "NY", Until = "2026-11-18" }, new DeclaredEmergency { State = "LA", Until = "2026-11-17" }] } }, Now),
        (f => f with { Evidence = Between("NY", "504"), Law = PracticePapers.All with { Emergencies = [new DeclaredEmergency { State = "NY", Until = "2026-11-18" }, new DeclaredEmergency { State = "LA" }] } }, Now),
        (f => f with { Law = f.Law with { Emergencies = [new DeclaredEmergency { State = "NY", Until = "2026-11-15" }] } }, Instant.FromUtc(2026, 11, 16, 5, 0)), // midnight in New York: it is over
        (f => f with { Law = f.Law with { Emergencies = [new DeclaredEmergency { State = "AK", Until = "2026-11-16" }] }, Evidence = In("AK") }, Now), // over when it is over on the Aleutians, too
        (f => f with { Evidence = Between("NY", "671"), Window = new ContactWindow(["America/New_York", "Asia/Bangkok"], ContactHours.OwnerDefault, HolidayCalendar.Federal) }, Now),
        (f => f with { Past = [Flying(f, null)] }, Now),
        (f => f with { Past = [Flying(f, Now)] }, Now),
        (f => f with { Evidence = In("FL"), Law = PracticePapers.All, Past = [.. Begun(Other(f.Channel), 1, 2), .. Begun(Channel.Email, 3), .. Begun(f.Channel, 24)] }, Now),
        (f => f with { Evidence = In("FL"), Law = PracticePapers.All, Past = [.. Begun(Other(f.Channel), 1, 2, 3, 4)] }, Now),
        (f => f with { Evidence = Between("FL", "405"), Law = PracticePapers.All, Past = [.. Begun(Other(f.Channel), 1, 2, 3)] }, Now),
        (f => f with { Evidence = Between("NJ", "206"), Law = new LawSettings() }, Now),
        (f => f with { Evidence = In("ME"), Law = PracticePapers.On(Today), Past = [.. Begun(Channel.Call, 8, 30)] }, Now),
        (f => f with { Evidence = In("ME"), Law = PracticePapers.On(Today), Past = [.. Begun(Channel.Text, 1), .. Begun(Channel.Call, 12, 7)] }, Now),
        (f => f with { Past = [.. Begun(f.Channel, 48, 96, 168)] }, Now),
        (f => f with { Past = [.. Begun(f.Channel, 48, 96, 120, 24)] }, Now),
        (f => f with { Past = [.. Begun(Other(f.Channel), 1, 2, 3)] }, Now),
        (f => f with { Address = f.Address! with { NextCallAt = Now, NextTextAt = Now } }, Now),
        (f => f with { CompanyNextCallAt = Now }, Now),
        (f => f with { CompanyNextCallAt = Now + Duration.FromHours(20), Lead = f.Lead with { CompanyName = null } }, Now),
        (f => f with { Company = new CompanyStanding(9, 10, Now + Duration.FromHours(9)) }, Now),
        (f => f with { Company = new CompanyStanding(11, 10, Now + Duration.FromHours(9)), Lead = f.Lead with { CompanyName = null } }, Now),
        (f => f with { Sender = null }, Now),
        (f => f with { Sender = Standing(s => s with { PausedAt = Now, PauseReason = "the provider asks for payment" }) }, Now),
        (f => f with { Sender = Standing(s => s with { NextSlotAt = Now }) }, Now),
        (f => f with { Sender = Standing(s => s) with { BegunToday = 39 } }, Now),
    ];

    /// <summary>A call by a person, from Arizona, where mobiles must not be called, to Texas, which has a list of its own.</summary>
    private static readonly Func<ContactFacts, ContactFacts>[] ByHand =
    [
        f => f with { Number = Scrubbed("national") },
        f => f with { Number = Scrubbed("national") with { ListedOn = ["national", "TX"] } },
        f => f,
        f => f with { Evidence = Between("TX", "405"), Number = Scrubbed("national") },
        f => f with { Evidence = Between("TX", "405"), Number = Scrubbed("national", "OK", "TX") },
        f => f with { Number = new([], [new("national", "212", Today.PlusDays(-31))], null) },
        f => f with { Number = new([], [new("national", "212", Today.PlusDays(-32))], null) },
        f => f with { Number = new([], [new("national", "212", Today.PlusDays(1))], null) },
        f => f with { Number = new([], [new("national", "212", Today.PlusDays(2))], null) },
        f => f with { Number = new([], [], Looked(LineType.Landline, business: true, 89)) },
        f => f with { Number = new([], [], Looked(LineType.Landline, business: true, 90)) },
        f => f with { Number = new([], [], Looked(LineType.Landline, business: null, 1)) },
        f => f with { Evidence = In("ME"), Law = PracticePapers.All, Number = Scrubbed("national") },
        f => f with { Evidence = In("SD"), Law = PracticePapers.All, Number = Scrubbed("national") },
        f => f with { Evidence = In("WI"), Law = PracticePapers.All, Number = Scrubbed("national") },
        f => f with { Evidence = In("AZ"), Number = Scrubbed("national") },
        f => f with { Evidence = In("AZ"), Number = Scrubbed("national") with { Line = Looked(LineType.Mobile, business: true, 1) } },
        f => f with { Evidence = In("AZ"), Number = Scrubbed("national") with { Line = Looked(LineType.Other, business: true, 1) } },
        f => f with { Evidence = In("AZ"), Number = Scrubbed("national") with { Line = Looked(LineType.FixedVoip, business: null, 89) } },
        f => f with { Evidence = In("AZ"), Number = Scrubbed("national") with { Line = Looked(LineType.FixedVoip, business: null, 90) } },
    ];

    [Fact]
    public void Every_rule_says_what_docs_findings_md_says()
    {
        var said = Said();
        var file = Path.Combine(Tidy.Repository.Root, "docs", "findings.md");
        if (File.Exists(file) && File.ReadAllText(file) == said) return;
        var now = Path.Combine(Tidy.Repository.Root, "artifacts", "findings.md");
        File.WriteAllText(now, said);
        Assert.Fail($"the rules say something else than docs/findings.md; what they say now is in {now}");
    }

    [Theory, InlineData(-2, false), InlineData(-1, true), InlineData(0, true), InlineData(31, true), InlineData(32, false)]
    public void A_do_not_call_list_is_good_for_thirty_one_days(int daysOld, bool good) =>
        Assert.Equal(good ? Ruling.Allow : Ruling.Park, new DoNotCallLists().Judge(Facts(Channel.Call) with { Number = new([], [new("national", "212", Today.PlusDays(-daysOld))], null) }, Now).Ruling);

    [Fact]
    public void Thirteen_states_keep_a_list_of_their_own_and_Wisconsin_uses_the_national_one()
    {
        Assert.Equal("CO FL IN LA MA MO MS OK PA SD TN TX WY", string.Join(' ', DoNotCallLists.StatesWithTheirOwn.Order(StringComparer.Ordinal)));
        Assert.Empty(NumberStanding.Unknown.ListedOn);
        Assert.Empty(NumberStanding.Unknown.Loaded);
    }

    [Fact]
    public void Of_two_calls_the_later_one_counts_for_a_state_s_gap()
    {
        var facts = Facts(Channel.Call) with { Evidence = In("ME"), Law = PracticePapers.On(Today), Past = [.. Begun(Channel.Call, 12, 7)] };
        Assert.Equal(Now + Duration.FromHours(1), new StateGap().Judge(facts, Now).Until);
    }

    [Fact]
    public void A_ban_of_calls_says_nothing_about_texts() =>
        Assert.Equal(Ruling.Allow, new MobileBan().Judge(Facts(Channel.Text) with { Evidence = In("AZ") }, Now).Ruling);

    private static string Said()
    {
        var situations = Cases.Where(c => !c.Key.Contains("Tuesday", StringComparison.Ordinal)).Select(c => c.Value).Concat(More);
        var judged = situations.SelectMany(s => Enum.GetValues<Channel>().Select(channel => ContactPolicy.Judge(s.Change(Facts(channel)), s.At)))
            .Concat(ByHand.Select(change => HumanCallPolicy.Judge(change(Facts(Channel.Call)), Now)));
        var text = new StringBuilder(
            """
            # Findings

            Each rule's every sentence, with its ruling, how long that holds, and its source: `meridian why NAME` prints them. The situations are those of
            [verdicts.md](verdicts.md) and some more, around Monday 16 November 2026, 10:00 in New York. A test runs this file, so that no word of a "no" changes unseen.

            """);
        foreach (var rule in judged.SelectMany(v => v.Findings).GroupBy(f => f.Rule))
        {
            text.Append($"\n## {rule.Key}\n");
            foreach (var source in rule.GroupBy(f => f.Source))
            {
                text.Append($"\n{source.Key}\n\n");
                foreach (var line in source.Select(Line).Distinct()) text.Append($"* {line}\n");
            }
        }

        return text.ToString();
    }

    private static string Line(Finding f)
    {
        var reason = f.Parked?.ToString() ?? f.Skipped?.ToString();
        var what = f.Ruling == Ruling.Wait ? $"Wait of the {f.WaitOf.ToString().ToLowerInvariant()}" : reason is null ? $"{f.Ruling}" : $"{f.Ruling}, {reason}";
        return $"{what}{(f.Until is { } until ? $" until {until.InUtc():uuuu-MM-dd HH:mm:ss}" : "")}: {f.Sentence}";
    }

    private static ZoneEvidence Between(string state, string areaCode) => ZoneEvidence.Of(null, null, state, null, areaCode);

    private static PastContact Flying(ContactFacts f, Instant? until) => new("tch_0", f.Channel, Now - Duration.FromMinutes(1), true, until);

    private static IEnumerable<PastContact> Begun(Channel channel, params int[] hoursAgo) => hoursAgo.Select(h => new PastContact($"tch_{h}", channel, Now - Duration.FromHours(h), false, null));

    private static NumberStanding Scrubbed(params string[] lists) => new([], [.. lists.Select(l => new ScrubbedList(l, null, Today.PlusDays(-1)))], null);

    private static LineLookup Looked(LineType type, bool? business, int daysAgo) => new(type, business, Now - Duration.FromDays(daysAgo));
}
