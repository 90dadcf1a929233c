using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>US carriers carry a business' texts only from a registered 10DLC brand and campaign; without the owner's word for it, nothing is texted.</summary>
public sealed class TextCampaignAttested : ContactRule
{
    private const string Source = "CTIA Messaging Principles; carriers' 10DLC rules (The Campaign Registry)";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Channel != Channel.Text) return Allow("only asked of texts", Source);
        return facts.Law.TextCampaign is { } campaign
            ? Allow($"10DLC campaign {campaign.CampaignId}, attested by {campaign.AttestedBy}", Source)
            : Park(ParkedReason.NoLegalBasis, "no registered 10DLC campaign is attested; enter brand, campaign and who attests it under owner.law.textCampaign", Source);
    }
}
