using System.Net;
using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.HumanCalls;
using Meridian.Host.Dashboard;
using Meridian.Tests.Ledger;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>The queue of calls to make, over real HTTP on loopback.</summary>
public sealed class CallTaskPageTests() : PageTests("ask")
{
    private const string Number = "+12125550131";
    private string task = "";

    protected override async Task OpenAsync(WebApplication web, Clocks clocks)
    {
        await new SqlSetup(world.Store, world.Ids).KeepOwnerAsync(await world.Facts.SettingsAsync() with { HumanCalls = true }, "test", LedgerWorld.Now);
        await new SqlDoNotCall(world.Store, world.Ids).LoadAsync("national", new Dictionary<string, IReadOnlyCollection<string>> { ["212"] = [] }, LedgerWorld.Today, "list.csv", "test", LedgerWorld.Now, Cancelled);
        await world.AddPersonAsync("ann", Number);
        await world.ExecuteAsync("delete from consent");
        await world.ExecuteAsync("update lead set postal_code = '10001', last_name = '<script>Lee'");
        await world.OfferAsync("ann", Channel.Call);
        await world.ExecuteAsync("update touch set parked_reason = 'no_legal_basis'");
        var tasks = new SqlCallTasks(world.Store, world.Ids);
        var desk = new CallDesk(tasks, world.Facts, world.People, clocks);
        await new CallTaskTurn(tasks, desk, world.Facts, world.Facts, clocks).TakeAsync("all", Cancelled);
        task = (await tasks.OpenAsync(1)).Single().Id;
        CallTaskEndpoints.Map(web, tasks, desk, link);
    }

    [Fact]
    public async Task One_button_dials_and_one_says_what_came_of_it()
    {
        await browser.GetAsync(link.Path, Cancelled);
        var page = await browser.GetStringAsync("/tasks", Cancelled);
        Assert.Contains($"Dial {Number}".Replace("+", "&#x2B;"), page);
        Assert.DoesNotContain("<script>", page);
        Assert.Contains("now, then say what came of it", await PostAsync("dial"));
        Assert.Contains("What came of it?", await browser.GetStringAsync("/tasks", Cancelled));
        Assert.Contains("not interested", await PostAsync("not-interested"));
        Assert.Equal("not_interested", await world.TextAsync("select outcome from call_task"));
        Assert.Contains("recorded before", await PostAsync("interested"));
    }

    [Fact]
    public async Task Outside_their_hours_no_number_is_shown_and_nothing_is_dialled()
    {
        machine.Advance(TimeSpan.FromHours(10));
        await browser.GetAsync(link.Path, Cancelled);
        var page = await browser.GetStringAsync("/tasks", Cancelled);
        Assert.DoesNotContain("2125550131", page);
        Assert.Contains("Not now", page);
        Assert.Contains("Not now", await PostAsync("dial"));
        Assert.Equal(0, await world.CountAsync("select count(*) from call_task where begun_at is not null"));
    }

    [Fact]
    public async Task Nobody_without_the_link_and_no_other_site_s_form_sees_or_changes_anything()
    {
        var page = await browser.GetAsync("/tasks", Cancelled);
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.DoesNotContain("Ann", await page.Content.ReadAsStringAsync(Cancelled));
        await PostAsync("opted-out");
        await browser.GetAsync(link.Path, Cancelled);
        using var forged = new HttpRequestMessage(HttpMethod.Post, $"/tasks/{task}") { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["do"] = "opted-out" }) };
        forged.Headers.Add("Origin", "https://evil.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(forged, Cancelled)).StatusCode);
        Assert.Equal(0, await world.CountAsync("select count(*) from call_task where outcome is not null"));
        Assert.Equal(0, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));
    }

    private async Task<string> PostAsync(string what)
    {
        using var answer = await browser.PostAsync($"/tasks/{task}", new FormUrlEncodedContent(new Dictionary<string, string> { ["do"] = what }), Cancelled);
        return await answer.Content.ReadAsStringAsync(Cancelled);
    }
}
