using Meridian.Domain.Time;

namespace Meridian.Domain.Compliance.Pack;

/// <summary>A state, the District of Columbia or a territory, and its contact law.</summary>
/// <param name="Code">Two letters.</param>
/// <param name="Zones">Canonical IANA zones, ordinal order.</param>
/// <param name="AlsoOnClocks">Clocks the statute names beside the person's own (MS: Central Standard Time all year; TX: Central); IANA ids.</param>
/// <param name="VoiceHours">Hours for an AI voice: the strictest of live rule, automated-call rule and the federal 8:00-21:00.</param>
/// <param name="LiveHours">Hours for a call a person places.</param>
/// <param name="HoursBindBusinesses">Whether the stricter hours reach a call to a business. They are kept whatever it says.</param>
/// <param name="HolidaysForVoice">What its holidays mean for an AI voice.</param>
/// <param name="HoursOnHolidays">The hours of a restricted holiday.</param>
/// <param name="HasEmergencyBan">No calls into an area under a declared emergency; the owner declares it, nobody publishes it in a form a machine can read.</param>
/// <param name="MostPerDay">Attempts in rolling 24 h, calls and texts together; null: no cap of its own.</param>
/// <param name="MinHoursBetweenVoice">Hours between two automated calls; null: none.</param>
/// <param name="DoNotCallList">The law of its do-not-call list; null: none is known.</param>
/// <param name="AsksReassignedNumbers">A solicitor must ask the Reassigned Numbers Database before it calls.</param>
/// <param name="PresumesByAreaCode">Its law follows its area codes wherever the phone is. Meridian applies the law of both states anyway.</param>
/// <param name="Citations">What the row rests on, the hours first.</param>
public sealed record Jurisdiction(
    string Code, string Name, IReadOnlyList<string> Zones, IReadOnlyList<string> AlsoOnClocks,
    ContactHours VoiceHours, ContactHours LiveHours, ContactHours TextHours, Certainty HoursBindBusinesses,
    HolidayLaw Holidays, HolidayLaw HolidaysForVoice, OpenHours? HoursOnHolidays, HolidayCalendar HolidaySet,
    bool HasEmergencyBan, int? MostPerDay, int? MinHoursBetweenVoice, string? AttemptScope,
    VoiceLaw Voice, TextLaw Texts, IReadOnlyList<ExtraBlock> ExtraBlocks, string? Identification, bool PresumesByAreaCode,
    string? DoNotCallList, bool AsksReassignedNumbers, int SuppressionYears,
    Registration Registration, RecordingLaw Recording, DisclosureLaw Disclosure,
    IReadOnlyList<Citation> Citations, Confidence Confidence, string? Note)
{
    /// <summary>True when its list is another than the national one (Wisconsin's is that).</summary>
    public bool KeepsOwnDoNotCallList => DoNotCallList is { } law && !law.Contains("uses the national list", StringComparison.Ordinal);

    /// <summary>The row's citations with their evidence marks, for a finding's source.</summary>
    public string Sources => Citations.Count == 0 ? $"{Code}: no rule of its own found (confidence {Confidence.ToString().ToLowerInvariant()})" : $"{Code}: {string.Join("; ", Citations)}";
}

/// <summary>How far somebody looked.</summary>
public enum Evidence
{
    /// <summary>The statute's or rule's text was read.</summary>
    StatuteTextSeen,

    /// <summary>Read in a secondary source.</summary>
    SecondarySource,

    /// <summary>Nobody checked it.</summary>
    GeneralKnowledgeUnverified,
}

/// <summary>How sure the row is as a whole.</summary>
public enum Confidence { High, Medium, Low }

/// <summary>A yes, a no, or neither.</summary>
public enum Certainty { Yes, No, Unclear }

/// <summary>What a jurisdiction's holidays mean.</summary>
public enum HolidayLaw
{
    /// <summary>Days like any other, as far as its law goes.</summary>
    None,

    /// <summary>Nobody is contacted.</summary>
    Prohibited,

    /// <summary>Only within the holiday's own hours.</summary>
    Restricted,
}

/// <summary>What an AI voice needs.</summary>
public enum VoiceRule
{
    /// <summary>Nothing beyond federal law.</summary>
    Federal,

    /// <summary>Consent, by state law too.</summary>
    Consent,

    /// <summary>Consent, and a permit of the caller.</summary>
    ConsentAndPermit,

    /// <summary>Not lawful, consent or not.</summary>
    Prohibited,
}

/// <summary>What a text needs.</summary>
public enum TextRule { FederalConsent, ConsentRequired }

/// <summary>Whether the seller must be on a state's register before it calls or texts.</summary>
public enum RegistrationStatus
{
    /// <summary>It must.</summary>
    Required,

    /// <summary>Probably; counsel decides.</summary>
    Likely,

    /// <summary>Only in circumstances that seldom are a business seller's.</summary>
    Narrow,

    /// <summary>No register, but a permit for the machine.</summary>
    Permit,

    /// <summary>None was found.</summary>
    NoneFound,
}

/// <summary>Who must agree to a recording.</summary>
public enum RecordingConsent { OneParty, OnePartyCautious, AllParty, AllPartyCautious }

/// <summary>Whether an AI must say what it is.</summary>
public enum DisclosureStatus { NotRequired, Required, RequiredIfAsked, RequiredText, Pending }

/// <summary>A statute or rule, what it says, and how well that is known.</summary>
public sealed record Citation(string Cite, string Point, Evidence Evidence, string? Source = null)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Cite} ({Mark(Evidence)})";

    /// <summary>The mark in words.</summary>
    public static string Mark(Evidence? evidence) => evidence switch
    {
        Pack.Evidence.StatuteTextSeen => "statute text seen",
        Pack.Evidence.SecondarySource => "secondary source",
        Pack.Evidence.GeneralKnowledgeUnverified => "unverified",
        _ => "no mark",
    };
}

/// <summary>The law of automated and artificial voices.</summary>
public sealed record VoiceLaw(VoiceRule Rule, Certainty CoversBusinessLines, string Note);

/// <summary>The law of texts.</summary>
public sealed record TextLaw(TextRule Rule, string? Note);

/// <summary>A prohibition of its own kind.</summary>
public sealed record ExtraBlock(string Id, string When, IReadOnlyList<string> Channels, string Text, string Cite, Evidence Evidence)
{
    /// <summary>The line may be a mobile, and nobody consented: such a consent is asked of an AI voice everywhere.</summary>
    internal const string WithoutConsent = "line_type in (mobile, unknown) and no prior express consent/relationship";

    /// <summary>The line may be a mobile, consent or not.</summary>
    internal const string Always = "line_type in (mobile, unknown)";

    /// <summary>A person may not ring a mobile either.</summary>
    public bool BarsLiveCallsToMobiles => BarsMobiles && Channels.Contains("voice_live");

    /// <summary>An AI voice may not ring a mobile, whatever was signed.</summary>
    public bool BarsVoiceToMobiles => BarsMobiles && When == Always && Channels.Contains("voice_ai");

    /// <summary>The one kind of block this build can judge; the reader accepts no other.</summary>
    internal bool IsKnown => BarsMobiles && When is WithoutConsent or Always && Channels.Count > 0 && Channels.All(c => c is "voice_ai" or "voice_live");

    private bool BarsMobiles => Id.EndsWith("-MOBILE-BAN", StringComparison.Ordinal);
}

/// <summary>The telemarketers' register.</summary>
public sealed record Registration(RegistrationStatus Status, string? Cite, Evidence Evidence);

/// <summary>The law of recorded calls. Meridian announces the recording everywhere.</summary>
public sealed record RecordingLaw(RecordingConsent Consent, string Cite, Evidence Evidence, bool AnnouncedAtStart);

/// <summary>The law of machines that talk. Meridian discloses everywhere.</summary>
public sealed record DisclosureLaw(DisclosureStatus Status, string? Cite, string? EffectiveOn, Evidence? Evidence, string Policy);
