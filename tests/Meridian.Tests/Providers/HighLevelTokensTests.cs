using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Http;
using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Host.Composition;
using Meridian.Host.Run;
using Meridian.Tests.Ledger;
using Meridian.Tests.Sandbox;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

/// <summary>A marketplace app's tokens: a day each, and a refresh token that is good for one use.</summary>
public class HighLevelTokensTests
{
    private static readonly TextPerson Ann = new("led_1", "Ann", "Lee", null, "+13125550117", null);
    private static readonly OutgoingText Hello = new(Permits.TouchId, "con_1", "+13125550100", "+13125550117", "Hi");
    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-11-23T15:00:00Z"));

    [Fact]
    public async Task A_token_is_fetched_once_a_day_before_the_last_one_ends_and_outlives_the_process()
    {
        await using var world = await World.StartAsync();
        var shelf = File();
        var location = Location(world, shelf);
        for (var n = 0; n < 3; n++) Assert.IsType<TextContact.Ready>(await Texts(location).PrepareAsync(Ann, default));
        Assert.Equal(1, world.Outside.TokensGiven);
        Assert.IsType<TextContact.Ready>(await Texts(Location(world, shelf)).PrepareAsync(Ann, default)); // another process of the same folder
        Assert.Equal(1, world.Outside.TokensGiven);
        Pass(world, TimeSpan.FromHours(23.9));
        Assert.IsType<TextContact.Ready>(await Texts(location).PrepareAsync(Ann, default));
        Assert.Equal(2, world.Outside.TokensGiven);
        Pass(world, TimeSpan.FromHours(23.9));
        Assert.IsType<TextContact.Ready>(await Texts(Location(world, shelf)).PrepareAsync(Ann, default));
        Assert.Equal(3, world.Outside.TokensGiven);
    }

    [Fact]
    public async Task A_token_that_is_refused_before_its_time_is_renewed_once_and_the_question_asked_again()
    {
        await using var world = await World.StartAsync();
        var location = Location(world, File());
        Assert.IsType<TextContact.Ready>(await Texts(location).PrepareAsync(Ann, default));
        world.Clock.Advance(TimeSpan.FromHours(25)); // theirs only
        Assert.IsType<TextContact.Ready>(await Texts(location).PrepareAsync(Ann, default));
        Assert.Equal(2, world.Outside.TokensGiven);
    }

    [Fact]
    public async Task Two_processes_that_need_a_new_token_at_once_ask_for_one()
    {
        await using var world = await World.StartAsync();
        var shelf = File();
        var everybody = Enumerable.Range(0, 6).Select(_ => Location(world, shelf, TimeProvider.System)).Select(l => Texts(l).PrepareAsync(Ann, default)).ToList();
        Assert.All(await Task.WhenAll(everybody), contact => Assert.IsType<TextContact.Ready>(contact));
        Assert.Equal(1, world.Outside.TokensGiven);
    }

    [Fact]
    public async Task A_send_whose_token_is_refused_is_proved_not_sent_and_never_made_twice()
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Path == "/oauth/token"
            ? new Reply(200, """{"access_token":"a1","expires_in":86399,"refresh_token":"r2","userId":"u"}""")
            : new Reply(401, """{"statusCode":401,"message":"Invalid token: access token is invalid","error":"Unauthorized"}"""));
        var texts = Texts(Location(highLevel.BaseUrl, new TokenMemory(), "location_1", clock));
        Assert.Equal("NotSent Transient", Permits.Plainly(await texts.SendAsync(Permits.On(clock, Channel.Text), Hello, default)));
        Assert.Single(highLevel.Requests, r => r.Path == "/conversations/messages");
    }

    [Fact]
    public async Task New_tokens_that_are_refused_like_the_old_are_not_fetched_again_and_again()
    {
        var given = 0;
        await using var highLevel = new ScriptedHttp(asked => asked.Path == "/oauth/token"
            ? new Reply(200, $$"""{"access_token":"a{{++given}}","expires_in":86399,"refresh_token":"r{{given}}","userId":"u"}""")
            : new Reply(401, """{"statusCode":401,"message":"Invalid token: access token is invalid","error":"Unauthorized"}"""));
        var texts = Texts(Location(highLevel.BaseUrl, new TokenMemory(), "location_1", clock));
        for (var n = 0; n < 5; n++) Assert.Equal(NotSentBecause.Account, Assert.IsType<TextContact.NotReady>(await texts.PrepareAsync(Ann, default)).Because);
        Assert.Equal(2, given);
    }

    [Fact]
    public async Task A_missing_scope_brings_no_new_token()
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Path == "/oauth/token"
            ? new Reply(200, """{"access_token":"a1","expires_in":86399,"refresh_token":"r2","userId":"u"}""")
            : new Reply(401, """{"message":"The token is not authorized for this scope."}"""));
        var location = Location(highLevel.BaseUrl, new TokenMemory(), "location_1", clock);
        Assert.Equal(NotSentBecause.Account, Assert.IsType<TextContact.NotReady>(await Texts(location).PrepareAsync(Ann, default)).Because);
        Assert.Equal("NotSent Account", Permits.Plainly(await Texts(location).SendAsync(Permits.On(clock, Channel.Text), Hello, default)));
        Assert.Single(highLevel.Requests, r => r.Path == "/oauth/token");
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"This refresh token is invalid"}""", NotSentBecause.Account, "This refresh token is invalid")]
    [InlineData(401, """{"error":"invalid_client","error_description":"Invalid client credentials!"}""", NotSentBecause.Account, "Invalid client credentials!")]
    [InlineData(200, """{"access_token":"a","refresh_token":"r","locationId":"elsewhere"}""", NotSentBecause.Account, "the app's token is for the location elsewhere")]
    [InlineData(503, "", NotSentBecause.Transient, "no token now")]
    [InlineData(429, """{"message":"Too Many Requests"}""", NotSentBecause.Transient, "no token now")]
    public async Task No_token_is_the_accounts_fault_or_nobodys_and_says_why(int status, string body, NotSentBecause because, string why)
    {
        await using var highLevel = new ScriptedHttp(new Reply(status, body));
        var refused = Assert.IsType<TextContact.NotReady>(await Texts(Location(highLevel.BaseUrl, new TokenMemory(), "location_1", clock)).PrepareAsync(Ann, default));
        Assert.Equal(because, refused.Because);
        Assert.Contains(why, refused.Reason, StringComparison.Ordinal);
        Assert.All(highLevel.Requests, r => Assert.Equal("/oauth/token", r.Path));
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_while_it_is_answered_alike()
    {
        var lost = 0;
        await using var highLevel = new ScriptedHttp(asked => asked.Path != "/oauth/token" ? new Reply(200, """{"contact":{"id":"k","phone":"+13125550117","dnd":false}}""")
            : lost++ == 0 ? Reply.Drop : new Reply(200, """{"access_token":"a1","expires_in":86399,"refresh_token":"r2","userId":"u"}"""));
        Assert.IsType<TextContact.Ready>(await Texts(Location(highLevel.BaseUrl, new TokenMemory(), "location_1", clock)).PrepareAsync(Ann, default));
        var asked = highLevel.Requests.Where(r => r.Path == "/oauth/token").ToList();
        Assert.Equal(2, asked.Count);
        Assert.All(asked, r => Assert.Equal("client_id=app_1&client_secret=app_secret&grant_type=refresh_token&refresh_token=refresh_1&user_type=Location", r.Body));
    }

    [Fact]
    public async Task What_came_back_is_kept_before_it_is_used_even_when_the_shelf_was_away()
    {
        await using var world = await World.StartAsync();
        var shelf = new Rickety(File()) { BreaksOnWrite = 2 };
        var location = Location(world, shelf);
        Assert.Equal(NotSentBecause.Transient, Assert.IsType<TextContact.NotReady>(await Texts(location).PrepareAsync(Ann, default)).Because);
        Assert.IsType<TextContact.Ready>(await Texts(location).PrepareAsync(Ann, default));
        Assert.Equal(1, world.Outside.TokensGiven);
        Assert.Contains("\"Given\":\"refresh_1\"", (await shelf.ReadAsync())!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_died_while_renewing_holds_nobody_up_for_long()
    {
        await using var world = await World.StartAsync();
        var shelf = File();
        await shelf.TryReplaceAsync(null, """{"Given":"refresh_1","Now":"refresh_1","Access":null,"Until":null,"Holder":"somebody","HeldUntil":"2026-11-23T15:00:20+00:00"}""");
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.IsType<TextContact.Ready>(await Texts(Location(world, shelf)).PrepareAsync(Ann, default));
    }

    [Fact]
    public async Task A_new_refresh_token_in_the_settings_wins_over_the_one_that_was_kept()
    {
        var shelf = File();
        await shelf.TryReplaceAsync(null, """{"Given":"an older one","Now":"dead","Access":"dead","Until":"2099-01-01T00:00:00+00:00","Holder":null,"HeldUntil":null}""");
        await using var world = await World.StartAsync();
        Assert.IsType<TextContact.Ready>(await Texts(Location(world, shelf)).PrepareAsync(Ann, default));
    }

    [Fact]
    public async Task A_wrong_location_in_the_settings_costs_no_installation()
    {
        await using var world = await World.StartAsync();
        var folder = Directory.CreateTempSubdirectory("meridian-token-").FullName;
        for (var n = 0; n < 3; n++)
        {
            var no = Assert.IsType<TextContact.NotReady>(await Installed(world, folder, "elsewhere").PrepareAsync(Ann, default));
            Assert.Equal(NotSentBecause.Account, no.Because);
            Assert.Contains("the app's token is for the location loc, highLevel.locationId is elsewhere", no.Reason, StringComparison.Ordinal);
            Pass(world, TimeSpan.FromMinutes(2)); // HighLevel answers the used refresh token no more
        }

        Assert.Equal(1, world.Outside.TokensGiven);
        Assert.DoesNotContain("access", string.Concat(Directory.EnumerateFiles(Path.Combine(folder, "tokens")).Select(System.IO.File.ReadAllText)), StringComparison.Ordinal);
        Assert.IsType<TextContact.Ready>(await Installed(world, folder, "loc").PrepareAsync(Ann, default));
        Assert.Equal(2, world.Outside.TokensGiven);
    }

    [Fact]
    public async Task A_good_token_of_one_location_is_never_shown_for_another()
    {
        await using var world = await World.StartAsync();
        var folder = Directory.CreateTempSubdirectory("meridian-token-").FullName;
        Assert.IsType<TextContact.Ready>(await Installed(world, folder, "loc").PrepareAsync(Ann, default));
        var no = Assert.IsType<TextContact.NotReady>(await Installed(world, folder, "elsewhere").PrepareAsync(Ann, default));
        Assert.Contains("the app's token is for the location loc, highLevel.locationId is elsewhere", no.Reason, StringComparison.Ordinal);
        Assert.IsType<TextContact.Ready>(await Installed(world, folder, "loc").PrepareAsync(Ann, default));
        Assert.Equal(1, world.Outside.TokensGiven);
    }

    [Fact]
    public async Task Tokens_kept_under_the_name_of_their_location_by_an_older_version_are_found_again_and_need_no_installation()
    {
        await using var world = await World.StartAsync();
        var folder = Directory.CreateTempSubdirectory("meridian-token-").FullName;
        Assert.IsType<TextContact.Ready>(await Installed(world, folder, "loc").PrepareAsync(Ann, default));
        System.IO.File.Move(Path.Combine(folder, "tokens", "highlevel-app1.json"), Path.Combine(folder, "tokens", "highlevel-loc.json"));
        Pass(world, TimeSpan.FromMinutes(2)); // HighLevel answers the used refresh token no more
        Assert.IsType<TextContact.Ready>(await Installed(world, folder, "loc").PrepareAsync(Ann, default));
        Pass(world, TimeSpan.FromHours(23.9));
        for (var n = 0; n < 2; n++) Assert.IsType<TextContact.Ready>(await Installed(world, folder, "loc").PrepareAsync(Ann, default));
        Assert.Equal(2, world.Outside.TokensGiven);
    }

    [Fact]
    public async Task So_are_those_in_the_database()
    {
        foreach (var database in (TestDatabase[])[new TestDatabase.Sqlite(), new TestDatabase.Postgres()])
        {
            await using var world = await World.StartAsync();
            await using var ledger = await LedgerWorld.OpenAsync(database);
            await new SqlTokenShelf(ledger.Store, "highlevel-loc").TryReplaceAsync(null, """{"Given":"an older one","Now":"dead","Access":null,"Until":null,"Holder":null,"HeldUntil":null}""");
            var folder = Directory.CreateTempSubdirectory("meridian-token-").FullName;
            Assert.IsType<TextContact.Ready>(await Installed(world, folder, "loc", ledger.Store).PrepareAsync(Ann, default));
            Assert.Contains("\"Given\":\"refresh_1\"", (await new SqlTokenShelf(ledger.Store, "highlevel-app1").ReadAsync())!, StringComparison.Ordinal);

            await ledger.ExecuteAsync("delete from setting where key = 'token.highlevel-loc'");
            await ledger.ExecuteAsync("update setting set key = 'token.highlevel-loc' where key = 'token.highlevel-app1'");
            Pass(world, TimeSpan.FromMinutes(2));
            Assert.IsType<TextContact.Ready>(await Installed(world, folder, "loc", ledger.Store).PrepareAsync(Ann, default));
            Assert.Equal(1, world.Outside.TokensGiven);
        }
    }

    [Fact]
    public async Task Several_engines_have_their_tokens_in_the_database()
    {
        foreach (var database in (TestDatabase[])[new TestDatabase.Sqlite(), new TestDatabase.Postgres()])
        {
            await using var ledger = await LedgerWorld.OpenAsync(database);
            var shelf = new SqlTokenShelf(ledger.Store, "highlevel-loc");
            Assert.Null(await shelf.ReadAsync());
            Assert.True(await shelf.TryReplaceAsync(null, "1"));
            Assert.False(await shelf.TryReplaceAsync(null, "2"));
            Assert.False(await shelf.TryReplaceAsync("0", "2"));
            Assert.True(await shelf.TryReplaceAsync("1", "2"));
            Assert.Equal("2", await shelf.ReadAsync());
        }
    }

    [Fact]
    public void Settings_that_cannot_work_say_which_and_what_to_write()
    {
        var both = new HighLevelOptions { Token = "t", LocationId = "l", OAuth = new HighLevelOAuthOptions { ClientId = "c", ClientSecret = "s", RefreshToken = "r", UserType = "Company" } };
        Assert.Equal(
        [
            "HighLevel: Token and OAuth are both given: keep one, highLevel.token of a private integration or highLevel.oAuth of a marketplace app.",
            "HighLevel: OAuth: UserType is 'Company': use Location; a company's token may not touch a location's contacts.",
        ], both.Problems());
        Assert.Equal(3, new HighLevelOptions { LocationId = "l", OAuth = new HighLevelOAuthOptions() }.Problems().Count());
        Assert.Empty(new HighLevelOptions { LocationId = "l", OAuth = new HighLevelOAuthOptions { ClientId = "c", ClientSecret = "s", RefreshToken = "r" } }.Problems());
    }

    private void Pass(World world, TimeSpan time)
    {
        clock.Advance(time);
        world.Clock.Advance(time);
    }

    private static TokenFile File() => new(Path.Combine(Directory.CreateTempSubdirectory("meridian-token-").FullName, "tokens", "highlevel.json"));

    private static HighLevelTexts Texts(HighLevelLocation location) => new(location);

    /// <summary>As the settings of a folder make it.</summary>
    /// <param name="store">Null: a folder of its own.</param>
    private HighLevelTexts Installed(World world, string folder, string location, SqlStore? store = null)
    {
        System.IO.File.WriteAllText(Path.Combine(folder, MeridianSettings.FileName), $$$$"""
            {{{{{(store is null ? "" : "\"database\":\"postgres://meridian:secret@db.example:5432/meridian\",")}}}}"highLevel":{"baseUrl":"{{{{world.Outside.HighLevelBase}}}}","locationId":"{{{{location}}}}","oAuth":{"clientId":"app_1","clientSecret":"app_secret","refreshToken":"refresh_1"}}}
            """);
        return LiveProviders.Create(MeridianSettings.Load(folder), new InstallSecrets("", ""), new Clocks(clock, clock), store).Texts!;
    }

    private HighLevelLocation Location(World world, ITokenShelf shelf, TimeProvider? machine = null) => Location(world.Outside.HighLevelBase, shelf, "loc", machine ?? clock);

    private static HighLevelLocation Location(Uri at, ITokenShelf shelf, string location, TimeProvider machine) => new(
        ProviderHttp.Create(TimeSpan.FromSeconds(5)),
        new HighLevelOptions { BaseUrl = at, LocationId = location, OAuth = new HighLevelOAuthOptions { ClientId = "app_1", ClientSecret = "app_secret", RefreshToken = "refresh_1" } }, machine, shelf: shelf);


    private sealed class Rickety(ITokenShelf inner) : ITokenShelf
    {
        private int writes;

        public int BreaksOnWrite { get; init; }

        public Task<string?> ReadAsync() => inner.ReadAsync();

        public Task<bool> TryReplaceAsync(string? before, string after) => ++writes == BreaksOnWrite ? throw new IOException("no space left") : inner.TryReplaceAsync(before, after);
    }
}
