using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>A step may say how it must end for the rest of the walk to be dropped. A reply and an opt-out end it in any case.</summary>
public sealed class StopConditions : ContactRule
{
    private const string Source = "the sequence's stop conditions";

    public override Finding Judge(ContactFacts facts, Instant now) =>
        facts.EndedBy is { } end ? Refuse(SkippedReason.Stopped, $"the walk is over: step {end.StepId} ended as {Say.Words(end.How)}", Source) : Allow("no step before has ended the walk", Source);
}
