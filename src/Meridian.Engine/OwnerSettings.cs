using Meridian.Domain.Compliance;

namespace Meridian.Engine;

/// <summary>
/// The owner's deciding settings. They live in the database (file and environment only seed them); whatever a verdict rests on is part of
/// the policy version, so a process that holds other settings begins nothing. Safe defaults: a forgotten setting costs a feature, never a contact.
/// </summary>
public sealed record OwnerSettings
{
    /// <summary>The one legal seller of this install; consents must name it.</summary>
    public string SellerName { get; init; } = "";

    /// <summary>Physical postal address, printed in every e-mail (15 USC 7704(a)(5)).</summary>
    public string PostalAddress { get; init; } = "";

    /// <summary>Callback number said in every call (47 CFR 64.1200(b)(2)), E.164. Without it no call can be worded.</summary>
    public string SellerPhone { get; init; } = "";

    /// <summary>How the outside reaches us, <c>https://reach.example.com</c>. Null: no webhooks come, and people opt out by mail, text and word only.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>Origins such as <c>https://www.example.com</c> whose pages may show the consent page inside theirs (an iframe).</summary>
    public IReadOnlyList<string> ConsentPageFrames { get; init; } = [];

    /// <summary>What is offered, in a few words that end the sentence "we help with ..."; optional.</summary>
    public string? Offer { get; init; }

    public string OwnerEmail { get; init; } = "";

    /// <summary>IANA zone of the owner's place: money and reports are counted in its days.</summary>
    public string Zone { get; init; } = "America/New_York";

    /// <summary>Local hour at which calls and texts may begin, and at which they end (half-open).</summary>
    public int HoursFrom { get; init; } = 8;

    public int HoursTo { get; init; } = 18;

    public bool Saturdays { get; init; }

    /// <summary><c>each</c>, <c>digest</c> or <c>off</c>.</summary>
    public string OwnerCopies { get; init; } = "each";

    /// <summary>Most money a day in all, US dollars, by worst case.</summary>
    public decimal DailyBudgetUsd { get; init; } = 25m;

    /// <summary>What a minute of a call costs at most, US dollars.</summary>
    public decimal CallMinuteUsd { get; init; } = 0.15m;

    /// <summary>What one text segment costs at most, US dollars.</summary>
    public decimal TextSegmentUsd { get; init; } = 0.02m;

    /// <summary>Most credits a day for finding people, at one credit a person.</summary>
    public int DailyCredits { get; init; } = 300;

    /// <summary>What a credit costs, US dollars; counts against the day's money.</summary>
    public decimal CreditUsd { get; init; } = 0.02m;

    /// <summary>A person of the owner's makes the calls that need a person: those refused to the AI voice only for lack of written consent become tasks.</summary>
    public bool HumanCalls { get; init; }

    /// <summary>Most such tasks a day; what nobody will do is not asked.</summary>
    public int HumanCallsPerDay { get; init; } = 20;

    /// <summary>Buy the phones of people whom a person may call. Needs <see cref="HumanCalls"/> and a public address, for they are delivered there.</summary>
    public bool BuyPhones { get; init; }

    /// <summary>What one found phone costs at most, in credits (Apollo: 8).</summary>
    public int PhoneCredits { get; init; } = 8;

    /// <summary>More contacts than this are never pulled from the CRM on one of the owner's days.</summary>
    public const int MostPulledPerDay = 50;

    /// <summary>Most contacts a day that are pulled from the CRM when nobody is left; only by a filter the owner confirmed.</summary>
    public int PullPerDay { get; init; } = MostPulledPerDay;

    /// <summary>Whoever has one of these tags in the CRM is never pulled; null: the usual ones (<see cref="TagsNeverPulled"/>). Changing them takes the confirmation of the filter back.</summary>
    public IReadOnlyList<string>? PullNeverTags { get; init; }

    public IReadOnlyList<string> TagsNeverPulled() => PullNeverTags ??
        ["customer", "customers", "client", "clients", "active client", "current client", "existing customer", "do not contact", "dnc", "employee", "partner", "vendor"];

    /// <summary>A call is ended by the provider after this many seconds.</summary>
    public int MaxCallSeconds { get; init; } = 300;

    /// <summary>A call nobody answered is ended by us after this many seconds.</summary>
    public int RingSeconds { get; init; } = 30;

    /// <summary>Whoever wants to speak with a person is put through to this number (E.164), in the owner's hours and zone; null: nobody takes over.</summary>
    public string? TransferTo { get; init; }

    /// <summary>Most carrier lookups a day, where the owner signed for calls to business landlines.</summary>
    public int LineLookupsPerDay { get; init; } = 100;

    /// <summary>What one lookup costs at most, US dollars (Twilio: line type and caller name); counts against the day's money.</summary>
    public decimal LineLookupUsd { get; init; } = 0.02m;

    /// <summary>Most touches a day to one company, all its people and all channels together.</summary>
    public int CompanyTouchesPerDay { get; init; } = 10;

    /// <summary>A reply by one person ends the walks of everybody at their company.</summary>
    public bool StopCompanyOnReply { get; init; }

    /// <summary>Permits, registrations and exemptions the owner holds, and emergencies it knows of.</summary>
    public LawSettings Law { get; init; } = new();

    /// <summary>Every problem at once; empty when the settings are good.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(SellerName)) problems.Add("owner.sellerName is empty: give the registered name of the one legal seller");
        if (string.IsNullOrWhiteSpace(PostalAddress)) problems.Add("owner.postalAddress is empty: every commercial e-mail must carry a physical address (15 USC 7704(a)(5))");
        if (!OwnerEmail.Contains('@')) problems.Add($"owner.ownerEmail is '{OwnerEmail}': give an e-mail address for copies and reports");
        if (OwnersZone.Problem(Zone) is { } place) problems.Add($"owner.zone is '{Zone}': {place}");
        if (HoursFrom < 8 || HoursTo > 21 || HoursFrom >= HoursTo) problems.Add($"owner.hoursFrom/hoursTo are {HoursFrom}-{HoursTo}: federal law allows 8-21 at most, and the start must come before the end");
        if (OwnerCopies is not ("each" or "digest" or "off")) problems.Add($"owner.ownerCopies is '{OwnerCopies}': use each, digest or off");
        if (PublicUrl is { Length: > 0 } url && (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http"))) problems.Add($"owner.publicUrl is '{url}': give an address such as https://reach.example.com");
        foreach (var (frame, i) in ConsentPageFrames.Select((f, i) => (f, i)))
            if (!Uri.TryCreate(frame, UriKind.Absolute, out var origin) || origin.Scheme != Uri.UriSchemeHttps || frame.TrimEnd('/') != origin.GetLeftPart(UriPartial.Authority)) problems.Add($"owner.consentPageFrames[{i}] is '{frame}': give an origin such as https://www.example.com");
        if (TransferTo is { Length: > 0 } to && (!Meridian.Domain.Leads.PhoneNumber.TryParse(to, out var phone, out _) || phone.E164 != to)) problems.Add($"owner.transferTo is '{to}': give a US number such as +12125550100");
        if (DailyBudgetUsd < 0) problems.Add($"owner.dailyBudgetUsd is {DailyBudgetUsd}: it cannot be negative");
        if (DailyCredits < 0) problems.Add($"owner.dailyCredits is {DailyCredits}: it cannot be negative; 0 buys nobody");
        if (CreditUsd < 0) problems.Add($"owner.creditUsd is {CreditUsd}: it cannot be negative");
        if (HumanCallsPerDay is < 0 or > 500) problems.Add($"owner.humanCallsPerDay is {HumanCallsPerDay}: use 0 to 500");
        if (PhoneCredits is < 0 or > 100) problems.Add($"owner.phoneCredits is {PhoneCredits}: use 0 to 100; Apollo charges 8");
        if (BuyPhones && !HumanCalls) problems.Add("owner.buyPhones is true but owner.humanCalls is not: a phone is bought only for somebody whom a person may call; set humanCalls to true, or buyPhones to false");
        if (BuyPhones && PublicUrl is not { Length: > 0 }) problems.Add("owner.buyPhones is true but owner.publicUrl is not set: Apollo delivers phones to an address of ours; give publicUrl, or set buyPhones to false");
        if (BuyPhones && Uri.TryCreate(PublicUrl, UriKind.Absolute, out var hook) && hook.Scheme == Uri.UriSchemeHttp && !hook.IsLoopback) problems.Add($"owner.publicUrl is '{PublicUrl}' and owner.buyPhones is true: Apollo delivers phones to https addresses only; give an address such as https://reach.example.com, or set buyPhones to false");
        if (PullPerDay is < 0 or > MostPulledPerDay) problems.Add($"owner.pullPerDay is {PullPerDay}: use 0 to {MostPulledPerDay}; 0 pulls nobody");
        foreach (var (tag, i) in (PullNeverTags ?? []).Select((t, i) => (t, i)))
            if (string.IsNullOrWhiteSpace(tag)) problems.Add($"owner.pullNeverTags[{i}] is empty: give the tag's name, or take the entry out");
        if (LineLookupsPerDay is < 0 or > 10_000) problems.Add($"owner.lineLookupsPerDay is {LineLookupsPerDay}: use 0 to 10000");
        if (LineLookupUsd < 0) problems.Add($"owner.lineLookupUsd is {LineLookupUsd}: it cannot be negative");
        if (CompanyTouchesPerDay is < 1 or > 1000) problems.Add($"owner.companyTouchesPerDay is {CompanyTouchesPerDay}: use 1 to 1000");
        if (MaxCallSeconds is < 10 or > 3600) problems.Add($"owner.maxCallSeconds is {MaxCallSeconds}: use 10 to 3600");
        if (RingSeconds is < 15 or > 60) problems.Add($"owner.ringSeconds is {RingSeconds}: 47 CFR 64.1200(a)(6) asks for at least 15 s; use 15 to 60");
        problems.AddRange(Law.Problems());
        return problems;
    }
}
