using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>A sender is paused by hand, or because its provider said its account is at fault.</summary>
public sealed class SenderPaused : ContactRule
{
    public override Finding Judge(ContactFacts facts, Instant now) =>
        facts.Sender is { Sender: { PausedAt: { } at } sender }
            ? WaitForSender($"{sender.Address} is paused since {Say.Utc(at)} ({sender.PauseReason ?? "by hand"})", "sender health", null)
            : Allow(facts.Sender is null ? "asked of each sender when it picks" : $"{facts.Sender.Sender.Address} is not paused", "sender health");
}
