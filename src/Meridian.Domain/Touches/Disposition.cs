namespace Meridian.Domain.Touches;

/// <summary>What came of a touch, in the person's terms.</summary>
public enum Disposition
{
    /// <summary>They wrote back.</summary>
    Replied,

    /// <summary>They talked to the voice agent.</summary>
    Answered,

    /// <summary>They said they are interested.</summary>
    Interested,

    /// <summary>They said they are not.</summary>
    NotInterested,

    /// <summary>It rang.</summary>
    NoAnswer,

    /// <summary>A machine answered; nothing was left on it.</summary>
    Voicemail,

    /// <summary>The line was busy.</summary>
    Busy,

    /// <summary>They hung up within seconds.</summary>
    HungUp,

    /// <summary>Somebody else has this number now.</summary>
    WrongNumber,

    /// <summary>The mailbox does not exist or refuses.</summary>
    Bounced,

    /// <summary>They asked us to stop.</summary>
    OptedOut,

    /// <summary>The call ended for a reason on our or the provider's side.</summary>
    CallFailed,

    /// <summary>The provider's word for the end is not known to us.</summary>
    Unknown,
}
