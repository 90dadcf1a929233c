using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// One HighLevel location as this process reaches it: its token, its pace and its connections, shared by everybody who asks there. A request under a
/// permit is never made twice.
/// </summary>
/// <param name="before">The same location under the settings before: how fast it may be asked is known already.</param>
public sealed class HighLevelLocation(HttpClient http, HighLevelOptions options, TimeProvider machine, HighLevelLocation? before = null)
{
    private readonly Wire wire = new(http, machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));

    public HighLevelOptions Options => options;

    internal HighLevelPace Pace { get; } = before is not null && before.Options.LocationId == options.LocationId && before.Options.BaseUrl == options.BaseUrl ? before.Pace : new HighLevelPace(machine);

    internal Task<Exchange> GetAsync(string path, string version, Haste haste, CancellationToken cancellation) =>
        AskAsync(haste, () => wire.GetAsync(At(path), Headers(version), cancellation), cancellation);

    internal Task<Exchange> SendAsync(HttpMethod method, string path, string version, JsonObject body, Haste haste, CancellationToken cancellation, SendPermit? permit = null) =>
        AskAsync(haste, () => wire.SendAsync(method, At(path), Headers(version), body, permit, cancellation), cancellation);

    private async Task<Exchange> AskAsync(Haste haste, Func<Task<Exchange>> ask, CancellationToken cancellation)
    {
        try
        {
            if (await Pace.EnterAsync(haste, cancellation).ConfigureAwait(false) is { } why) return new Exchange.NeverLeft(why, Stopped: false);
        }
        catch (OperationCanceledException)
        {
            return new Exchange.NeverLeft("stopped while it waited for its turn", Stopped: true);
        }

        var exchange = await ask().ConfigureAwait(false);
        if (exchange is Exchange.Answered answer) Pace.Heard(answer.Status, answer.Rate, answer.RetryAfter);
        return exchange;
    }

    private Action<HttpRequestHeaders> Headers(string version) => headers =>
    {
        headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
        headers.Add("Version", version);
        headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    };

    private Uri At(string path) => new(options.BaseUrl.AbsoluteUri.TrimEnd('/') + path);
}
