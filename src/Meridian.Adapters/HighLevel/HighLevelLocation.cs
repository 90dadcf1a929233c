using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// One HighLevel location as this process reaches it: its token, its pace and its connections, shared by everybody who asks there. A request under a
/// permit is never made twice.
/// </summary>
/// <param name="shelf">Where refresh tokens that came back new are kept; null: in memory only.</param>
/// <param name="pacing">The clock its pace is kept by; null: the machine's.</param>
/// <param name="before">The same location under the settings before: how fast it may be asked is known already.</param>
public sealed class HighLevelLocation(HttpClient http, HighLevelOptions options, TimeProvider machine, HighLevelLocation? before = null, ITokenShelf? shelf = null, TimeProvider? pacing = null)
{
    private readonly Wire wire = new(http, machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));
    private readonly HighLevelTokens? tokens = options.OAuth is { } app ? new(http, options, app, shelf ?? new TokenMemory(), machine) : null;

    public HighLevelOptions Options => options;

    internal HighLevelPace Pace { get; } = before is not null && before.Options.LocationId == options.LocationId && before.Options.BaseUrl == options.BaseUrl ? before.Pace : new HighLevelPace(pacing ?? machine);

    internal Task<Exchange> GetAsync(string path, string version, Haste haste, CancellationToken cancellation) =>
        AskAsync(haste, token => wire.GetAsync(At(path), Headers(version, token), cancellation), null, cancellation);

    internal Task<Exchange> SendAsync(HttpMethod method, string path, string version, JsonObject body, Haste haste, CancellationToken cancellation, SendPermit? permit = null) =>
        AskAsync(haste, token => wire.SendAsync(method, At(path), Headers(version, token), body, permit, cancellation), permit, cancellation);

    /// <summary>To a workflow's trigger: its address is the secret, and the location's token is nobody's business there.</summary>
    internal Task<Exchange> PostWithoutTokenAsync(Uri trigger, JsonObject body, SendPermit permit, CancellationToken cancellation) =>
        wire.SendAsync(HttpMethod.Post, trigger, headers => headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json")), body, permit, cancellation);

    /// <summary>A refused token is renewed and the request made once more, for a 401 proves that nothing was done; but never under a permit, which is used up.</summary>
    private async Task<Exchange> AskAsync(Haste haste, Func<string, Task<Exchange>> ask, SendPermit? permit, CancellationToken cancellation)
    {
        for (var again = false; ; again = true)
        {
            var token = options.Token;
            try
            {
                if (tokens is not null)
                {
                    var (fresh, no) = await tokens.GetAsync(cancellation).ConfigureAwait(false);
                    if (fresh is null) return no!;
                    token = fresh;
                }

                if (await Pace.EnterAsync(haste, cancellation).ConfigureAwait(false) is { } why) return new Exchange.NeverLeft(why, Stopped: false);
            }
            catch (OperationCanceledException)
            {
                return new Exchange.NeverLeft("stopped while it waited for its turn", Stopped: true);
            }

            var exchange = await ask(token).ConfigureAwait(false);
            if (exchange is not Exchange.Answered answer) return exchange;
            Pace.Heard(answer.Status, answer.Rate, answer.RetryAfter);
            if (tokens is null || !HighLevelTokens.IsRefused(answer)) return exchange;
            tokens.Refused(token);
            if (permit is not null) return new Exchange.TurnedAway(NotSentBecause.Transient, "HighLevel refused the access token; the next attempt brings a new one");
            if (again) return exchange;
        }
    }

    private static Action<HttpRequestHeaders> Headers(string version, string token) => headers =>
    {
        headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        headers.Add("Version", version);
        headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    };

    private Uri At(string path) => new(options.BaseUrl.AbsoluteUri.TrimEnd('/') + path);
}
