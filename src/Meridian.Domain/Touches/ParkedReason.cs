namespace Meridian.Domain.Touches;

/// <summary>The named fact an offer waits for. Whoever writes that fact un-parks the offer in the same transaction.</summary>
public enum ParkedReason
{
    /// <summary>The law gives no basis for this number and channel: no recorded written consent, a paper a state asks for, a state that bars AI voice.</summary>
    NoLegalBasis,

    /// <summary>The evidence about where the person is does not name a time zone.</summary>
    ZoneUnknown,

    /// <summary>The candidate zones share no lawful hour.</summary>
    NoCommonHour,

    /// <summary>Something the person said is not understood yet.</summary>
    Held,

    /// <summary>A person paused this lead.</summary>
    PersonPaused,

    /// <summary>The campaign has no sender for this channel.</summary>
    NoSender,

    /// <summary>A template variable is missing; blank is never printed.</summary>
    MissingVariable,
}
