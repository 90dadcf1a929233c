using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>A text cannot dial an extension: it would reach the switchboard, which gave no consent.</summary>
public sealed class ExtensionForTexts : ContactRule
{
    private const string Source = "the telephone network";

    public override Finding Judge(ContactFacts facts, Instant now) =>
        facts is { Channel: Channel.Text, Address.Extension: { } extension }
            ? Refuse(SkippedReason.ExtensionCannotReceiveTexts, $"{facts.Address.AddressId} has extension {extension}", Source)
            : Allow("no extension in the way", Source);
}
