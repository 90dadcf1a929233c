namespace Meridian.Host.Composition;

/// <summary>What becomes of variables <c>MERIDIAN__...</c> that are no setting.</summary>
public enum StrayVariables
{
    /// <summary>Somebody else has spoken of them.</summary>
    Pass,

    /// <summary>A line on standard error.</summary>
    Noted,

    Refused,
}
