namespace Meridian.Domain.Compliance;

/// <summary>Who speaks on the phone. An AI voice is an "artificial voice" (47 USC 227(b); FCC 24-17), and states give it fewer hours than a person.</summary>
public enum Caller
{
    /// <summary>An AI voice.</summary>
    Machine,

    /// <summary>Somebody of the owner's who dials by hand.</summary>
    Person,
}
