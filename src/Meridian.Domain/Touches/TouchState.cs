namespace Meridian.Domain.Touches;

/// <summary>Where one attempt stands. The names are kept apart on purpose: see ARCHITECTURE.md, "Words".</summary>
public enum TouchState
{
    /// <summary>An offer: may be begun, parked or skipped.</summary>
    Planned,

    /// <summary>Begun under a permit; the provider may or may not have heard of it. Never goes back.</summary>
    Sending,

    /// <summary>The provider accepted it.</summary>
    Sent,

    /// <summary>The provider said no.</summary>
    Refused,

    /// <summary>Proved not sent.</summary>
    Failed,

    /// <summary>Nobody knows yet; settled by looking, never by sending again. Counts as made.</summary>
    Unconfirmed,

    /// <summary>The system decided against it, with a reason.</summary>
    Skipped,
}
