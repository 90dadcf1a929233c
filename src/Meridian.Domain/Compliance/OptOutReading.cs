namespace Meridian.Domain.Compliance;

/// <summary>Whether a message asks us to stop.</summary>
public enum OptOutReading
{
    /// <summary>It does: every channel closes at once.</summary>
    OptOut,

    /// <summary>It does not.</summary>
    No,

    /// <summary>It may: the person is held until somebody has read it.</summary>
    Unclear,
}
