using System.Text.RegularExpressions;

namespace Meridian.Adapters.Mail;

/// <summary>
/// Signing in with a token instead of a password: Microsoft 365 asks for it, Gmail prefers it. With a refresh token as the user who gave it; at Microsoft also as
/// an application that an administrator let into the mailboxes of a whole organisation.
/// </summary>
/// <remarks>Contract: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow and /graph/auth-v2-service (vendor).</remarks>
public sealed partial class MailOAuthOptions
{
    public string ClientId { get; set; } = "";

    /// <summary>Empty for a public client; an application's own permission needs it.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>What the user who allowed it was given; empty where an application signs in by itself.</summary>
    public string RefreshToken { get; set; } = "";

    /// <summary>The organisation at Microsoft, its directory (tenant) ID or a domain of its; empty: whichever the refresh token is of.</summary>
    public string? Tenant { get; set; }

    /// <summary><c>google</c>, <c>microsoft</c>, or the address that gives tokens.</summary>
    public string Provider { get; set; } = "google";

    /// <summary>What Microsoft Graph's token is asked for; empty: everything that was allowed there. Not used elsewhere.</summary>
    public string? Scope { get; set; }

    public Uri TokenUrl => Provider switch
    {
        "google" => new Uri("https://oauth2.googleapis.com/token"),
        "microsoft" => new Uri($"https://login.microsoftonline.com/{(HasTenant ? Uri.EscapeDataString(Tenant!.Trim()) : "common")}/oauth2/v2.0/token"),
        _ => new Uri(Provider),
    };

    /// <summary>The application signs in, not a user: there is no "me", and nothing to renew but the secret.</summary>
    public bool IsApplication => string.IsNullOrWhiteSpace(RefreshToken) && HasTenant && !string.IsNullOrWhiteSpace(ClientSecret) && Provider != "google";

    private bool HasTenant => !string.IsNullOrWhiteSpace(Tenant);

    public IEnumerable<string> Problems(string address)
    {
        if (string.IsNullOrWhiteSpace(ClientId)) yield return $"Mailbox {address}: oauth.clientId is missing; copy the application's (client) ID.";
        if (Provider is not ("google" or "microsoft") && !Uri.TryCreate(Provider, UriKind.Absolute, out _)) yield return $"Mailbox {address}: oauth.provider is '{Provider}'; use google, microsoft or an address.";
        if (HasTenant && Provider == "google") yield return $"Mailbox {address}: oauth.tenant is '{Tenant}' and oauth.provider is 'google', which knows none; set provider to microsoft, or take tenant out.";
        else if (HasTenant && !Directory().IsMatch(Tenant!.Trim())) yield return $"Mailbox {address}: oauth.tenant is '{Tenant}'; give the directory (tenant) ID of the application's page, or a domain of your organisation.";
        if (!string.IsNullOrWhiteSpace(RefreshToken)) yield break;
        if (Provider == "google") yield return $"Mailbox {address}: oauth.refreshToken is missing; allow Meridian as the mailbox' user and copy the refresh token that comes of it.";
        else if (!HasTenant) yield return $"Mailbox {address}: oauth.refreshToken and oauth.tenant are missing; give refreshToken to sign in as the user who allowed it, or tenant and clientSecret for an application's own permission.";
        else if (string.IsNullOrWhiteSpace(ClientSecret)) yield return $"Mailbox {address}: oauth.tenant is '{Tenant}' and oauth.clientSecret is missing; give clientSecret for an application's own permission, or refreshToken to sign in as a user.";
        else if (Tenant!.Trim().ToLowerInvariant() is "common" or "organizations" or "consumers") yield return $"Mailbox {address}: oauth.tenant is '{Tenant}', which is no organisation; an application without refreshToken signs in to one: give its directory (tenant) ID.";
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9.-]*$")]
    private static partial Regex Directory();
}
