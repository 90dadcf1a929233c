namespace Meridian.Adapters.HighLevel;

/// <summary>How we reach one HighLevel location.</summary>
public sealed class HighLevelOptions
{
    public Uri BaseUrl { get; set; } = new("https://services.leadconnectorhq.com");

    /// <summary>A private integration token of the location.</summary>
    public string Token { get; set; } = "";

    public string LocationId { get; set; } = "";

    /// <summary>The calendar conversations may book into; empty: none.</summary>
    public string? CalendarId { get; set; }

    /// <summary>Forms whose answers may count as written consent.</summary>
    public IReadOnlyList<ConsentFormSettings> ConsentForms { get; set; } = [];

    /// <summary>The key HighLevel signs marketplace webhooks with: Ed25519, SPKI in base64. Theirs as published; a setting, for keys change.</summary>
    public string WebhookPublicKey { get; set; } = "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=";

    /// <summary>The RSA key of the older signature, PEM; empty, as by default: that signature opens nothing (HighLevel ended it in 2026).</summary>
    public string? WebhookRsaPublicKey { get; set; }

    public string ContactsVersion { get; set; } = "2021-07-28";

    public string ConversationsVersion { get; set; } = "2021-04-15";

    public double RequestTimeoutSeconds { get; set; } = 20;

    /// <summary>Everything that is wrong, each a sentence; empty when texts can be sent.</summary>
    public IEnumerable<string> Problems()
    {
        if (!BaseUrl.IsAbsoluteUri) yield return "HighLevel: BaseUrl is not an absolute address.";
        if (string.IsNullOrWhiteSpace(Token)) yield return "HighLevel: Token is missing.";
        if (string.IsNullOrWhiteSpace(LocationId)) yield return "HighLevel: LocationId is missing.";
        if (HighLevelSignature.Problem(WebhookPublicKey) is { } problem) yield return $"HighLevel: WebhookPublicKey: {problem}.";
        if (RequestTimeoutSeconds is not (> 0 and <= 120)) yield return "HighLevel: RequestTimeoutSeconds must be above 0 and at most 120.";
    }
}
