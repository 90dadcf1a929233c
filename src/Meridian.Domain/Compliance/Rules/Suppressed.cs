using Meridian.Domain.Leads;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>No address of this person may be on the suppression list. A company line is nobody's own: it is not dialled, and says nothing about its other holders.</summary>
public sealed class Suppressed : ContactRule
{
    private const string Source = "47 CFR 64.1200(d); the suppression list";

    public override Finding Judge(ContactFacts facts, Instant now) =>
        facts.Addresses.FirstOrDefault(a => a.SuppressedAt is not null && (a.Role != AddressRole.Company || a.AddressId == facts.Address?.AddressId)) is { } address
            ? Refuse(SkippedReason.Suppressed, $"{address.AddressId} is suppressed since {Say.Utc(address.SuppressedAt!.Value)} ({address.SuppressedReason ?? "no reason kept"})", Source)
            : Allow("no address of this person is suppressed", Source);
}
