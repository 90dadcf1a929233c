namespace Meridian.Domain.Touches;

/// <summary>A way of reaching a person.</summary>
public enum Channel
{
    /// <summary>Commercial e-mail; lawful cold in the US (15 USC 7701).</summary>
    Email,

    /// <summary>A call by an AI voice; an artificial voice in law (FCC 24-17).</summary>
    Call,

    /// <summary>An SMS; opt-in only.</summary>
    Text,
}
