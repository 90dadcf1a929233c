using Meridian.Domain.Pacing;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>The sender's shortest gap and its rolling hour.</summary>
public sealed class SenderPace : ContactRule
{
    private const string Source = "SOP: one each 3 minutes";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Sender is not { } standing) return Allow("asked of each sender when it picks", Source);
        var sender = standing.Sender;
        if (sender.NextSlotAt > now) return WaitForSender($"{sender.Address} has its next slot {Say.Utc(sender.NextSlotAt)}", Source, sender.NextSlotAt);
        return Pace.WaitForHour(standing.BegunLastHour, sender.HourlyCap, now) is { } free
            ? WaitForSender($"{sender.Address} began {standing.BegunLastHour.Count} in the last hour, at most {sender.HourlyCap}", Source, free)
            : Allow($"{sender.Address} is free", Source);
    }
}
