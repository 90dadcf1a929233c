using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using MailKit.Security;
using Meridian.Adapters.Http;

namespace Meridian.Adapters.Mail;

/// <summary>Signing in with a token instead of a password: Microsoft 365 asks for it, Gmail prefers it.</summary>
public sealed class MailOAuthOptions
{
    public string ClientId { get; set; } = "";

    /// <summary>Empty for a public client.</summary>
    public string? ClientSecret { get; set; }

    public string RefreshToken { get; set; } = "";

    /// <summary><c>google</c>, <c>microsoft</c>, or the address that gives tokens.</summary>
    public string Provider { get; set; } = "google";

    /// <summary>What Microsoft Graph's token is asked for; empty: everything that was allowed there. Not used elsewhere.</summary>
    public string? Scope { get; set; }

    public Uri TokenUrl => Provider switch
    {
        "google" => new Uri("https://oauth2.googleapis.com/token"),
        "microsoft" => new Uri("https://login.microsoftonline.com/common/oauth2/v2.0/token"),
        _ => new Uri(Provider),
    };

    public IEnumerable<string> Problems(string address)
    {
        if (string.IsNullOrWhiteSpace(ClientId) || string.IsNullOrWhiteSpace(RefreshToken)) yield return $"Mailbox {address}: oauth needs clientId and refreshToken.";
        if (Provider is not ("google" or "microsoft") && !Uri.TryCreate(Provider, UriKind.Absolute, out _)) yield return $"Mailbox {address}: oauth.provider is '{Provider}'; use google, microsoft or an address.";
    }
}

/// <summary>
/// One mailbox' access tokens, renewed before they run out, by one request at a time. Microsoft gives one for each of its services, by scope; all come
/// from the one refresh token. A refresh token that comes back new (Microsoft's do) is written to disk
/// before it is used: the old one may not work again.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "A semaphore nobody waits on by handle holds nothing to give back.")]
public sealed class MailTokens(HttpClient http, MailOAuthOptions options, string? keptIn, TimeProvider machine)
{
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(2);
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ConcurrentDictionary<string, Held> held = new();

    /// <summary>The scope that opens Microsoft Graph.</summary>
    internal string GraphScope => string.IsNullOrWhiteSpace(options.Scope) ? "https://graph.microsoft.com/.default offline_access" : options.Scope;

    /// <exception cref="AuthenticationException">The provider refuses to give one: a person must allow it anew.</exception>
    public Task<string> GetAsync(CancellationToken cancellation) => GetAsync(null, cancellation);

    /// <summary>What the token in hand may do, in its giver's words; null: not told, or there is none.</summary>
    public string? GrantedFor(string? scope) => held.GetValueOrDefault(scope ?? "")?.Granted;

    /// <summary>Whoever it was shown to refused it: the next asking brings another.</summary>
    public void Forget(string? scope) => held.TryRemove(scope ?? "", out _);

    /// <param name="scope">Null: that of the first allowance.</param>
    /// <exception cref="AuthenticationException">The provider refuses to give one: a person must allow it anew.</exception>
    public async Task<string> GetAsync(string? scope, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (held.TryGetValue(scope ?? "", out var now) && machine.GetUtcNow() < now.Until - Early) return now.Token;
            using var form = new FormUrlEncodedContent(Form(scope));
            using var request = new HttpRequestMessage(HttpMethod.Post, options.TokenUrl) { Content = form };
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var answer = await http.SendAsync(request, cancellation).ConfigureAwait(false);
            var body = await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            var json = JsonReading.TryParse(body) ?? default;
            if (!answer.IsSuccessStatusCode || json.At("access_token").Text() is not { } fresh)
            {
                var why = json.At("error_description").Text() ?? json.At("error").Text() ?? $"status {(int)answer.StatusCode}";
                if ((int)answer.StatusCode is 408 or 429 or >= 500 || (answer.IsSuccessStatusCode && json.ValueKind != JsonValueKind.Object)) throw new IOException($"{options.TokenUrl.Host} gives no token now: {why}");
                throw new AuthenticationException($"{options.TokenUrl.Host} gives no token: {why}; allow Meridian anew and write the new refresh token into the mailbox' oauth.refreshToken");
            }

            if (json.At("refresh_token").Text() is { } rotated && rotated != Current()) Keep(rotated);
            held[scope ?? ""] = new Held(fresh, machine.GetUtcNow() + TimeSpan.FromSeconds(Math.Clamp(json.At("expires_in").Number() ?? 3600, 60, 86_400)), json.At("scope").Text());
            return fresh;
        }
        finally
        {
            turn.Release();
        }
    }

    private Dictionary<string, string> Form(string? scope)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["client_id"] = options.ClientId, ["refresh_token"] = Current() };
        if (!string.IsNullOrEmpty(options.ClientSecret)) form["client_secret"] = options.ClientSecret;
        if (scope is not null) form["scope"] = scope;
        return form;
    }

    /// <summary>What came last; the settings win again when somebody writes another one there.</summary>
    private string Current()
    {
        if (keptIn is null || !File.Exists(keptIn)) return options.RefreshToken;
        try
        {
            var kept = JsonSerializer.Deserialize<Kept>(File.ReadAllText(keptIn));
            return kept is not null && kept.Given == options.RefreshToken ? kept.Now : options.RefreshToken;
        }
        catch (JsonException)
        {
            return options.RefreshToken;
        }
    }

    private void Keep(string rotated)
    {
        if (keptIn is not null) PrivateFile.Replace(keptIn, JsonSerializer.Serialize(new Kept(options.RefreshToken, rotated)));
    }

    private sealed record Kept(string Given, string Now);

    private sealed record Held(string Token, DateTimeOffset Until, string? Granted);
}
