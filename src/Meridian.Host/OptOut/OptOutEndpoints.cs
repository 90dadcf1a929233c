using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Host.OptOut;

/// <summary>
/// <c>/u/{token}</c>: POST acts at once (RFC 8058, one click by the mail program), GET only shows a button, for link scanners press links.
/// Answered with 200 only after the opt-out is committed.
/// </summary>
public static class OptOutEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, IPeopleLedger people, ICallTransport calls, Func<Task<OwnerSettings>> owner, string secret, OptOutLatency latency, Clocks clocks)
    {
        routes.MapGet("/u/{token}", async (HttpContext http, string token) =>
        {
            var settings = await owner();
            return OptOutLinks.LeadOf(token, secret) is null
                ? await OptOutPage.WriteAsync(http, StatusCodes.Status404NotFound, OptOutPage.Unknown(settings))
                : await OptOutPage.WriteAsync(http, StatusCodes.Status200OK, OptOutPage.Ask(settings, token));
        });

        routes.MapPost("/u/{token}", async (HttpContext http, string token) =>
        {
            var began = clocks.Machine.GetTimestamp();
            if (OptOutLinks.LeadOf(token, secret) is not { } lead) return await OptOutPage.WriteAsync(http, StatusCodes.Status404NotFound, OptOutPage.Unknown(await owner()));
            OptOutResult result;
            try
            {
                result = await people.OptOutAsync(new OptOutOrder([], lead, "pressed the opt-out link", "link", http.TraceIdentifier, clocks.Now));
            }
            catch (Exception) when (!http.RequestAborted.IsCancellationRequested)
            {
                http.Response.Headers.RetryAfter = "30";
                return await OptOutPage.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, OptOutPage.TryAgain());
            }

            latency.Add(clocks.Machine.GetElapsedTime(began));
            foreach (var control in result.LiveCalls) await calls.HangUpAsync(control, CancellationToken.None);
            return await OptOutPage.WriteAsync(http, StatusCodes.Status200OK, OptOutPage.Done(await owner()));
        });
    }
}
