using MailKit.Security;
using Meridian.Adapters.Http;
using Meridian.Adapters.Mail;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Sandbox;
using Meridian.Tests.Providers;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Post;

/// <summary>Signing in with tokens, as Gmail and Microsoft 365 want it.</summary>
public sealed class MailTokenTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mailbox_sends_and_is_heard_with_a_token_and_no_password()
    {
        var folder = Directory.CreateTempSubdirectory("meridian-token-").FullName;
        await using var world = await OutsideWorld.StartAsync(new SandboxOptions { Folder = folder, Seed = 1, Clock = TimeProvider.System, OwnerEmail = "owner@example.com", MailToken = "ya29.fresh", MailPassword = "nobody knows it" }, Cancelled);
        await using var google = new ScriptedHttp(new Reply(200, """{"access_token":"ya29.fresh","expires_in":3599,"token_type":"Bearer"}""")) { IsNoVendor = true };
        var tokens = Tokens(google, null, TimeProvider.System);
        var mailbox = new MailboxOptions { Address = "ana@growth.example", Host = "127.0.0.1", Port = world.SmtpPort, Security = MailSecurity.None, Tokens = tokens, Imap = new ImapOptions { Host = "127.0.0.1", Port = world.ImapPort, Security = MailSecurity.None, Tokens = tokens } };
        await using var mail = new SmtpMail([mailbox], null, TimeProvider.System, TimeProvider.System);
        Assert.IsType<SendResult.Accepted>(await mail.SendToOwnerAsync(new OutgoingEmail("tch_1@growth.example", "ana@growth.example", null, "owner@example.com", null, "s", "words"), Cancelled));
        await using var ears = new ImapEars([mailbox], TimeProvider.System);
        Assert.IsType<Hearing.New>(await ears.FetchNewAsync("ana@growth.example", null, Instant.FromUnixTimeSeconds(0), Cancelled));
        Assert.Equal("grant_type=refresh_token&client_id=c&refresh_token=r1&client_secret=s", Assert.Single(google.Requests).Body); // one token for both
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_runs_out_and_a_rotated_refresh_token_outlives_the_process()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-24T12:00:00Z"));
        var file = Path.Combine(Directory.CreateTempSubdirectory("meridian-token-").FullName, "tokens", "ana.json");
        var given = 0;
        await using var microsoft = new ScriptedHttp(asked => new Reply(200, $$"""{"access_token":"a{{++given}}","expires_in":3600,"refresh_token":"r{{given + 1}}"}""")) { IsNoVendor = true };
        var tokens = Tokens(microsoft, file, clock);
        Assert.Equal("a1", await tokens.GetAsync(Cancelled));
        clock.Advance(TimeSpan.FromMinutes(57));
        Assert.Equal("a1", await tokens.GetAsync(Cancelled));
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("a2", await tokens.GetAsync(Cancelled));
        Assert.Equal("a3", await Tokens(microsoft, file, clock).GetAsync(Cancelled)); // another process
        Assert.Equal(["r1", "r2", "r3"], microsoft.Requests.Select(r => r.Body.Split("refresh_token=")[^1].Split('&')[0]));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"Token has been expired or revoked."}""", typeof(AuthenticationException), "Token has been expired or revoked.; allow Meridian anew")]
    [InlineData(401, """{"error":"invalid_client"}""", typeof(AuthenticationException), "invalid_client")]
    [InlineData(503, "busy", typeof(IOException), "no token now")]
    public async Task A_refused_token_is_the_accounts_fault_and_a_busy_provider_is_nobodys(int status, string body, Type kind, string said)
    {
        await using var provider = new ScriptedHttp(new Reply(status, body)) { IsNoVendor = true };
        var e = await Assert.ThrowsAnyAsync<Exception>(() => Tokens(provider, null, TimeProvider.System).GetAsync(Cancelled));
        Assert.IsType(kind, e);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_asks_with_its_secret_for_all_it_was_granted_and_keeps_no_refresh_token()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("meridian-token-").FullName, "tokens", "ana.json");
        await using var microsoft = new ScriptedHttp(new Reply(200, """{"token_type":"Bearer","access_token":"a1","expires_in":3599,"refresh_token":"none of ours"}""")) { IsNoVendor = true };
        var tokens = new MailTokens(ProviderHttp.Create(TimeSpan.FromSeconds(5)), Application(microsoft.BaseUrl.AbsoluteUri), file, TimeProvider.System);
        Assert.Equal("a1", await tokens.GetAsync("https://graph.microsoft.com/.default", Cancelled));
        Assert.Equal("a1", await tokens.GetAsync(Cancelled)); // for mail ports
        Assert.Equal(["grant_type=client_credentials&client_id=c&client_secret=s&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default", "grant_type=client_credentials&client_id=c&client_secret=s&scope=https%3A%2F%2Foutlook.office365.com%2F.default"], microsoft.Requests.Select(r => r.Body));
        Assert.False(File.Exists(file));
        Assert.Equal("https://login.microsoftonline.com/growth.example/oauth2/v2.0/token", Application("microsoft").TokenUrl.AbsoluteUri);
    }

    [Fact]
    public async Task A_letter_of_an_application_goes_out_in_the_name_of_the_address_and_is_found_again()
    {
        var folder = Directory.CreateTempSubdirectory("meridian-token-").FullName;
        var asked = new List<string>();
        await using var world = await OutsideWorld.StartAsync(new SandboxOptions { Folder = folder, Seed = 1, Clock = TimeProvider.System, OwnerEmail = "owner@example.com", Sees = (_, method, path, _, _) => asked.Add($"{method} {path.Split('?')[0]}") }, Cancelled);
        var oauth = Application(new Uri(world.GraphBase, "/token").AbsoluteUri);
        oauth.ClientSecret = "sandbox-app-secret";
        // An account would matter only where a user signs in.
        var mailbox = new MailboxOptions { Address = "ana@growth.example", User = "ana@growth.example", Via = MailVia.Graph, BaseUrl = world.GraphBase, Tokens = new MailTokens(ProviderHttp.Create(TimeSpan.FromSeconds(5)), oauth, null, TimeProvider.System) };
        Assert.Empty(mailbox.Problems());
        await using var mail = new RoutedMail([mailbox], null, new ImapEars([], TimeProvider.System), TimeProvider.System, TimeProvider.System);
        var begun = Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow());
        Assert.IsType<SendResult.Accepted>(await mail.SendAsync(Permits.Fresh(Meridian.Domain.Touches.Channel.Email), new OutgoingEmail("tch_1@growth.example", "ana@growth.example", null, "dana@people.example", null, "Hello", "words"), Cancelled));
        Assert.IsType<Sighting.Found>(await mail.FindAsync(new SentEmail("ana@growth.example", "tch_1@growth.example", "dana@people.example", "Hello", begun), Cancelled));
        Assert.Equal(["POST /token", "POST /v1.0/users/ana@growth.example/sendMail", "GET /v1.0/users/ana@growth.example/messages", "GET /v1.0/users/ana@growth.example/mailFolders/sentitems/messages"], asked.Select(Uri.UnescapeDataString));
    }

    [Theory]
    [InlineData("microsoft", "c", "s", "growth.example", "", null)]
    [InlineData("microsoft", "c", null, "growth.example", "r", null)]
    [InlineData("microsoft", "c", null, null, "r", null)]
    [InlineData("google", "c", "s", null, "r", null)]
    [InlineData("microsoft", "", "s", "growth.example", "", "oauth.clientId is missing; copy")]
    [InlineData("microsoft", "c", "s", null, "", "oauth.refreshToken and oauth.tenant are missing; give refreshToken")]
    [InlineData("microsoft", "c", null, "growth.example", "", "oauth.tenant is 'growth.example' and oauth.clientSecret is missing; give clientSecret")]
    [InlineData("microsoft", "c", "s", "Common", "", "oauth.tenant is 'Common', which is no organisation")]
    [InlineData("microsoft", "c", "s", "https://login.microsoftonline.com/x", "", "give the directory (tenant) ID")]
    [InlineData("google", "c", "s", "growth.example", "r", "oauth.tenant is 'growth.example' and oauth.provider is 'google', which knows none; set provider to microsoft")]
    [InlineData("google", "c", "s", null, "", "oauth.refreshToken is missing; allow Meridian")]
    [InlineData("sendmail", "c", "s", null, "r", "oauth.provider is 'sendmail'; use google, microsoft or an address")]
    public void Settings_half_given_are_told_with_field_value_and_fix(string provider, string id, string? secret, string? tenant, string refreshToken, string? problem)
    {
        var problems = new MailOAuthOptions { Provider = provider, ClientId = id, ClientSecret = secret, Tenant = tenant, RefreshToken = refreshToken }.Problems("ana@growth.example").ToList();
        if (problem is null) Assert.Empty(problems);
        else Assert.Contains(problem, Assert.Single(problems), StringComparison.Ordinal);
    }

    private static MailOAuthOptions Application(string provider) => new() { ClientId = "c", ClientSecret = "s", Tenant = "growth.example", Provider = provider };

    private static MailTokens Tokens(ScriptedHttp provider, string? file, TimeProvider clock) =>
        new(ProviderHttp.Create(TimeSpan.FromSeconds(5)), new MailOAuthOptions { ClientId = "c", ClientSecret = "s", RefreshToken = "r1", Provider = provider.BaseUrl.AbsoluteUri }, file, clock);
}
