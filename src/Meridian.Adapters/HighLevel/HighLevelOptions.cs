namespace Meridian.Adapters.HighLevel;

/// <summary>How we reach one HighLevel location.</summary>
public sealed class HighLevelOptions
{
    public Uri BaseUrl { get; set; } = new("https://services.leadconnectorhq.com");

    /// <summary>A private integration token of the location; empty where <see cref="OAuth"/> is given.</summary>
    public string Token { get; set; } = "";

    /// <summary>A marketplace app's access, instead of a token (<c>clientId</c>, <c>clientSecret</c>, <c>refreshToken</c>): it brings signed webhooks.</summary>
    public HighLevelOAuthOptions? OAuth { get; set; }

    public string LocationId { get; set; } = "";

    /// <summary>The calendar conversations may book into; empty: none.</summary>
    public string? CalendarId { get; set; }

    /// <summary>The words of the tags that say at HighLevel what happened (<c>contacted</c>, <c>replied</c>, <c>optedOut</c>, <c>interested</c>); an empty one is not shown.</summary>
    public HighLevelTags Tags { get; set; } = new();

    /// <summary>Whether every call of the AI voice becomes a note on its contact.</summary>
    public bool Notes { get; set; } = true;

    /// <summary>Where whoever is interested becomes an opportunity; empty: nowhere.</summary>
    public string? PipelineId { get; set; }

    /// <summary>The stage it begins in; empty: the pipeline's first.</summary>
    public string? StageId { get; set; }

    /// <summary>Shows also people HighLevel does not know yet, and so makes them known there; else only those it knows.</summary>
    public bool ShowsEverybody { get; set; }

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
        if (OAuth is null && string.IsNullOrWhiteSpace(Token)) yield return "HighLevel: Token is missing: give highLevel.token, or highLevel.oAuth of a marketplace app.";
        if (OAuth is not null && !string.IsNullOrWhiteSpace(Token)) yield return "HighLevel: Token and OAuth are both given: keep one, highLevel.token of a private integration or highLevel.oAuth of a marketplace app.";
        foreach (var problem in OAuth?.Problems() ?? []) yield return problem;
        if (string.IsNullOrWhiteSpace(LocationId)) yield return "HighLevel: LocationId is missing.";
        if (HighLevelSignature.Problem(WebhookPublicKey) is { } wrong) yield return $"HighLevel: WebhookPublicKey: {wrong}.";
        if (!string.IsNullOrWhiteSpace(StageId) && string.IsNullOrWhiteSpace(PipelineId)) yield return "HighLevel: StageId is set but PipelineId is not: give highLevel.pipelineId, or take highLevel.stageId out.";
        if (RequestTimeoutSeconds is not (> 0 and <= 120)) yield return "HighLevel: RequestTimeoutSeconds must be above 0 and at most 120.";
    }
}
