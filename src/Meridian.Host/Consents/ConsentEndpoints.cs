using System.Globalization;
using Meridian.Domain.Compliance;
using Meridian.Domain.Leads;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Consents;
using Meridian.Engine.Dispatch;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Meridian.Host.Consents;

/// <summary><c>/c/{token}</c>: GET shows what would be signed, POST signs it. Says thank you only after it is committed.</summary>
public static class ConsentEndpoints
{
    private const int LongestForm = 16 * 1024;
    private const long LatestMs = 100_000_000_000_000;
    private const string Title = "Calls and texts";

    /// <param name="poke">Called after a signature: what waited for it is due now.</param>
    public static void Map(IEndpointRouteBuilder routes, IConsentBook book, Func<Task<OwnerSettings>> owner, string secret, Clocks clocks, Action poke, ILogger log)
    {
        routes.MapGet("/c/{token}", (HttpContext http, string token) => AnswerAsync(http, log, async () =>
        {
            var settings = await owner();
            if (ConsentLinks.LeadOf(token, secret) is not { } lead || await book.FindAsync(lead) is not { } signer) return await UnknownAsync(http, settings);
            return await WriteAsync(http, settings, StatusCodes.Status200OK, ConsentPage.Ask(TextOf(settings), token, ConsentForm.Empty, OptOutOf(signer, settings), []));
        }));

        routes.MapPost("/c/{token}", (HttpContext http, string token) => AnswerAsync(http, log, async () =>
        {
            var settings = await owner();
            if (ConsentLinks.LeadOf(token, secret) is not { } lead || await book.FindAsync(lead) is not { } signer) return await UnknownAsync(http, settings);
            if (!http.Request.HasFormContentType || http.Request.ContentLength is not (>= 0 and <= LongestForm)) return await UnknownAsync(http, settings);

            var sent = await http.Request.ReadFormAsync(http.RequestAborted);
            string Of(string name) => sent[name].ToString().Trim();
            var form = new ConsentForm(Of("number"), Of("calls") == "yes", Of("texts") == "yes", Of("signature"));
            var text = TextOf(settings);
            var (number, problems) = Read(form, Of("text") == text.Hash);
            if (problems.Count == 0)
            {
                var now = clocks.Now;
                Instant? takesBack = long.TryParse(Of("takes_back"), out var ms) && ms is > 0 and < LatestMs ? Instant.FromUnixTimeMilliseconds(ms) : null;
                var result = await book.SignAsync(new SignedConsent(
                    lead, number!, Channels(form), settings.SellerName, form.Signature, ConsentText.Version, text.Whole, text.Hash, From(http), Cut(http.Request.Headers.UserAgent.ToString(), 300),
                    now.InZone(DateTimeZoneProviders.Tzdb[settings.Zone]).Date, now, takesBack));
                if (result is SignResult.Recorded or SignResult.Known)
                {
                    poke();
                    return await WriteAsync(http, settings, StatusCodes.Status200OK, ConsentPage.Done(text, form, number!));
                }

                problems = [Why(result)];
                signer = await book.FindAsync(lead) ?? signer; // what is shown now is what the next press would take back
            }

            return await WriteAsync(http, settings, StatusCodes.Status400BadRequest, ConsentPage.Ask(text, token, form, OptOutOf(signer, settings), problems));
        }));
    }

    /// <summary>Whatever goes wrong is in the log, and the person is asked to try again.</summary>
    private static async Task<IResult> AnswerAsync(HttpContext http, ILogger log, Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
        {
            log.LogError(e, "the consent page failed");
            http.Response.Headers.RetryAfter = "30";
            return await PersonPage.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, Title, ConsentPage.TryAgain());
        }
    }

    private static (string? Number, IReadOnlyList<string> Problems) Read(ConsentForm form, bool sameWords)
    {
        var problems = new List<string>();
        if (!sameWords) problems.Add("The words have changed since you opened this page: please read them again.");
        string? number = null;
        if (!PhoneNumber.TryParse(form.Number, out var phone, out var why)) problems.Add($"“{form.Number}” is not a telephone number in the United States: {why}");
        else if (phone.Extension is not null) problems.Add("A number with an extension is a company's line: please write your own number.");
        else number = phone.E164;
        if (!form.Calls && !form.Texts) problems.Add("Tick at least one box, or close the page: then nothing changes.");
        if (!TypedSignature.IsOne(form.Signature)) problems.Add("Type your name as your signature: letters, no more than 120.");
        return (number, problems);
    }

    private static IReadOnlyList<Channel> Channels(ConsentForm form) => [.. form.Calls ? new[] { Channel.Call } : [], .. form.Texts ? new[] { Channel.Text } : []];

    private static string Why(SignResult result) => result switch
    {
        SignResult.CompanyLine => "This number is a company's line: nobody can agree for all who answer it. Please write your own number.",
        SignResult.SomebodyElsesNo => "Somebody who shares this number or an address with you asked us to stop, and only they can take that back. Please write a number that is yours alone.",
        SignResult.SaidNoSince => "You asked us to stop after you opened this page, so nothing was signed. If you do want to take that back, sign once more.",
        SignResult.SomebodyElsesNumber => "We know this number as somebody else's. Please write a number that is yours.",
        _ => "We do not know you any more, so there is nothing to sign.",
    };

    private static ConsentText TextOf(OwnerSettings owner) => new(owner.SellerName, owner.SellerPhone, owner.PostalAddress);

    private static OptedOut? OptOutOf(Signer signer, OwnerSettings owner) => signer.OptedOutAt is { } at
        ? new OptedOut(at, at.InZone(DateTimeZoneProviders.Tzdb[owner.Zone]).Date.ToString("MMMM d, uuuu", CultureInfo.InvariantCulture)) : null;

    /// <summary>Whatever a proxy says is written down as said, not believed.</summary>
    private static string From(HttpContext http)
    {
        var remote = http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        var said = http.Request.Headers["X-Forwarded-For"].ToString();
        return said.Length == 0 ? remote : $"{remote} (a proxy says {Cut(said, 200)})";
    }

    /// <summary>Header words are anybody's: printable ASCII, and no more than that.</summary>
    private static string? Cut(string text, int most) => text.Length == 0 ? null : string.Concat(text.Where(c => c is >= ' ' and <= '~').Take(most));

    private static Task<IResult> UnknownAsync(HttpContext http, OwnerSettings owner) => WriteAsync(http, owner, StatusCodes.Status404NotFound, ConsentPage.Unknown(owner.SellerName));

    private static Task<IResult> WriteAsync(HttpContext http, OwnerSettings owner, int status, string body) => PersonPage.WriteAsync(http, status, Title, body, owner.ConsentPageFrames);
}
