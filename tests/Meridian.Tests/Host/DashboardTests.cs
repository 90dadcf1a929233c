using System.Net;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>The page over real HTTP on loopback.</summary>
public sealed class DashboardTests() : PageTests("ask the person who started it")
{
    [Theory]
    [InlineData("/")]
    [InlineData("/touches")]
    [InlineData("/why?who=ann")]
    [InlineData("/open/wrong")]
    public async Task Whoever_has_no_key_gets_no_name_and_is_told_how_to_get_a_link(string path)
    {
        await world.AddPersonAsync("ann");
        using var answer = await browser.GetAsync(path, Cancelled);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.Contains("ask the person who started it", page);
        Assert.DoesNotContain("Ann", page);
    }

    [Fact]
    public async Task The_link_opens_the_page_once_and_only_in_the_browser_that_used_it()
    {
        var path = link.Path!;
        using (var first = await browser.GetAsync(path, Cancelled)) Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Null(link.Path);
        using (var again = await browser.GetAsync("/", Cancelled)) Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using var other = NewBrowser();
        using (var second = await other.GetAsync(path, Cancelled)) Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
        using (var renewed = await other.GetAsync(link.Renew(), Cancelled)) Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
        using (var still = await browser.GetAsync("/", Cancelled)) Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task Two_who_open_the_link_at_once_are_one_too_many()
    {
        var path = link.Path!["/open/".Length..];
        var opened = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => link.TryOpen(path), Cancelled)));
        Assert.Single(opened, s => s is not null);
    }

    [Fact]
    public async Task After_twelve_hours_a_browser_is_unknown_again()
    {
        using (await browser.GetAsync(link.Path, Cancelled)) { }
        machine.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        using (var before = await browser.GetAsync("/", Cancelled)) Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        machine.Advance(TimeSpan.FromSeconds(1));
        using (var after = await browser.GetAsync("/", Cancelled)) Assert.Equal(HttpStatusCode.Forbidden, after.StatusCode);
    }

    [Fact]
    public async Task The_cookie_is_kept_from_scripts_and_other_sites_and_pages_from_frames_and_caches()
    {
        using var raw = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = browser.BaseAddress };
        using var opened = await raw.GetAsync(link.Path, Cancelled);
        Assert.Equal(HttpStatusCode.Redirect, opened.StatusCode);
        var cookie = Assert.Single(opened.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=strict", cookie);

        using var page = await raw.GetAsync("/", Cancelled);
        string Header(string name) => string.Join(" ", page.Headers.GetValues(name));
        Assert.Contains("default-src 'none'", Header("Content-Security-Policy"));
        Assert.Contains("frame-ancestors 'none'", Header("Content-Security-Policy"));
        Assert.DoesNotContain("unsafe", Header("Content-Security-Policy"));
        Assert.Equal("nosniff", Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header("Referrer-Policy"));
        Assert.Equal("no-store", Header("Cache-Control"));
    }

    [Fact]
    public async Task A_name_that_would_be_a_script_is_only_a_name_on_every_page()
    {
        await world.AddPersonAsync("evil");
        await world.ExecuteAsync("update lead set first_name = '<script>alert(1)</script>', last_name = '\"onload=' where id = 'evil'");
        await world.OfferAsync("evil", Meridian.Domain.Touches.Channel.Email);
        using (await browser.GetAsync(link.Path, Cancelled)) { }
        foreach (var path in new[] { "/", "/touches", "/why?who=evil", "/why?who=%3Cscript%3Ealert(1)" })
        {
            var page = await browser.GetStringAsync(path, Cancelled);
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\"onload=", page);
            Assert.Contains("&lt;script&gt;alert(1)", page);
        }
    }

    [Fact]
    public async Task Why_explains_a_person_by_id_address_or_name_and_says_when_it_knows_nobody()
    {
        await world.AddPersonAsync("ann");
        using (await browser.GetAsync(link.Path, Cancelled)) { }
        foreach (var who in new[] { "ann", "ann@people.example", "Ann" })
            Assert.Contains("LegalBasis", await browser.GetStringAsync($"/why?who={who}", Cancelled));
        using var nobody = await browser.GetAsync("/why?who=nobody%26friends", Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
        Assert.Contains("Nobody here is “nobody&amp;friends”", WebUtility.HtmlDecode(await nobody.Content.ReadAsStringAsync(Cancelled)).Replace("&friends", "&amp;friends"));
    }

    [Fact]
    public async Task Nothing_can_be_changed_through_the_page()
    {
        using (await browser.GetAsync(link.Path, Cancelled)) { }
        foreach (var path in new[] { "/", "/touches", "/why" })
        {
            using var answer = await browser.PostAsync(path, null, Cancelled);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        }
    }
}
