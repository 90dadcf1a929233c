namespace Meridian.Domain.Touches;

/// <summary>Why it is proved that nothing was sent.</summary>
public enum FailedBecause
{
    /// <summary>A passing fault of the way: costs an attempt. E-mail and texts get up to three more, a call none.</summary>
    Transient,

    /// <summary>Our account at the provider: nobody's attempt.</summary>
    Account,

    /// <summary>The permit ran out, or the answer to COMMIT was lost, before the request left: nobody's attempt.</summary>
    PermitExpired,
}
