namespace Meridian.Adapters.Vapi;

/// <summary>How we reach Vapi and what every call of ours asks of it.</summary>
public sealed class VapiOptions
{
    public Uri BaseUrl { get; set; } = new("https://api.vapi.ai");

    /// <summary>The private key; the public one is for browsers.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>The saved assistant. It must have no voicemail message of its own: an override cannot take one away.</summary>
    public string AssistantId { get; set; } = "";

    /// <summary>Where Vapi sends its news; null: none, and calls are followed by looking them up.</summary>
    public Uri? WebhookUrl { get; set; }

    /// <summary>Comes back to us in <c>X-Meridian-Secret</c> with every webhook.</summary>
    public string? WebhookSecret { get; set; }

    public double RequestTimeoutSeconds { get; set; } = 20;

    /// <summary>Overrides the assistant's voice, both or neither: provider (<c>11labs</c>, <c>vapi</c>) and the voice's id there.</summary>
    public string? VoiceProvider { get; set; }

    public string? VoiceId { get; set; }

    /// <summary>Top-level <c>metadata</c> is accepted but not in the published schema; off if Vapi ever answers that it should not exist.</summary>
    public bool SendsTopLevelMetadata { get; set; } = true;

    /// <summary>Checks webhooks that are set up in Vapi's dashboard with an HMAC credential; null: only our own secret opens.</summary>
    public VapiHmacOptions? Hmac { get; set; }

    /// <summary>Conversations may book into the HighLevel calendar; set from there.</summary>
    public bool BooksMeetings { get; set; }

    /// <summary>Everything that is wrong, each a sentence; empty when calls can be placed.</summary>
    public IEnumerable<string> Problems()
    {
        if (!BaseUrl.IsAbsoluteUri) yield return "Vapi: BaseUrl is not an absolute address.";
        if (string.IsNullOrWhiteSpace(ApiKey)) yield return "Vapi: ApiKey (the private key) is missing.";
        if (string.IsNullOrWhiteSpace(AssistantId)) yield return "Vapi: AssistantId is missing.";
        if (WebhookUrl is not null && string.IsNullOrWhiteSpace(WebhookSecret)) yield return "Vapi: a WebhookUrl without a WebhookSecret would let anyone speak for Vapi.";
        foreach (var problem in Hmac?.Problems() ?? []) yield return problem;
        if (RequestTimeoutSeconds is not (> 0 and <= 120)) yield return "Vapi: RequestTimeoutSeconds must be above 0 and at most 120.";
        if (string.IsNullOrWhiteSpace(VoiceProvider) != string.IsNullOrWhiteSpace(VoiceId)) yield return "Vapi: VoiceProvider and VoiceId are set together or not at all.";
    }
}
