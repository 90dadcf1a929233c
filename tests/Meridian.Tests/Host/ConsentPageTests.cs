using System.Net;
using System.Text.RegularExpressions;
using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Host.Consents;
using Meridian.Host.Demo;
using Meridian.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>The page on which a person agrees: what it shows, what it asks for, and that looking signs nothing.</summary>
public partial class ConsentPageTests
{
    private const string Secret = "test-secret";

    [Fact]
    public async Task Looking_signs_nothing_and_the_boxes_are_empty_until_the_person_ticks_them()
    {
        await using var page = await PageAsync();
        var look = await page.Http.GetAsync(page.Link, TestContext.Current.CancellationToken);
        var html = await look.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, look.StatusCode);
        Assert.Contains("default-src 'none'", look.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("frame-ancestors 'none'", look.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("Example LLC", html);
        Assert.Contains("artificial (AI)", html);
        Assert.Contains("You need not agree to either in order to buy anything", html);
        Assert.Equal(2, CheckBox().Count(html));
        Assert.DoesNotContain(" checked", html);
        Assert.Equal(0, await page.World.CountAsync("select count(*) from consent_signature"));
    }

    [Fact]
    public async Task A_signature_is_kept_and_wakes_the_engine()
    {
        await using var page = await PageAsync();
        var (status, html) = await page.SignAsync(calls: "yes", texts: null, "(212) 555-0111", "Ann Lee");
        Assert.True(status == HttpStatusCode.OK, html);
        Assert.Contains("Thank you, Ann Lee", html);
        Assert.Equal("call", await page.World.TextAsync("select group_concat(channel, ',') from consent where evidence like 'sig_%'"));
        Assert.Equal("+12125550111", await page.World.TextAsync("select address_id from consent_signature"));
        Assert.Equal(64, (await page.World.TextAsync("select text_hash from consent_signature"))!.Length);
        Assert.Equal(1, page.Pokes);
    }

    [Theory]
    [InlineData(null, null, "(212) 555-0111", "Ann Lee", "Tick at least one box")]
    [InlineData("yes", null, "12345", "Ann Lee", "is not a telephone number")]
    [InlineData("yes", null, "(212) 555-0111 ext. 4", "Ann Lee", "with an extension")]
    [InlineData("yes", null, "(212) 555-0111", " . ", "Type your name")]
    [InlineData("yes", null, "(212) 555-0111", "Ann\u001b[2J Lee", "Type your name")]
    [InlineData("yes", null, "(212) 555-0111", "Ann \u202eeeL", "Type your name")]
    [InlineData("on", "true", "(212) 555-0111", "Ann Lee", "Tick at least one box")]
    public async Task What_is_missing_is_named_and_nothing_is_signed(string? calls, string? texts, string number, string signature, string because)
    {
        await using var page = await PageAsync();
        var (status, html) = await page.SignAsync(calls, texts, number, signature);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(because, html);
        Assert.Contains("Nothing was signed yet", html);
        Assert.Equal(0, await page.World.CountAsync("select count(*) from consent_signature"));
        Assert.Equal(0, page.Pokes);
    }

    [Fact]
    public async Task Words_that_changed_meanwhile_are_not_signed()
    {
        await using var page = await PageAsync();
        var (status, html) = await page.SignAsync("yes", null, "(212) 555-0111", "Ann Lee", hash: new string('0', 64));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("The words have changed", html);
        Assert.Equal(0, await page.World.CountAsync("select count(*) from consent_signature"));
    }

    [Fact]
    public async Task A_page_opened_before_an_opt_out_does_not_take_it_back_and_one_opened_after_it_does()
    {
        await using var page = await PageAsync();
        var hash = Hash().Match(await page.Http.GetStringAsync(page.Link, TestContext.Current.CancellationToken)).Groups[1].Value;
        await page.World.People.OptOutAsync(new OptOutOrder(["+12125550111"], "ann", "said stop", "sms", "s1", LedgerWorld.Now));

        var (status, html) = await page.SignAsync("yes", null, "(212) 555-0111", "Ann Lee", hash);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("You asked us to stop after you opened this page", html);
        Assert.Equal(1, await page.World.CountAsync("select count(*) from lead where opted_out_at is not null"));

        var again = await page.Http.GetStringAsync(page.Link, TestContext.Current.CancellationToken);
        Assert.Contains("You asked us to stop on November 16, 2026", again);
        (status, html) = await page.SignAsync("yes", null, "(212) 555-0111", "Ann Lee", takesBack: TakesBack().Match(again).Groups[1].Value);
        Assert.True(status == HttpStatusCode.OK, html);
        Assert.Equal(0, await page.World.CountAsync("select count(*) from lead where opted_out_at is not null"));
    }

    [Fact]
    public async Task A_database_that_is_away_is_no_thank_you()
    {
        await using var page = await PageAsync(away: true);
        var (status, html) = await page.SignAsync("yes", null, "(212) 555-0111", "Ann Lee", hash: "any");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("press the button again", html);
    }

    [Fact]
    public async Task What_a_person_typed_cannot_become_markup()
    {
        await using var page = await PageAsync();
        var (_, html) = await page.SignAsync("yes", null, "\"><script>alert(1)</script>", "<b>Ann</b>");
        Assert.DoesNotContain("<script>", html);
        Assert.DoesNotContain("<b>Ann", html);
    }

    [Fact]
    public async Task A_guessed_link_and_one_made_for_opting_out_sign_nothing()
    {
        await using var page = await PageAsync();
        var optOut = OptOutLinks.For("ann", page.Base, Secret)!.Replace("/u/", "/c/");
        foreach (var wrong in new[] { page.Link + "0", page.Link.Replace("ann", "bob"), optOut })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await page.Http.GetAsync(wrong, TestContext.Current.CancellationToken)).StatusCode);
            using var form = new FormUrlEncodedContent([new("calls", "yes")]);
            Assert.Equal(HttpStatusCode.NotFound, (await page.Http.PostAsync(wrong, form, TestContext.Current.CancellationToken)).StatusCode);
        }
    }

    [GeneratedRegex("type=\"checkbox\"")]
    private static partial Regex CheckBox();

    [GeneratedRegex("name=\"text\" value=\"(\\w+)\"")]
    private static partial Regex Hash();

    [GeneratedRegex("name=\"takes_back\" value=\"(\\d+)\"")]
    private static partial Regex TakesBack();

    private static async Task<Page> PageAsync(bool away = false)
    {
        var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        await world.AddPersonAsync("ann", "+12125550111");
        await world.ExecuteAsync("delete from consent");
        var port = LoopbackPort.Hold();
        var web = port.Build();
        var page = new Page(world, web, $"http://127.0.0.1:{port.Number}");
        ConsentEndpoints.Map(web, new SqlConsents(world.Store, world.Ids), away ? () => throw new InvalidOperationException("away") : world.Facts.SettingsAsync, Secret, new Clocks(TimeProvider.System, TimeProvider.System), () => page.Pokes++, NullLogger.Instance);
        await web.StartAsync(TestContext.Current.CancellationToken);
        return page;
    }

    private sealed class Page(LedgerWorld world, IAsyncDisposable web, string root) : IAsyncDisposable
    {
        public LedgerWorld World => world;

        public HttpClient Http { get; } = new();

        public string Base => root;

        public string Link { get; } = ConsentLinks.For("ann", root, Secret)!;

        public int Pokes { get; set; }

        public async Task<(HttpStatusCode Status, string Html)> SignAsync(string? calls, string? texts, string number, string signature, string? hash = null, string? takesBack = null)
        {
            hash ??= Hash().Match(await Http.GetStringAsync(Link, TestContext.Current.CancellationToken)).Groups[1].Value;
            var fields = new List<KeyValuePair<string, string>> { new("text", hash), new("number", number), new("signature", signature) };
            if (takesBack is not null) fields.Add(new("takes_back", takesBack));
            if (calls is not null) fields.Add(new("calls", calls));
            if (texts is not null) fields.Add(new("texts", texts));
            using var form = new FormUrlEncodedContent(fields);
            var answer = await Http.PostAsync(Link, form, TestContext.Current.CancellationToken);
            return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)) is var plain && plain.Contains("<script>", StringComparison.Ordinal)
                ? await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) : plain);
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await web.DisposeAsync();
            await world.DisposeAsync();
        }
    }
}
