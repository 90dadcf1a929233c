namespace Meridian.Adapters.Apollo;

/// <summary>How we reach Apollo.</summary>
public sealed class ApolloOptions
{
    public Uri BaseUrl { get; set; } = new("https://api.apollo.io/api/v1/");

    /// <summary>A key with access to people search and enrichment.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>Generous: giving up on a paid request makes it one that nobody knows the end of.</summary>
    public double RequestTimeoutSeconds { get; set; } = 60;

    /// <summary>Everything that is wrong, each a sentence; empty when people can be searched.</summary>
    public IEnumerable<string> Problems()
    {
        if (!BaseUrl.IsAbsoluteUri) yield return "Apollo: BaseUrl is not an absolute address.";
        if (string.IsNullOrWhiteSpace(ApiKey)) yield return "Apollo: ApiKey is missing.";
        if (RequestTimeoutSeconds is not (> 0 and <= 300)) yield return "Apollo: RequestTimeoutSeconds must be above 0 and at most 300.";
    }

    internal Uri At(string path) => new($"{BaseUrl.AbsoluteUri.TrimEnd('/')}/{path}");
}
