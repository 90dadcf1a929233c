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
/// Answered with 200 only after the opt-out is committed.
/// </summary>
public static class OptOutEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, IPeopleLedger people, ICallTransport calls, Func<Task<OwnerSettings>> owner, string secret, OptOutLatency latency, Clocks clocks, ILogger log)
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
                var typed = http.Request.HasFormContentType ? (await http.Request.ReadFormAsync(http.RequestAborted))["address"].ToString() : "";
                string[] addresses = typed.Trim().Length == 0 ? [] : Normalise(typed) is { } address ? [address] : [];
                if (typed.Trim().Length > 0 && addresses.Length == 0) return await OptOutPage.WriteAsync(http, StatusCodes.Status400BadRequest, OptOutPage.Which(await owner(), token, typed));
                result = await people.OptOutAsync(new OptOutOrder(addresses, lead, "pressed the opt-out link", "link", http.TraceIdentifier, clocks.Now));
                if (result.LeadIds.Count == 0 && result.AddressIds.Count == 0)
                {
                    // Signed by us, and nobody here: an older copy of the data was put back. It must not look as if it had worked.
                    await people.OpenIncidentAsync("opt-out-of-nobody", lead, "somebody pressed an opt-out link we made and their record is not here: if they tell no address, look them up in the backup's successor or among the sent e-mails and opt them out", clocks.Now);
                    return await OptOutPage.WriteAsync(http, StatusCodes.Status404NotFound, OptOutPage.Which(await owner(), token, null));
                }
            }
            catch (Exception e) when (!http.RequestAborted.IsCancellationRequested)
            {
                log.LogError(e, "an opt-out by link was not written down; the person was asked to press again");
                http.Response.Headers.RetryAfter = "30";
                return await OptOutPage.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, OptOutPage.TryAgain());
            }

            latency.Add(clocks.Machine.GetElapsedTime(began));
            foreach (var control in result.LiveCalls) await calls.HangUpAsync(control, CancellationToken.None);
            return await OptOutPage.WriteAsync(http, StatusCodes.Status200OK, OptOutPage.Done(await owner()));
        });
    }

    private static string? Normalise(string typed) =>
        EmailAddress.TryParse(typed, out var email, out _) ? email.Value : PhoneNumber.TryParse(typed, out var phone, out _) ? phone.E164 : null;
}
