using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>While something that names one of the person's addresses is not understood, nothing begins: it may be a STOP.</summary>
public sealed class Held : ContactRule
{
    private const string Source = "47 CFR 64.1200(a)(10): any reasonable means of revocation";

    public override Finding Judge(ContactFacts facts, Instant now) =>
        facts.Addresses.FirstOrDefault(a => a.HeldAt is not null) is { } address
            ? Park(ParkedReason.Held, $"something that names {address.AddressId} arrived on {Say.Utc(address.HeldAt!.Value)} and is not understood yet", Source)
            : Allow("everything they said is understood", Source);
}
