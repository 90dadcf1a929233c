namespace Meridian.Adapters.Twilio;

/// <summary>How we reach Twilio Lookup.</summary>
public sealed class TwilioOptions
{
    public Uri BaseUrl { get; set; } = new("https://lookups.twilio.com");

    /// <summary>Account SID, or the SID of an API key.</summary>
    public string Sid { get; set; } = "";

    /// <summary>The auth token, or the API key's secret.</summary>
    public string Secret { get; set; } = "";

    public double RequestTimeoutSeconds { get; set; } = 20;

    /// <summary>Everything that is wrong, each a sentence.</summary>
    public IEnumerable<string> Problems()
    {
        if (!BaseUrl.IsAbsoluteUri) yield return "Twilio: BaseUrl is not an absolute address.";
        if (string.IsNullOrWhiteSpace(Sid)) yield return "Twilio: Sid (account SID or API key SID) is missing.";
        if (string.IsNullOrWhiteSpace(Secret)) yield return "Twilio: Secret (auth token or API key secret) is missing.";
        if (RequestTimeoutSeconds is not (> 0 and <= 120)) yield return "Twilio: RequestTimeoutSeconds must be above 0 and at most 120.";
    }
}
