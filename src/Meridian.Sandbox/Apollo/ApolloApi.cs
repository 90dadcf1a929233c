using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.Apollo;

/// <summary>Apollo's routes: key, rate, then the desk that knows. The limits are those of a paid plan.</summary>
internal sealed class ApolloApi(SandboxOptions options, PeopleSearch search, Shop shop, PhoneOrders phones, Credits credits)
{
    public const string Root = "api/v1";

    private static readonly int?[] Searching = [200, 6_000, 50_000];
    private static readonly int?[] Enriching = [1_000, null, null];
    private static readonly int?[] Other = [200, 400, 2_000];

    private readonly RateWindows rate = new(options.Clock);

    public void Map(WebApplication app)
    {
        app.MapPost($"/{Root}/mixed_people/api_search", Guarded("mixed_people/api_search", Searching, async context => search.Page(await Parameters.OfAsync(context))));
        app.MapPost($"/{Root}/mixed_people/search", Guarded("mixed_people/search", Searching, _ => Task.FromResult(ApolloErrors.RetiredSearch)));
        app.MapPost($"/{Root}/people/bulk_match", Guarded("people/bulk_match", Enriching, async context => shop.BulkMatch(await Parameters.OfAsync(context))));
        app.MapGet($"/{Root}/webhook_result/{{id}}", Guarded("webhook_result", Other, context => Task.FromResult(phones.Result((string)context.Request.RouteValues["id"]!))));
        app.MapGet($"/{Root}/users/api_profile", Guarded("users/api_profile", Other, context => Task.FromResult(Profile(context.Request.Query))));
        app.MapPost($"/{Root}/usage_stats/credit_usage_stats", Guarded("usage_stats/credit_usage_stats", Other, _ => Task.FromResult(Answer.Ok(credits.Usage(options.Clock.GetUtcNow())))));
        // The trap among the doors: it says 200 to everybody.
        app.MapGet($"/{Root}/auth/health", context => Answer.Ok(new JsonObject { ["healthy"] = true, ["is_logged_in"] = Key(context) == options.ApolloKey }).WriteAsync(context));
        app.MapFallback(Guarded("fallback", Other, _ => Task.FromResult(ApolloErrors.NotFound)));
    }

    private Answer Profile(IQueryCollection query)
    {
        var profile = new JsonObject
        {
            ["id"] = "66c8db577ed7f201b25c0001", ["team_id"] = "6095a710bd01d100a5060001", ["first_name"] = "Sandbox", ["last_name"] = "Owner", ["title"] = "Owner", ["email"] = options.OwnerEmail,
        };
        if (query["include_credit_usage"] == "true") credits.AddTo(profile);
        return Answer.Ok(profile);
    }

    private RequestDelegate Guarded(string endpoint, int?[] limits, Func<HttpContext, Task<Answer>> handle) => async context =>
    {
        var key = Key(context);
        var answer = key.Length == 0 ? ApolloErrors.NoKey
            : key != options.ApolloKey ? ApolloErrors.WrongKey
            : !options.ApolloPlanHasApi && endpoint != "users/api_profile" ? ApolloErrors.NoApi($"{Root}/{endpoint}")
            : rate.Refuse(context.Response, $"{Root}/{endpoint}", limits) ?? await handle(context);
        await answer.WriteAsync(context);
    };

    private static string Key(HttpContext context) => context.Request.Headers["x-api-key"].ToString();
}
