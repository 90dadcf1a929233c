using System.Net;
using Meridian.Engine;
using Meridian.Host.Dashboard;
using Meridian.Host.Demo;
using Meridian.Tests.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>The owner's pages over real HTTP on loopback, and a browser that has not opened the link yet.</summary>
/// <param name="ask">How one gets a link.</param>
public abstract class PageTests(string ask) : IAsyncLifetime
{
    private protected readonly FakeTimeProvider machine = new(LedgerWorld.Now.ToDateTimeOffset());
    private protected LedgerWorld world = null!;
    private protected OneTimeLink link = null!;
    private protected HttpClient browser = null!;
    private WebApplication web = null!;

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        link = new OneTimeLink(machine, ask);
        web = LoopbackPort.Hold().Build();
        var clocks = new Clocks(machine, machine);
        DashboardEndpoints.Map(web, world.Store, world.Facts, clocks, new NowReader(world.Store, world.Facts, world.Facts, clocks, () => 0), link);
        await OpenAsync(web, clocks);
        await web.StartAsync(Cancelled);
        browser = NewBrowser();
    }

    public async ValueTask DisposeAsync()
    {
        browser.Dispose();
        await web.DisposeAsync();
        await world.DisposeAsync();
    }

    /// <summary>What else is there, and who.</summary>
    protected virtual Task OpenAsync(WebApplication web, Clocks clocks) => Task.CompletedTask;

    private protected HttpClient NewBrowser() => new(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(web.Urls.First()) };
}
