using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>The campaign may be paused by hand.</summary>
public sealed class CampaignPaused : ContactRule
{
    public override Finding Judge(ContactFacts facts, Instant now) =>
        facts.CampaignPausedAt is { } at
            ? WaitForSender($"the campaign is paused since {Say.Utc(at)}; `meridian resume` lifts it", "the owner's decision", null)
            : Allow("the campaign is not paused", "the owner's decision");
}
