using Meridian.Domain.Senders;
using Meridian.Engine.Ledger;

namespace Meridian.Engine.Dispatch;

/// <summary>The variables a template may use.</summary>
public static class TemplateValues
{
    public static IReadOnlyDictionary<string, object?> For(LeadFacts facts, CampaignFacts campaign, Sender? sender)
    {
        var owner = campaign.Owner;
        var lead = facts.Lead;
        return new Dictionary<string, object?>
        {
            ["lead"] = new Dictionary<string, object?>
            {
                ["first_name"] = lead.FirstName,
                ["last_name"] = lead.LastName,
                ["full_name"] = lead.FullName,
                ["title"] = lead.Title,
                ["city"] = lead.City,
                ["state"] = lead.State,
            },
            ["company"] = new Dictionary<string, object?> { ["name"] = OneLine(lead.CompanyName) },
            ["seller"] = new Dictionary<string, object?> { ["name"] = owner.SellerName, ["postal_address"] = owner.PostalAddress, ["phone"] = owner.SellerPhone, ["offer"] = owner.Offer },
            ["sender"] = new Dictionary<string, object?> { ["name"] = sender?.DisplayName ?? owner.SellerName },
            ["consent_link"] = ConsentLinks.For(lead.Id, owner.PublicUrl, campaign.LinkSecret),
            ["unsubscribe_url"] = OptOutLinks.For(lead.Id, owner.PublicUrl, campaign.LinkSecret) ?? $"mailto:{(sender?.Address is { } from && from.Contains('@') ? from : owner.OwnerEmail)}?subject=unsubscribe%20{lead.Id}",
        };
    }

    /// <summary>A name may carry line breaks from its source; a subject may not.</summary>
    public static string? OneLine(string? text) => text is null ? null : string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
