namespace Meridian.Domain.Pacing;

/// <summary>How one zone group stands today.</summary>
/// <param name="Share">Begins set aside for it this morning.</param>
/// <param name="Begun">Begins it has had today.</param>
/// <param name="Due">People still due.</param>
/// <param name="ClosedForToday">Its window does not open again today.</param>
public sealed record ZoneTally(string ZoneGroup, int Share, int Begun, int Due, bool ClosedForToday = false)
{
    /// <summary>People it could still begin today.</summary>
    public int Reachable => ClosedForToday ? 0 : Math.Max(0, Due);

    /// <summary>Begins of its own share that are left.</summary>
    public int Left => Math.Max(0, Share - Begun);

    /// <summary>Begins of its own share that nobody of its own can use any more.</summary>
    public int Unusable => Math.Max(0, Left - Reachable);

    /// <summary>Begins it has taken from others' shares.</summary>
    public int Borrowed => Math.Max(0, Begun - Share);

    /// <summary>People its own share does not reach.</summary>
    public int Wants => Math.Max(0, Reachable - Left);
}
