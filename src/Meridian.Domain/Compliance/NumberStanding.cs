using NodaTime;

namespace Meridian.Domain.Compliance;

/// <summary>What a carrier lookup says a number is.</summary>
public enum LineType
{
    /// <summary>A wire to a place.</summary>
    Landline,

    /// <summary>A voice-over-IP line bound to an address.</summary>
    FixedVoip,

    /// <summary>A voice-over-IP line bound to nothing.</summary>
    NonFixedVoip,

    /// <summary>A mobile phone, a pager.</summary>
    Mobile,

    /// <summary>Toll-free, premium, voicemail only, or nothing the carrier would say.</summary>
    Other,
}

/// <summary>One carrier lookup of a number.</summary>
/// <param name="IsBusiness">The name registry says a business holds it; null: it does not say.</param>
public sealed record LineLookup(LineType Type, bool? IsBusiness, Instant At)
{
    /// <summary>A number changes hands: an older lookup says nothing (the mission's 90 days).</summary>
    public static readonly Duration Life = Duration.FromDays(90);

    /// <summary>Confirmed to ring at a business' own wired line.</summary>
    public bool ConfirmsBusinessLine(Instant now) => Type is LineType.Landline && IsBusiness == true && now < At + Life;
}

/// <summary>A do-not-call list as it was last loaded for one area code.</summary>
/// <param name="Name"><c>national</c>, or a state's two letters for a list of its own.</param>
/// <param name="AreaCode">Three digits; null: the list covers every area code.</param>
/// <param name="AsOf">The day it was drawn from the registry.</param>
public sealed record ScrubbedList(string Name, string? AreaCode, LocalDate AsOf);

/// <summary>What the do-not-call lists say of a number, or of the area codes somebody's number may have.</summary>
/// <param name="ListedOn">The lists that name it; empty when none does.</param>
/// <param name="Loaded">The newest load of every list that covers it.</param>
/// <param name="Line">Its last carrier lookup; null: never looked up.</param>
public sealed record NumberStanding(IReadOnlyList<string> ListedOn, IReadOnlyList<ScrubbedList> Loaded, LineLookup? Line)
{
    /// <summary>Nothing is loaded and nothing was looked up.</summary>
    public static readonly NumberStanding Unknown = new([], [], null);
}
