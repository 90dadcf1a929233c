using Meridian.Domain.Compliance;
using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Leads;
using Meridian.Domain.Senders;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using Meridian.Host.Demo;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Domain.Compliance;

/// <summary>One person in New York on a Monday at 10:00 whom everything allows; each case changes one fact.</summary>
public class ContactPolicyTests
{
    private const string Phone = "+12125550100";
    private const string Mail = "ann@people.example";
    internal static readonly LocalDate Today = new(2026, 11, 16);
    internal static readonly Instant Now = Instant.FromUtc(2026, 11, 16, 15, 0);

    internal static readonly Dictionary<string, (Func<ContactFacts, ContactFacts> Change, Instant At)> Cases = new()
    {
        ["nothing is wrong"] = (f => f, Now),
        ["opted out"] = (f => f with { Lead = f.Lead with { OptedOutAt = Now } }, Now),
        ["another address is suppressed"] = (f => f with { Addresses = [.. f.Addresses, f.Addresses[0] with { AddressId = "+12125550101", SuppressedAt = Now }] }, Now),
        ["the company line is suppressed"] = (f => f with { Addresses = [.. f.Addresses, f.Addresses[0] with { AddressId = "+12125550101", Role = AddressRole.Company, SuppressedAt = Now }] }, Now),
        ["a step before ended the walk"] = (f => f with { EndedBy = new StepEnd("call-1", Disposition.Interested) }, Now),
        ["lives in Canada"] = (f => f with { Lead = f.Lead with { Country = "Canada" } }, Now),
        ["no address"] = (f => f with { Address = null }, Now),
        ["e-mail is Unavailable"] = (f => f with { Address = f.Address! with { Deliverability = "Unavailable" } }, Now),
        ["e-mail is Invalid"] = (f => f with { Address = f.Address! with { Deliverability = "invalid" } }, Now),
        ["number has an extension"] = (f => f with { Address = f.Address! with { Extension = "12" } }, Now),
        ["something is not understood"] = (f => f with { Addresses = [f.Addresses[0] with { HeldAt = Now }] }, Now),
        ["paused by hand"] = (f => f with { Lead = f.Lead with { PausedAt = Now } }, Now),
        ["no consent"] = (f => f with { Consents = [] }, Now),
        ["consent is claimed"] = (f => f with { Consents = [f.Consents[0] with { Status = ConsentStatus.Claimed, Missing = "no evidence reference" }] }, Now),
        ["consent was withdrawn"] = (f => f with { Consents = [f.Consents[0] with { Status = ConsentStatus.Withdrawn }] }, Now),
        ["consent expired"] = (f => f with { Consents = [f.Consents[0] with { ExpiresAt = Now }] }, Now),
        ["consent names another seller"] = (f => f with { Consents = [f.Consents[0] with { Seller = "Other LLC" }] }, Now),
        ["consent is for another number"] = (f => f with { Consents = [f.Consents[0] with { AddressId = "+12125550109" }] }, Now),
        ["consent is for the other channel"] = (f => f with { Consents = [f.Consents[0] with { Channel = f.Channel == Channel.Call ? Channel.Text : Channel.Call }] }, Now),
        ["no consent, a confirmed business landline, nobody signed"] = (f => f with { Consents = [], Address = f.Address! with { Line = new LineLookup(LineType.Landline, true, Now - Duration.FromDays(1)) } }, Now),
        ["no consent, a confirmed business landline, signed for"] = (f => Landline(f), Now),
        ["no consent, a confirmed business landline on a do-not-call list, signed for"] = (f => Landline(f) with { Address = Landline(f).Address! with { ListedOn = "national" } }, Now),
        ["consented, and the number is on a do-not-call list"] = (f => Landline(f) with { Consents = f.Consents, Address = Landline(f).Address! with { ListedOn = "national" } }, Now),
        ["no consent, a confirmed business landline 90 days ago, signed for"] = (f => Landline(f, at: Now - Duration.FromDays(90)), Now),
        ["no consent, a business' mobile, signed for"] = (f => Landline(f, LineType.Mobile), Now),
        ["no consent, a landline that may be a home, signed for"] = (f => Landline(f, business: null), Now),
        ["no consent, a business landline in Indiana, signed for"] = (f => Landline(f) with { Evidence = In("IN") }, Now),
        ["no consent, a business landline in Oregon, where the law is unclear, signed for"] = (f => Landline(f) with { Evidence = In("OR") }, Now),
        ["lives in Washington"] = (f => f with { Evidence = In("WA") }, Now),
        ["lives in Nebraska, no permit is entered"] = (f => f with { Evidence = In("NE"), Law = f.Law with { Permits = [] } }, Now),
        ["lives in Nebraska, the permit is entered"] = (f => f with { Evidence = In("NE"), Law = f.Law with { Permits = [new StatePaper { State = "NE", Number = "A-1" }] } }, Now),
        ["lives in Nebraska, the permit is entered, a carrier says landline"] = (f => Omaha(f, In("NE"), LineType.Landline, 1), Now),
        ["lives in Nebraska, the permit is entered, a carrier said landline 90 days ago"] = (f => Omaha(f, In("NE"), LineType.Landline, 90), Now),
        ["lives in Nebraska, the permit is entered, a carrier says mobile"] = (f => Omaha(f, In("NE"), LineType.Mobile, 1), Now),
        ["lives in Nebraska, the permit is entered, a carrier says voice over IP"] = (f => Omaha(f, In("NE"), LineType.FixedVoip, 1), Now),
        ["lives in New York with a number of Omaha, the permit is entered"] = (f => Omaha(f, ZoneEvidence.Of(null, null, "NY", null, "402"), null, 0), Now),
        ["lives in Arizona, consented"] = (f => f with { Evidence = In("AZ"), Law = PracticePapers.All }, Now),
        ["lives in Maine, no check of reassigned numbers is entered"] = (f => f with { Evidence = In("ME"), Law = PracticePapers.All }, Now),
        ["lives in Maine, the numbers were checked 31 days ago"] = (f => f with { Evidence = In("ME"), Law = PracticePapers.On(Today.PlusDays(-31)) }, Now),
        ["lives in Maine, the numbers were checked 32 days ago"] = (f => f with { Evidence = In("ME"), Law = PracticePapers.On(Today.PlusDays(-32)) }, Now),
        ["lives in Maine, the numbers will be checked in two days"] = (f => f with { Evidence = In("ME"), Law = PracticePapers.On(Today.PlusDays(2)) }, Now),
        ["lives in New Jersey, not registered there"] = (f => f with { Evidence = In("NJ") }, Now),
        ["lives in New Jersey, registered there"] = (f => f with { Evidence = In("NJ"), Law = f.Law with { Registrations = [.. f.Law.Registrations, new StatePaper { State = "NJ", Number = "B-2" }] } }, Now),
        ["lives in New Jersey, exempt there"] = (f => f with { Evidence = In("NJ"), Law = f.Law with { Exemptions = [new StateExemption { State = "NJ", Reason = "N.J.S.A. 56:8-120", RecordedBy = "Ada" }] } }, Now),
        ["New York is under an emergency"] = (f => f with { Law = f.Law with { Emergencies = [new DeclaredEmergency { State = "NY" }] } }, Now),
        ["New York is under an emergency until tomorrow"] = (f => f with { Law = f.Law with { Emergencies = [new DeclaredEmergency { State = "NY", Until = "2026-11-17" }] } }, Now),
        ["New York was under an emergency until yesterday"] = (f => f with { Law = f.Law with { Emergencies = [new DeclaredEmergency { State = "NY", Until = "2026-11-15" }] } }, Now),
        ["New York was under an emergency until yesterday, and is under another until tomorrow"] = (f => f with { Law = f.Law with { Emergencies = [new DeclaredEmergency { State = "NY", Until = "2026-11-15" }, new DeclaredEmergency { State = "NY", Until = "2026-11-17" }] } }, Now),
        ["New York is under an emergency until tomorrow, and under another"] = (f => f with { Law = f.Law with { Emergencies = [new DeclaredEmergency { State = "NY", Until = "2026-11-17" }, new DeclaredEmergency { State = "NY" }] } }, Now),
        ["no text campaign is attested"] = (f => f with { Law = f.Law with { TextCampaign = null } }, Now),
        ["lives in Kentucky, it is 9:59"] = (f => Lives(f, "KY"), Now - Duration.FromMinutes(1)),
        ["lives in Maine, it is 17:00"] = (f => Lives(f, "ME"), Now + Duration.FromHours(7)),
        ["lives in Pennsylvania, it is Good Friday"] = (f => Lives(f, "PA"), Instant.FromUtc(2027, 3, 26, 15, 0)),
        ["lives in Florida, reached three times today"] = (f => f with { Evidence = In("FL"), Law = PracticePapers.All, Past = [.. new[] { 5, 10, 15 }.Select(h => new PastContact($"tch_{h}", Other(f.Channel), Now - Duration.FromHours(h), false, null))] }, Now),
        ["lives in Maine, called seven hours ago"] = (f => f with { Evidence = In("ME"), Law = PracticePapers.On(Today), Past = [new PastContact("tch_0", Channel.Call, Now - Duration.FromHours(7), false, null)] }, Now),
        ["a zone is known and no state"] = (f => f with { Evidence = ZoneEvidence.Of(null, null, null, null, null, "America/New_York") }, Now),
        ["no zone is known"] = (f => f with { Evidence = ZoneEvidence.Of(null, null, null, null, null) }, Now),
        ["it is 18:00"] = (f => f, Instant.FromUtc(2026, 11, 16, 23, 0)),
        ["it is 7:59"] = (f => f, Instant.FromUtc(2026, 11, 16, 12, 59)),
        ["it is Saturday"] = (f => f, Instant.FromUtc(2026, 11, 21, 15, 0)),
        ["it is Thanksgiving"] = (f => f, Instant.FromUtc(2026, 11, 26, 15, 0)),
        ["one of two zones is shut"] = (f => f with { Window = new ContactWindow(["America/New_York", "America/Los_Angeles"], ContactHours.OwnerDefault, HolidayCalendar.Federal) }, Now),
        ["the zones share no hour"] = (f => f with { Window = new ContactWindow(["America/New_York", "Asia/Bangkok"], ContactHours.OwnerDefault, HolidayCalendar.Federal) }, Now),
        ["something is in the air"] = (f => f with { Past = [new PastContact("tch_0", Channel.Text, Now - Duration.FromMinutes(1), true, Now + Duration.FromMinutes(1))] }, Now),
        ["reached 19 h 59 min ago"] = (f => f with { Past = [new PastContact("tch_0", f.Channel, Now - Duration.FromHours(20) + Duration.FromMinutes(1), false, null)] }, Now),
        ["reached 20 h ago"] = (f => f with { Past = [new PastContact("tch_0", f.Channel, Now - Duration.FromHours(20), false, null)] }, Now),
        ["reached 24 h ago"] = (f => f with { Past = [new PastContact("tch_0", f.Channel, Now - Duration.FromHours(24), false, null)] }, Now),
        ["reached three times this week"] = (f => f with { Past = [.. new[] { 2, 4, 6 }.Select(d => new PastContact($"tch_{d}", f.Channel, Now - Duration.FromDays(d), false, null))] }, Now),
        ["the number is shared and was used"] = (f => f with { Address = f.Address! with { NextCallAt = Now + Duration.FromHours(1), NextTextAt = Now + Duration.FromHours(1) } }, Now),
        ["the company was reached ten times today"] = (f => f with { Company = new CompanyStanding(10, 10, Now + Duration.FromHours(9)) }, Now),
        ["the company was called today"] = (f => f with { CompanyNextCallAt = Now + Duration.FromHours(20) }, Now),
        ["a variable is missing"] = (f => f with { MissingVariable = "lead.first_name" }, Now),
        ["everything is paused"] = (f => f with { EnginePausedAt = Now }, Now),
        ["the campaign is paused"] = (f => f with { CampaignPausedAt = Now }, Now),
        ["there is no sender"] = (f => f with { HasSender = false }, Now),
        ["the sender is paused"] = (f => f with { Sender = Standing(s => s with { PausedAt = Now }) }, Now),
        ["the sender's slot is later"] = (f => f with { Sender = Standing(s => s with { NextSlotAt = Now + Duration.FromSeconds(1) }) }, Now),
        ["the sender's hour is full"] = (f => f with { Sender = Standing(s => s) with { BegunLastHour = [.. Enumerable.Range(0, 20).Select(i => Now - Duration.FromMinutes(59 - i))] } }, Now),
        ["the sender's day is full"] = (f => f with { Sender = Standing(s => s) with { BegunToday = 40 } }, Now),
    };

    static ContactPolicyTests()
    {
        foreach (var state in ContactRulesPack.Current.Jurisdictions.Values)
        {
            var zone = CanonicalZone.Rules(state.Zones[0]);
            Instant Tuesday(int hour, int minute) => new LocalDateTime(2026, 11, 17, hour, minute).InZoneStrictly(zone).ToInstant();
            Cases[$"lives in {state.Name}, Tuesday noon there, no state's paper is entered"] = (f => There(f, state) with { Law = new LawSettings { TextCampaign = PracticePapers.All.TextCampaign } }, Tuesday(12, 0));
            Cases[$"lives in {state.Name}, Tuesday 8:30 there, every paper is entered"] = (f => There(f, state), Tuesday(8, 30));
            Cases[$"lives in {state.Name}, Tuesday 20:30 there, every paper is entered"] = (f => There(f, state), Tuesday(20, 30));
        }
    }

    /// <summary>In that state's first zone, with every paper and an owner who would work from eight to nine in the evening: what is left is the state's law.</summary>
    private static ContactFacts There(ContactFacts f, Jurisdiction state) => f with
    {
        Evidence = In(state.Code),
        Law = PracticePapers.On(Today),
        Window = LawfulHours.Window(f.Channel, [state.Zones[0]], [state.Code], new HoursRule("owner", ContactHours.On(new OpenHours(new LocalTime(8, 0), new LocalTime(21, 0)), IsoDayOfWeek.Tuesday), HolidayCalendar.Federal, null, "owner's hours")),
        Sender = null,
    };

    /// <summary>The table a lawyer can read: situation, then what becomes of a call, a text and an e-mail, and the rule that decides.</summary>
    public static TheoryData<string, string, string, string> Table()
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var row in File.ReadAllLines(Path.Combine(Tidy.Repository.Root, "docs", "verdicts.md")).Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Skip(1))
        {
            var cells = row.Split('|', StringSplitOptions.TrimEntries)[1..^1];
            data.Add(cells[0], cells[1], cells[2], cells[3]);
        }

        return data;
    }

    [Theory, MemberData(nameof(Table))]
    public void The_table_of_verdicts_is_what_the_policy_says(string situation, string call, string text, string email)
    {
        Assert.Equal(call, Said(situation, Channel.Call));
        Assert.Equal(text, Said(situation, Channel.Text));
        Assert.Equal(email, Said(situation, Channel.Email));
    }

    [Fact]
    public void The_table_has_every_case() => Assert.Equal(Cases.Keys.Order(), Table().Select(r => r.Data.Item1).Order());

    [Fact]
    public void Every_rule_always_answers_and_names_its_source()
    {
        var verdict = ContactPolicy.Judge(Facts(Channel.Call), Now);
        Assert.Equal(ContactPolicy.Rules.Count, verdict.Findings.Count);
        Assert.All(verdict.Findings, f => Assert.False(string.IsNullOrWhiteSpace(f.Sentence) || string.IsNullOrWhiteSpace(f.Source)));
        Assert.Equal(ContactPolicy.Rules.Select(r => r.GetType().Name), verdict.Findings.Select(f => f.Rule));
    }

    [Fact]
    public void An_allow_ends_when_the_window_closes()
    {
        var verdict = ContactPolicy.Judge(Facts(Channel.Call), Instant.FromUtc(2026, 11, 16, 22, 50));
        Assert.Equal(Instant.FromUtc(2026, 11, 16, 23, 0), verdict.ValidUntil);
    }

    private static string Said(string situation, Channel channel)
    {
        var (change, at) = Cases[situation];
        var verdict = ContactPolicy.Judge(change(Facts(channel)), at);
        return verdict.Decisive is { } decisive ? $"{verdict.Ruling}: {decisive.Rule}" : "Allow";
    }

    internal static ContactFacts Facts(Channel channel)
    {
        var address = new LeadAddress("lead_1", channel == Channel.Email ? Mail : Phone, channel == Channel.Email ? AddressKind.Email : AddressKind.Phone, channel == Channel.Email ? AddressRole.Email : AddressRole.Mobile, null, null, null, null, null, null, null);
        return new ContactFacts
        {
            Channel = channel,
            Lead = new Lead("lead_1", "cmp_1", "Example Co", "Ann", "Lee", null, null, null, "NY", null, null, "US", null, 1, null, null, Now),
            Addresses = [address],
            Address = address,
            Consents = channel == Channel.Email ? [new Consent("con_1", "lead_1", Mail, Channel.Email, ConsentStatus.Recorded, "Example LLC", "1", "e", null, null, "Ada", null)] : [new Consent("con_1", "lead_1", Phone, channel, ConsentStatus.Recorded, "Example LLC", "1", "e", null, null, "Ada", null)],
            Past = [],
            Evidence = ZoneEvidence.Of(null, null, "NY", null, "212"),
            Window = new ContactWindow(["America/New_York"], ContactHours.OwnerDefault, HolidayCalendar.Federal),
            Law = new LawSettings { Registrations = [new StatePaper { State = "NY", Number = "C-3" }], TextCampaign = PracticePapers.All.TextCampaign },
            Seller = "Example LLC",
            Sender = Standing(s => s),
        };
    }

    /// <summary>That state's address and a number that says nothing.</summary>
    internal static ZoneEvidence In(string state) => ZoneEvidence.Of(null, null, state, null, "800");

    /// <summary>Consented, by Nebraska's law and with its permit; null: no carrier was asked.</summary>
    private static ContactFacts Omaha(ContactFacts f, ZoneEvidence evidence, LineType? type, int daysAgo) => f with
    {
        Evidence = evidence,
        Address = f.Address! with { Line = type is { } line ? new LineLookup(line, null, Now - Duration.FromDays(daysAgo)) : null },
        Law = PracticePapers.All,
    };

    /// <summary>At home in New York's zone, under that state's law and with every paper.</summary>
    internal static ContactFacts Landline(ContactFacts f, LineType type = LineType.Landline, bool? business = true, Instant? at = null) => f with
    {
        Consents = [],
        Address = f.Address! with { Line = new LineLookup(type, business, at ?? Now - Duration.FromDays(1)) },
        Law = f.Law with { BusinessLandlines = new BusinessLandlineSetting { SignedBy = "Sam Owner", SignedOn = "2026-11-01" } },
    };

    internal static ContactFacts Lives(ContactFacts f, string state) => f with
    {
        Evidence = In(state),
        Law = PracticePapers.On(Today),
        Window = LawfulHours.Window(f.Channel, ["America/New_York"], [state], new HoursRule("owner", ContactHours.OwnerDefault, HolidayCalendar.Federal, null, "owner's hours")),
    };

    internal static Channel Other(Channel channel) => channel == Channel.Call ? Channel.Text : Channel.Call;

    internal static SenderStanding Standing(Func<Sender, Sender> change) => new(
        change(new Sender("snd_1", Channel.Call, "cam_1/call", "+12025550101", null, null, "America/New_York", 180, 20, 40, null, 1, "p", null, Now - Duration.FromHours(4), null, null)),
        new LocalDate(2026, 11, 16), 0, 40, Instant.FromUtc(2026, 11, 17, 5, 0), []);
}
