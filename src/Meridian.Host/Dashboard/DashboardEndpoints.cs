using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Ledger;
using Meridian.Host.Composition;
using Meridian.Host.Why;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Host.Dashboard;

/// <summary>
/// <c>/</c>: what is going on; <c>/touches</c>; <c>/why?who=</c>. Read-only, server-rendered, without script, for browsers that came by the
/// one-time link (<c>/open/...</c>); everybody else gets 403 and no name.
/// </summary>
public static class DashboardEndpoints
{
    private const int MostLetters = 5;
    private const int Again = 10;

    public static void Map(IEndpointRouteBuilder routes, Node node, OneTimeLink link)
    {
        Map(routes, node.Store, node.Facts, node.Clocks, NowReader.Of(node), link);
        CallTaskEndpoints.Map(routes, node.CallTasks, node.CallDesk, link);
    }

    internal static void Map(IEndpointRouteBuilder routes, SqlStore store, IFacts facts, Clocks clocks, NowReader now, OneTimeLink link)
    {
        var reports = new SqlReports(store);

        routes.MapGet("/open/{token}", async (HttpContext http, string token) =>
        {
            if (link.TryOpen(token) is not { } session)
            {
                await NoKeyAsync(http);
                return;
            }

            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers["Referrer-Policy"] = "no-referrer";
            http.Response.Cookies.Append(CookieName(http), session, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, Path = "/", MaxAge = TimeSpan.FromHours(12) });
            http.Response.Redirect("/");
        });

        routes.MapGet("/", http => OnlyKnownAsync(http, async () =>
            await DashboardPage.WriteAsync(http, StatusCodes.Status200OK, "Now", "/", DashboardPages.Now(await now.ReadAsync()), Again)));

        routes.MapGet("/touches", http => OnlyKnownAsync(http, async () =>
            await DashboardPage.WriteAsync(http, StatusCodes.Status200OK, "Touches", "/touches", DashboardPages.Touches(await now.ReadAsync(50)))));

        routes.MapGet("/why", http => OnlyKnownAsync(http, async () =>
        {
            var who = (string?)http.Request.Query["who"];
            var letters = who is null or { Length: > 200 } ? [] : await LettersAsync(reports, facts, clocks, who);
            var status = letters.Count == 0 && !string.IsNullOrWhiteSpace(who) ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
            await DashboardPage.WriteAsync(http, status, "Why", "/why", DashboardPages.Why(who, letters));
        }));

        Task OnlyKnownAsync(HttpContext http, Func<Task> page) => Knows(link, http) ? page() : NoKeyAsync(http);

        Task NoKeyAsync(HttpContext http) => DashboardPage.WriteAsync(http, StatusCodes.Status403Forbidden, "Link needed", null, DashboardPages.NoKey(link.HowToGetAnother));
    }

    /// <summary>The letters of whoever is meant, by id, address or name.</summary>
    internal static async Task<IReadOnlyList<WhyLetter>> LettersAsync(SqlReports reports, IFacts facts, Clocks clocks, string who)
    {
        var letters = new List<WhyLetter>();
        foreach (var lead in (await WhoIsMeant.FindOrNameAsync(reports, who, MostLetters)).Take(MostLetters)) letters.AddRange(await WhyLetter.ReadAsync(facts, reports, clocks.Now, lead));
        return letters;
    }

    /// <summary>This browser came by the one-time link.</summary>
    internal static bool Knows(OneTimeLink link, HttpContext http) => link.Knows(http.Request.Cookies[CookieName(http)]);

    /// <summary>Browsers keep cookies by host, not by port: two Meridians on one machine must not take each other's.</summary>
    private static string CookieName(HttpContext http) => $"meridian_{http.Connection.LocalPort}";
}
