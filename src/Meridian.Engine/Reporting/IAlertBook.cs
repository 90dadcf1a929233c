using NodaTime;

namespace Meridian.Engine.Reporting;

/// <summary>Which open incidents the owner has not been told of.</summary>
public interface IAlertBook
{
    /// <summary>Open and untold, oldest first.</summary>
    Task<IReadOnlyList<UntoldIncident>> UntoldAsync(int limit);

    Task ToldAsync(IReadOnlyList<string> incidentIds, Instant now);
}

/// <summary>An incident as the owner is told of it.</summary>
public sealed class UntoldIncident
{
    public string Id { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Subject { get; init; } = "";
    public string Detail { get; init; } = "";
    public Instant OpenedAt { get; init; }
}
