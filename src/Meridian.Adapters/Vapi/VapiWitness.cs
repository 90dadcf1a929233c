using System.Net.Http.Headers;
using Meridian.Adapters.Http;
using Meridian.Engine.Checks;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.Vapi;

/// <summary>What Vapi remembers of the calls our caller IDs placed: each carries our touch id.</summary>
public sealed class VapiWitness(HttpClient http, VapiOptions options, IReadOnlyCollection<string> phoneNumberIds, TimeProvider machine) : IActivityWitness
{
    private const int PageSize = 1000;

    private readonly Wire wire = new(http, machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));

    /// <summary>The newest thousand of each caller ID: a caller ID places at most 300 a day.</summary>
    public async Task<IReadOnlyList<SeenTouch>?> SinceAsync(Instant from, CancellationToken cancellation)
    {
        var seen = new List<SeenTouch>();
        foreach (var id in phoneNumberIds.Order(StringComparer.Ordinal))
        {
            var path = $"/call?phoneNumberId={Uri.EscapeDataString(id)}&createdAtGe={Uri.EscapeDataString(InstantPattern.ExtendedIso.Format(from))}&limit={PageSize}";
            var exchange = await wire.GetAsync(new Uri(options.BaseUrl.AbsoluteUri.TrimEnd('/') + path), Authorize, cancellation).ConfigureAwait(false);
            if (exchange is not Exchange.Answered { Succeeded: true } answer || JsonReading.TryParse(answer.Body) is not { ValueKind: System.Text.Json.JsonValueKind.Array } calls) return null;
            seen.AddRange(from call in calls.Items()
                           where CallReading.TouchId(call) is { } && call.At("createdAt").Time() is { }
                           select new SeenTouch(CallReading.TouchId(call)!, call.At("createdAt").Time()!.Value));
        }

        return seen;
    }

    private void Authorize(HttpRequestHeaders headers) => headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);
}
