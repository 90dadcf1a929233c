namespace Meridian.Domain.Touches;

/// <summary>Why the system decided against a touch, for good.</summary>
public enum SkippedReason
{
    /// <summary>The person opted out, on whatever channel.</summary>
    OptedOut,

    /// <summary>The address is on the suppression list.</summary>
    Suppressed,

    /// <summary>The enrollment was stopped: a reply, a person's decision.</summary>
    Stopped,

    /// <summary>The lead has no address for this channel.</summary>
    NoAddress,

    /// <summary>The address is known not to be deliverable.</summary>
    NotDeliverable,

    /// <summary>The person is outside the United States.</summary>
    OutsideUnitedStates,

    /// <summary>A text cannot reach a number behind an extension.</summary>
    ExtensionCannotReceiveTexts,

    /// <summary>30 days passed since it was planned.</summary>
    Expired,

    /// <summary>Import undone before the touch was begun.</summary>
    ImportUndone,

    /// <summary>A person made this call by hand: the step is done.</summary>
    CalledByPerson,
}
