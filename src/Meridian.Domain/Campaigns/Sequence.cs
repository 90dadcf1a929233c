namespace Meridian.Domain.Campaigns;

/// <summary>An ordered list of steps. Sequences are data and versioned; a version never changes once used.</summary>
public sealed record Sequence(string Id, int Version, string Name, IReadOnlyList<Step> Steps)
{
    /// <summary>Null when the sequence holds no such step (it was taken out in a later version).</summary>
    public Step? Find(string stepId) => Steps.FirstOrDefault(s => s.StepId == stepId);
}
