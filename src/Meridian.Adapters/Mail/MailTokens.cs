using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using MailKit.Security;
using Meridian.Adapters.Http;

namespace Meridian.Adapters.Mail;

/// <summary>
/// One mailbox' access tokens, renewed before they run out, by one request at a time. Microsoft gives one for each of its services, by scope; all come
/// from the one refresh token, or from the application's own secret. A refresh token that comes back new (Microsoft's do) is written to disk
/// before it is used: the old one may not work again.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "A semaphore nobody waits on by handle holds nothing to give back.")]
public sealed class MailTokens(HttpClient http, MailOAuthOptions options, string? keptIn, TimeProvider machine)
{
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(2);
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ConcurrentDictionary<string, Held> held = new();

    /// <summary>What an application is asked for to read mailboxes and send by SMTP there.</summary>
    internal const string OutlookForApplications = "https://outlook.office365.com/.default";

    /// <summary>The application signs in, not a user.</summary>
    public bool IsApplication => options.IsApplication;

    /// <summary>The scope that opens Microsoft Graph. An application's is everything an administrator granted, and nothing it could ask for beyond.</summary>
    internal string GraphScope => !string.IsNullOrWhiteSpace(options.Scope) ? options.Scope : IsApplication ? "https://graph.microsoft.com/.default" : "https://graph.microsoft.com/.default offline_access";

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
                throw new AuthenticationException($"{options.TokenUrl.Host} gives no token: {why}; {Mend}");
            }

            if (!IsApplication && json.At("refresh_token").Text() is { } rotated && rotated != Current()) Keep(rotated);
            held[scope ?? ""] = new Held(fresh, machine.GetUtcNow() + TimeSpan.FromSeconds(Math.Clamp(json.At("expires_in").Number() ?? 3600, 60, 86_400)), json.At("scope").Text());
            return fresh;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>What a person does about a token that is refused.</summary>
    internal string Mend => IsApplication ? "look at the mailbox' oauth.tenant, oauth.clientId and oauth.clientSecret (a secret ends on a day of its own)" : "allow Meridian anew and write the new refresh token into the mailbox' oauth.refreshToken";

    private Dictionary<string, string> Form(string? scope)
    {
        if (IsApplication) return new() { ["grant_type"] = "client_credentials", ["client_id"] = options.ClientId, ["client_secret"] = options.ClientSecret!, ["scope"] = scope ?? OutlookForApplications };
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
