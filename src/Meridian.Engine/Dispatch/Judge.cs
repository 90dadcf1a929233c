using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance;
using Meridian.Domain.Leads;
using Meridian.Domain.Pacing;
using Meridian.Domain.Time;
using Meridian.Domain.Touches;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Dispatch;

/// <summary>A verdict with everything it rests on, and the words that would be said.</summary>
/// <param name="Subject">Rendered; null for calls and texts, or when something is missing.</param>
/// <param name="Body">Rendered; null when something is missing.</param>
public sealed record Judgement(ContactFacts Facts, Verdict Verdict, LeadFacts Lead, CampaignFacts Campaign, Step Step, string? Subject, string? Body);

/// <summary>Puts facts together and asks the policy. The same for a real touch, a plan, a preview and "why".</summary>
public static class Judge
{
    /// <summary>Judges one step for one person at <paramref name="now"/>; <paramref name="sender"/> null: ahead of choosing one.</summary>
    /// <param name="addressId">This address and no other; null: the one that a touch would take.</param>
    public static Judgement Of(LeadFacts lead, CampaignFacts campaign, Step step, SenderFacts? sender, Instant now, string? touchId = null, string? addressId = null)
    {
        var address = addressId is null ? ChooseAddress(lead, step.Channel, now) : lead.Addresses.FirstOrDefault(a => a.AddressId == addressId && a.Role != AddressRole.Company);
        var areaCode = address is { Kind: AddressKind.Phone } ? address.AddressId.Substring(2, 3) : null;
        var l = lead.Lead;
        var evidence = ZoneEvidence.Of(l.Street, l.PostalCode, l.State, l.CompanyState, areaCode, l.StatedZone);
        var values = TemplateValues.For(lead, campaign, sender?.Sender);
        var (subject, missingInSubject) = step.Subject is null ? (null, null) : Render(step.Subject, values);
        var (body, missingInBody) = Render(step.Body, values);

        var facts = new ContactFacts
        {
            Channel = step.Channel,
            Lead = l,
            Addresses = lead.Addresses,
            Address = address,
            Consents = lead.Consents,
            Past = lead.Touches.Where(t => t.BegunAt is not null && t.Id != touchId && CountsAsBegun(t)).Select(Past).Concat(lead.HumanCalls).ToList(),
            Evidence = evidence,
            Window = Windows.For(step.Channel, evidence, campaign.Owner),
            Law = campaign.Owner.Law,
            Seller = campaign.Owner.SellerName,
            MissingVariable = missingInSubject ?? missingInBody,
            EndedBy = EndedBy(lead, campaign, step),
            CompanyNextCallAt = lead.CompanyNextCallAt,
            Company = CompanyOn(lead, campaign, now),
            CampaignPausedAt = campaign.PausedAt,
            EnginePausedAt = campaign.EnginePausedAt,
            HasSender = campaign.ChannelsWithSender.Contains(step.Channel),
            Sender = sender is null ? null : Standing(sender),
        };
        return new Judgement(facts, ContactPolicy.Judge(facts, now), lead, campaign, step, subject, body);
    }

    private static StepEnd? EndedBy(LeadFacts lead, CampaignFacts campaign, Step step)
    {
        var earlier = campaign.Sequence.Steps.TakeWhile(s => s.StepId != step.StepId).Where(s => s.StopOn is { Count: > 0 }).ToDictionary(s => s.StepId, s => s.StopOn!);
        if (earlier.Count == 0) return null;
        var round = lead.Touches.Where(t => t.CampaignId == campaign.Id).Select(t => t.Round).DefaultIfEmpty(1).Max();
        var ended = lead.Touches.FirstOrDefault(t => t.CampaignId == campaign.Id && t.Round == round && t.Disposition is { } d && earlier.GetValueOrDefault(t.StepId)?.Contains(d) == true);
        return ended is null ? null : new StepEnd(ended.StepId, ended.Disposition!.Value);
    }

    private static CompanyStanding? CompanyOn(LeadFacts lead, CampaignFacts campaign, Instant now)
    {
        if (lead.Lead.CompanyId is null) return null;
        var today = Pace.DayOf(now, campaign.Zone);
        return new CompanyStanding(lead.CompanyDays.GetValueOrDefault(today), campaign.Owner.CompanyTouchesPerDay, Pace.DayEnds(today, campaign.Zone));
    }

    /// <summary>An attempt that is proved not to have been sent reached nobody.</summary>
    private static bool CountsAsBegun(Touch t) => t.State is not TouchState.Failed;

    private static PastContact Past(Touch t) => new(t.Id, t.Channel, t.BegunAt!.Value, t.IsInTheAir, t.Deadline);

    private static SenderStanding Standing(SenderFacts s) => new(
        s.Sender, s.Today, s.BegunToday, WarmUp.CapOn(s.Today, s.Sender.WarmSince, s.Sender.DailyCap), Pace.DayEnds(s.Today, s.Sender.Zone), s.BegunLastHour);

    /// <summary>
    /// The address a touch of this channel would go to. Never a company line; a number with a live consent first, then mobile, direct,
    /// primary; texts prefer a number without extension; an e-mail address that can be delivered first.
    /// </summary>
    private static LeadAddress? ChooseAddress(LeadFacts lead, Channel channel, Instant now)
    {
        if (channel == Channel.Email)
            return lead.Addresses.Where(a => a.Kind == AddressKind.Email).OrderBy(a => IsDead(a) ? 1 : 0).ThenBy(a => a.AddressId, StringComparer.Ordinal).FirstOrDefault();

        return lead.Addresses
            .Where(a => a.Kind == AddressKind.Phone && a.Role != AddressRole.Company)
            .OrderBy(a => channel == Channel.Text && a.Extension is not null ? 1 : 0)
            .ThenBy(a => lead.Consents.Any(c => c.AddressId == a.AddressId && c.Channel == channel && c.Status == ConsentStatus.Recorded && !(c.ExpiresAt <= now)) ? 0 : 1)
            .ThenBy(a => a.Role switch { AddressRole.Mobile => 0, AddressRole.Direct => 1, _ => 2 })
            .ThenBy(a => a.AddressId, StringComparer.Ordinal)
            .FirstOrDefault();
    }

    private static bool IsDead(LeadAddress a) =>
        "Unavailable".Equals(a.Deliverability, StringComparison.OrdinalIgnoreCase) || "Invalid".Equals(a.Deliverability, StringComparison.OrdinalIgnoreCase);

    private static (string? Text, string? Missing) Render(string template, IReadOnlyDictionary<string, object?> values) => Renderer.Render(template, values) switch
    {
        Rendered r => (r.Text, null),
        MissingVariable m => (null, m.Name),
        BadTemplate b => (null, b.Message),
        var other => throw new InvalidOperationException($"unknown render result {other}"),
    };
}
