using System.Net.Http.Headers;

namespace Meridian.Adapters.Apollo;

/// <summary>What every request to Apollo carries in its head.</summary>
internal static class ApolloKey
{
    public static void Show(HttpRequestHeaders headers, ApolloOptions options)
    {
        headers.TryAddWithoutValidation("x-api-key", options.ApiKey);
        headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }
}
