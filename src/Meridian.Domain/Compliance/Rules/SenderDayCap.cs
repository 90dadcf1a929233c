using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>The sender's day, counted in its own zone, warm-up included.</summary>
public sealed class SenderDayCap : ContactRule
{
    private const string Source = "owner's caps: a mailbox 40 a day once warm, a caller ID 75, a text number 100";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Sender is not { } standing) return Allow("asked of each sender when it picks", Source);
        return standing.BegunToday >= standing.CapToday
            ? WaitForSender($"{standing.Sender.Address} began {standing.BegunToday} of {standing.CapToday} on {standing.Today:uuuu-MM-dd}", Source, standing.DayEnds)
            : Allow($"{standing.Sender.Address} began {standing.BegunToday} of {standing.CapToday} on {standing.Today:uuuu-MM-dd}", Source, standing.DayEnds);
    }
}
