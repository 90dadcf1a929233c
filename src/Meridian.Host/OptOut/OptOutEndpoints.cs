using Meridian.Domain.Leads;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Meridian.Host.OptOut;

/// <summary>
/// <c>/u/{token}</c>: POST acts at once (RFC 8058, one click by the mail program), GET only shows a button, for link scanners press links.
/// Answered with 200 only after the opt-out is committed; with 202 when the database is away and it is on our disk.
/// </summary>
internal static class OptOutEndpoints
{
    /// <param name="journalPath">Where presses wait that the database cannot take.</param>
    public static OptOutJournal Map(IEndpointRouteBuilder routes, IPeopleLedger people, ICallTransport calls, Func<Task<OwnerSettings>> owner, string secret, string journalPath, OptOutLatency latency, Clocks clocks, ILogger log)
    {
        var links = new OptOutByLink(people, calls);
        var journal = new OptOutJournal(journalPath, links, clocks, log);

        routes.MapGet("/u/{token}", async (HttpContext http, string token) =>
        {
            var settings = await SettingsAsync();
            return OptOutLinks.LeadOf(token, secret) is null
                ? await OptOutPage.WriteAsync(http, StatusCodes.Status404NotFound, OptOutPage.Unknown(settings))
                : await OptOutPage.WriteAsync(http, StatusCodes.Status200OK, OptOutPage.Ask(settings, token));
        });

        routes.MapPost("/u/{token}", async (HttpContext http, string token) =>
        {
            var began = clocks.Machine.GetTimestamp();
            if (OptOutLinks.LeadOf(token, secret) is not { } lead) return await OptOutPage.WriteAsync(http, StatusCodes.Status404NotFound, OptOutPage.Unknown(await SettingsAsync()));
            var typed = await TypedAsync(http.Request);
            var address = typed.Length == 0 ? null : Normalise(typed);
            if (typed.Length > 0 && address is null) return await OptOutPage.WriteAsync(http, StatusCodes.Status400BadRequest, OptOutPage.Which(await SettingsAsync(), token, typed));
            var press = new Press(lead, address, http.TraceIdentifier, clocks.Now.ToUnixTimeMilliseconds());
            try
            {
                if (!await links.TakeAsync(press)) return await OptOutPage.WriteAsync(http, StatusCodes.Status404NotFound, OptOutPage.Which(await SettingsAsync(), token, null));
            }
            catch (Exception e)
            {
                return await KeepAsync(http, press, e);
            }

            latency.Add(clocks.Machine.GetElapsedTime(began));
            return await OptOutPage.WriteAsync(http, StatusCodes.Status200OK, OptOutPage.Done(await SettingsAsync()));
        });

        return journal;

        async Task<IResult> KeepAsync(HttpContext http, Press press, Exception why)
        {
            try
            {
                journal.Keep(press);
                log.LogWarning(why, "an opt-out by link could not be written to the database; it is in the journal");
                return await OptOutPage.WriteAsync(http, StatusCodes.Status202Accepted, OptOutPage.Noted(await SettingsAsync()));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                log.LogError(e, "an opt-out by link was not written down; the person was asked to press again");
                http.Response.Headers.RetryAfter = "30";
                return await OptOutPage.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, OptOutPage.TryAgain());
            }
        }

        // A page for somebody who wants silence is shown without our name rather than not at all.
        async Task<OwnerSettings?> SettingsAsync()
        {
            try
            {
                return await owner();
            }
            catch (Exception e)
            {
                log.LogWarning(e, "an opt-out page is shown without the seller's name");
                return null;
            }
        }
    }

    /// <summary>The token alone says who: a form that cannot be read has no address in it.</summary>
    private static async Task<string> TypedAsync(HttpRequest request)
    {
        try
        {
            return request.HasFormContentType ? (await request.ReadFormAsync())["address"].ToString().Trim() : "";
        }
        catch (Exception e) when (e is IOException or InvalidDataException or OperationCanceledException)
        {
            return "";
        }
    }

    private static string? Normalise(string typed) =>
        EmailAddress.TryParse(typed, out var email, out _) ? email.Value : PhoneNumber.TryParse(typed, out var phone, out _) ? phone.E164 : null;
}
