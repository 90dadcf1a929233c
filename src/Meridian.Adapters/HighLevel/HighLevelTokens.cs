using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// A marketplace app's access token, renewed before it runs out. The refresh token is good for one use, so one process renews and the others wait: a claim on
/// the shelf says who. What comes back is on the shelf before it is used. Should the renewer die in between, somebody else asks with the same
/// refresh token while HighLevel still answers it alike (thirty seconds); after that a person must install the app anew.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "A semaphore nobody waits on by handle holds nothing to give back.")]
internal sealed partial class HighLevelTokens(HttpClient http, HighLevelOptions options, HighLevelOAuthOptions app, ITokenShelf shelf, TimeProvider machine)
{
    /// <summary>Well before its day is over, and long enough for a request under way.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(10);

    /// <summary>Shorter than the time in which HighLevel answers a used refresh token alike.</summary>
    private static readonly TimeSpan Claimed = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(300);
    /// <summary>A new token that is refused like the one before says that no newer one would help.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(8);

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Wire wire = new(http, machine, RequestTimeout);
    private readonly string me = System.Security.Cryptography.RandomNumberGenerator.GetHexString(16);
    private volatile string? refused;
    private Kept? held;
    private DateTimeOffset? renewedForRefusal;
    private (string Claim, Kept Next)? unsaved;

    /// <summary>A 401 about the token itself. A missing scope is a 401, too, and no new token would help.</summary>
    public static bool IsRefused(Exchange.Answered answer) =>
        answer.Status == 401 && JsonReading.ErrorText(JsonReading.TryParse(answer.Body), answer.Body) is var said && TokenWords().IsMatch(said) && !ScopeWords().IsMatch(said);

    /// <summary>HighLevel does not take this one any more, whatever its time.</summary>
    public void Refused(string token) => refused = token;

    /// <summary>A token that may be shown, or why there is none.</summary>
    public async Task<(string? Token, Exchange? No)> GetAsync(CancellationToken cancellation)
    {
        if (held is { } ours && IsGood(ours)) return (ours.Access, null);
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await RenewAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (null, new Exchange.TurnedAway(NotSentBecause.Transient, $"the place where HighLevel's tokens are kept cannot be used now: {e.Message}"));
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<(string? Token, Exchange? No)> RenewAsync(CancellationToken cancellation)
    {
        if (unsaved is { } waiting && await shelf.TryReplaceAsync(waiting.Claim, waiting.Next.Text()).ConfigureAwait(false)) held = waiting.Next;
        unsaved = null;
        var wasRefused = held?.Access is { } shown && shown == refused;
        if (wasRefused && machine.GetUtcNow() - renewedForRefusal < Believed)
            return (null, new Exchange.TurnedAway(NotSentBecause.Account, "HighLevel refuses the app's new token like the one before: is the app still installed at the location?"));
        var began = machine.GetTimestamp();
        while (true)
        {
            var raw = await shelf.ReadAsync().ConfigureAwait(false);
            var kept = Kept.Read(raw, app.RefreshToken);
            if (kept.Place is { } place && place != options.LocationId)
                return (null, new Exchange.TurnedAway(NotSentBecause.Account, $"the app's token is for the location {place}, highLevel.locationId is {options.LocationId}", Elsewhere: true));
            if (IsGood(kept)) return ((held = kept).Access, null);
            if (kept.Holder is not null && kept.Holder != me && machine.GetUtcNow() < kept.HeldUntil)
            {
                if (machine.GetElapsedTime(began) > Claimed) return (null, new Exchange.TurnedAway(NotSentBecause.Transient, "another process is renewing HighLevel's token"));
                await Task.Delay(LookAgain, machine, cancellation).ConfigureAwait(false);
                continue;
            }

            var claim = kept with { Holder = me, HeldUntil = machine.GetUtcNow() + Claimed };
            if (!await shelf.TryReplaceAsync(raw, claim.Text()).ConfigureAwait(false))
            {
                // Somebody else writes, or nobody can: a full disk looks the same, and whoever waits here for ever holds up every request.
                if (machine.GetElapsedTime(began) > Claimed) return (null, Transient("its place on the shelf cannot be written"));
                await Task.Delay(LookAgain, machine, cancellation).ConfigureAwait(false);
                continue;
            }

            var (next, no) = await AskAsync(kept).ConfigureAwait(false);
            if (next is null)
            {
                await shelf.TryReplaceAsync(claim.Text(), kept.Text()).ConfigureAwait(false);
                return (null, no);
            }

            if (wasRefused) renewedForRefusal = machine.GetUtcNow();
            unsaved = (claim.Text(), next);
            var saved = await shelf.TryReplaceAsync(claim.Text(), next.Text()).ConfigureAwait(false);
            unsaved = null;
            if (saved && next.Access is not null) return ((held = next).Access, null);
            // It is for another location, and what lies there now says so; or somebody thought us dead and asked as well, and what they got lies there.
        }
    }

    /// <summary>Not stopped half way: what was asked for must be kept. A lost answer is asked for once more, which HighLevel answers alike.</summary>
    private async Task<(Kept? Next, Exchange? No)> AskAsync(Kept kept)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["client_id"] = app.ClientId, ["client_secret"] = app.ClientSecret, ["grant_type"] = "refresh_token", ["refresh_token"] = kept.Now, ["user_type"] = app.UserType,
        });
        var body = await form.ReadAsByteArrayAsync(CancellationToken.None).ConfigureAwait(false);
        var exchange = await OnceAsync(body).ConfigureAwait(false);
        if (exchange is Exchange.Lost or Exchange.Answered { Status: >= 500 } || IsUnreadable(exchange)) exchange = await OnceAsync(body).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return (null, Transient(exchange.Why));
        if (IsUnreadable(exchange)) return (null, Transient("its answer could not be read"));
        var json = JsonReading.TryParse(answer.Body) ?? default;
        var why = json.At("error_description").Text() ?? JsonReading.ErrorText(json, answer.Body);
        if (answer.Status is 408 or 429 or >= 500) return (null, Transient($"{answer.Status}: {why}"));
        if (!answer.Succeeded || json.At("access_token").Text() is not { } access)
            return (null, new Exchange.TurnedAway(NotSentBecause.Account, $"HighLevel gives no token for the app: {why}"));
        var refresh = json.At("refresh_token").Text() ?? kept.Now;
        // The one it came from is used up, so this one is kept also where it may not be used: the owner mends locationId, and nobody installs anything.
        var place = json.At("locationId").Text() ?? kept.Place;
        if (place is not null && place != options.LocationId) return (new Kept(app.RefreshToken, refresh, null, null, null, null, place), null);
        var lives = TimeSpan.FromSeconds(Math.Clamp(json.At("expires_in").Number() ?? 86_399, 60, 7 * 86_400));
        return (new Kept(app.RefreshToken, refresh, access, machine.GetUtcNow() + lives, null, null, place), null);
    }

    /// <summary>A success that is no token and no refusal either: somebody in between answered.</summary>
    private static bool IsUnreadable(Exchange exchange) => exchange is Exchange.Answered { Succeeded: true } answer && JsonReading.TryParse(answer.Body) is not { ValueKind: JsonValueKind.Object };

    private Task<Exchange> OnceAsync(byte[] body) => wire.SendAsync(
        HttpMethod.Post, new Uri(options.BaseUrl.AbsoluteUri.TrimEnd('/') + "/oauth/token"), headers => headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json")),
        body, new MediaTypeHeaderValue("application/x-www-form-urlencoded"), null, CancellationToken.None);

    private bool IsGood(Kept kept) => kept.Access is { } access && access != refused && machine.GetUtcNow() < kept.Until - Early;

    private static Exchange.TurnedAway Transient(string why) => new(NotSentBecause.Transient, $"HighLevel gives no token now: {why}");

    [GeneratedRegex(@"token|jwt", RegexOptions.IgnoreCase)]
    private static partial Regex TokenWords();

    [GeneratedRegex(@"scope|authclass|version|location", RegexOptions.IgnoreCase)]
    private static partial Regex ScopeWords();

    /// <summary>What lies on the shelf.</summary>
    /// <param name="Given">The refresh token of the settings that this came from; another one there wins.</param>
    /// <param name="Now">The refresh token that is good now.</param>
    /// <param name="Holder">Who is renewing at this moment, until <paramref name="HeldUntil"/>.</param>
    /// <param name="Place">The location it is for; null: HighLevel did not say.</param>
    private sealed record Kept(string Given, string Now, string? Access, DateTimeOffset? Until, string? Holder, DateTimeOffset? HeldUntil, string? Place = null)
    {
        public string Text() => JsonSerializer.Serialize(this);

        public static Kept Read(string? raw, string given)
        {
            try
            {
                if (raw is not null && JsonSerializer.Deserialize<Kept>(raw) is { Now: not null } kept && kept.Given == given) return kept;
            }
            catch (JsonException)
            {
                // Somebody wrote into it: the settings' own token is what is left.
            }

            return new Kept(given, given, null, null, null, null);
        }
    }
}
