using System.Text.Json;

namespace Meridian.Engine.Inbound;

/// <summary>What an outcome taught us about an address or a sender, passed on so that their rows are written in the one lock order.</summary>
public sealed record OwnSignal(string Kind, string TouchId, string LeadId, string? AddressId, string? SenderId, string Detail)
{
    /// <summary>Provider name under which our own signals are stored.</summary>
    public const string Provider = "meridian";

    /// <summary>The mailbox does not exist or refuses: the address is undeliverable.</summary>
    public const string Bounced = "bounced";

    /// <summary>The provider holds a do-not-disturb we had not heard of.</summary>
    public const string OptedOutAtProvider = "opted-out-at-provider";

    /// <summary>Our account is at fault: pause the sender.</summary>
    public const string AccountFault = "account-fault";

    /// <summary>Nothing was sent: the company's and the number's gap are given back.</summary>
    public const string GapToGiveBack = "gap-to-give-back";

    public string ToJson() => JsonSerializer.Serialize(this);

    public static OwnSignal FromJson(string json) =>
        JsonSerializer.Deserialize<OwnSignal>(json) ?? throw new InvalidOperationException("an own signal was empty");
}
