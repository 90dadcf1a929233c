using static Meridian.Domain.Touches.TouchState;

namespace Meridian.Domain.Touches;

/// <summary>The only transition table of a touch.</summary>
public static class TouchStates
{
    private static readonly HashSet<(TouchState From, TouchState To)> Allowed =
    [
        (Planned, Sending),     // begin: the claim
        (Planned, Skipped),     // stopped, suppressed, refused by policy, expired
        (Sending, Sent),
        (Sending, Refused),
        (Sending, Failed),
        (Sending, Unconfirmed), // the deadline passed, or the answer was lost
        (Unconfirmed, Sent),    // looked up
        (Unconfirmed, Refused), // looked up
        (Unconfirmed, Failed),  // only from the permit's own holder, its journal, or a person's button
    ];

    /// <summary>True when a touch may go from one state to the other.</summary>
    public static bool May(TouchState from, TouchState to) => Allowed.Contains((from, to));

    /// <summary>Throws when the table does not allow the change: that is a bug, and the ids say where.</summary>
    public static void Require(TouchState from, TouchState to, string touchId)
    {
        if (!May(from, to)) throw new InvalidOperationException($"touch {touchId} may not go from {from} to {to}");
    }

    /// <summary>States in which the person was, or may have been, contacted.</summary>
    public static bool CountsAsMade(TouchState state) => state is Sending or Sent or Unconfirmed;

    /// <summary>States that nothing can leave.</summary>
    public static bool IsFinal(TouchState state) => state is Sent or Refused or Failed or Skipped;
}
