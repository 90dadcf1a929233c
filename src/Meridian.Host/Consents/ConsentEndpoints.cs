using Meridian.Domain.Compliance;
using Meridian.Domain.Leads;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Consents;
using Meridian.Engine.Dispatch;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Meridian.Host.Consents;

/// <summary><c>/c/{token}</c>: GET shows what would be signed, POST signs it. Says thank you only after it is committed.</summary>
public static class ConsentEndpoints
{
    private const int LongestForm = 16 * 1024;

    /// <param name="poke">Called after a signature: what waited for it is due now.</param>
    public static void Map(IEndpointRouteBuilder routes, IConsentBook book, Func<Task<OwnerSettings>> owner, string secret, Clocks clocks, Action poke)
    {
        routes.MapGet("/c/{token}", async (HttpContext http, string token) =>
        {
            var settings = await owner();
            if (ConsentLinks.LeadOf(token, secret) is not { } lead || await book.FindAsync(lead) is not { } signer) return await WriteAsync(http, settings, StatusCodes.Status404NotFound, ConsentPage.Unknown(settings.SellerName));
            return await WriteAsync(http, settings, StatusCodes.Status200OK, ConsentPage.Ask(TextOf(settings), token, ConsentForm.Empty, DayOf(signer.OptedOutAt, settings), []));
        });

        routes.MapPost("/c/{token}", async (HttpContext http, string token) =>
        {
            var settings = await owner();
            if (ConsentLinks.LeadOf(token, secret) is not { } lead) return await WriteAsync(http, settings, StatusCodes.Status404NotFound, ConsentPage.Unknown(settings.SellerName));
            if (!http.Request.HasFormContentType || http.Request.ContentLength is not { } length || length > LongestForm)
                return await WriteAsync(http, settings, StatusCodes.Status400BadRequest, ConsentPage.Unknown(settings.SellerName));

            var sent = await http.Request.ReadFormAsync(http.RequestAborted);
            string Of(string name) => sent[name].ToString().Trim();
            var form = new ConsentForm(Of("number"), Of("calls") == "yes", Of("texts") == "yes", Of("signature"));
            var text = TextOf(settings);
            try
            {
                if (await book.FindAsync(lead) is not { } signer) return await WriteAsync(http, settings, StatusCodes.Status404NotFound, ConsentPage.Unknown(settings.SellerName));
                var (number, problems) = Read(form, Of("text") == text.Hash);
                if (problems.Count == 0)
                {
                    var now = clocks.Now;
                    var result = await book.SignAsync(new SignedConsent(
                        lead, number!, Channels(form), settings.SellerName, form.Signature, ConsentText.Version, text.Whole, text.Hash, From(http), Cut(http.Request.Headers.UserAgent.ToString(), 300),
                        now.InZone(DateTimeZoneProviders.Tzdb[settings.Zone]).Date, now));
                    if (result is SignResult.Recorded or SignResult.Known)
                    {
                        poke();
                        return await WriteAsync(http, settings, StatusCodes.Status200OK, ConsentPage.Done(text, form, number!));
                    }

                    problems = [Why(result)];
                }

                return await WriteAsync(http, settings, StatusCodes.Status400BadRequest, ConsentPage.Ask(text, token, form, DayOf(signer.OptedOutAt, settings), problems));
            }
            catch (Exception) when (!http.RequestAborted.IsCancellationRequested)
            {
                http.Response.Headers.RetryAfter = "30";
                return await WriteAsync(http, settings, StatusCodes.Status503ServiceUnavailable, ConsentPage.TryAgain());
            }
        });
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
        if (form.Signature.Count(char.IsLetter) < 2) problems.Add("Type your name as your signature.");
        return (number, problems);
    }

    private static IReadOnlyList<Channel> Channels(ConsentForm form) => [.. form.Calls ? new[] { Channel.Call } : [], .. form.Texts ? new[] { Channel.Text } : []];

    private static string Why(SignResult result) => result switch
    {
        SignResult.CompanyLine => "This number is a company's line: nobody can agree for all who answer it. Please write your own number.",
        SignResult.SomebodyElsesNo => "Somebody who shares this number or an address with you asked us to stop, and only they can take that back. Please write a number that is yours alone.",
        SignResult.SomebodyElsesNumber => "We know this number as somebody else's. Please write a number that is yours.",
        _ => "We do not know you any more, so there is nothing to sign.",
    };

    private static ConsentText TextOf(OwnerSettings owner) => new(owner.SellerName, owner.SellerPhone, owner.PostalAddress);

    private static string? DayOf(Instant? at, OwnerSettings owner) => at?.InZone(DateTimeZoneProviders.Tzdb[owner.Zone]).Date.ToString("MMMM d, uuuu", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Whatever a proxy says is written down as said, not believed.</summary>
    private static string From(HttpContext http)
    {
        var remote = http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        var said = http.Request.Headers["X-Forwarded-For"].ToString();
        return said.Length == 0 ? remote : $"{remote} (a proxy says {Cut(said, 200)})";
    }

    private static string? Cut(string text, int most) => text.Length == 0 ? null : text.Length <= most ? text : text[..most];

    private static Task<IResult> WriteAsync(HttpContext http, OwnerSettings owner, int status, string body) => PersonPage.WriteAsync(http, status, "Calls and texts", body, owner.ConsentPageFrames);
}
