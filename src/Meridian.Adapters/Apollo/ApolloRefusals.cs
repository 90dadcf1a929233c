using System.Text.Json;
using System.Text.RegularExpressions;
using Meridian.Adapters.Http;
using Meridian.Engine.Prospecting;
using NodaTime;

namespace Meridian.Adapters.Apollo;

/// <summary>Reads Apollo's "no", and its silence, by what may have been bought. Pure.</summary>
internal static partial class ApolloRefusals
{
    /// <summary>Apollo's windows are a minute, an hour and a day; asking again sooner than this only uses up the next one.</summary>
    private static readonly Duration ShortestWait = Duration.FromMinutes(5);

    /// <param name="paid">Whether the request would have cost credits: then an answer that did not come leaves the purchase unknown.</param>
    public static SourceRefusal Of(Exchange exchange, bool paid, Instant now) => exchange switch
    {
        Exchange.Answered answer => OfAnswer(answer, paid, now),
        Exchange.NeverLeft left => new SourceRefusal(SourceTrouble.Unavailable, left.Reason),
        Exchange.Lost lost => new SourceRefusal(paid ? SourceTrouble.Unknown : SourceTrouble.Unavailable, lost.Reason),
        _ => throw new InvalidOperationException($"no permit is asked for at Apollo: {exchange}"),
    };

    /// <summary>A success that cannot be read: what was free is asked for again, what was paid is not.</summary>
    public static SourceRefusal Unreadable(bool paid, string what) =>
        new(paid ? SourceTrouble.Unknown : SourceTrouble.Unavailable, $"Apollo's {what} could not be read");

    /// <summary>Credits are told by code or words, never by status: Apollo says it with a 422, older keys in plain text.</summary>
    public static bool IsOutOfCredits(JsonElement? json, string? body) =>
        (json ?? default).At("error_details", "code").Text() == "BILLING.LIMIT.CREDITS_EXHAUSTED" || NoCredits().IsMatch(Said(json, body));

    public static string Said(JsonElement? json, string? body)
    {
        var error = json ?? default;
        var said = error.At("error_details", "message").Text() ?? error.At("error_message").Text() ?? JsonReading.ErrorText(json, body);
        // On a search, the message of a rate limit may itself be JSON.
        if (said.StartsWith('{') && JsonReading.TryParse(said) is { } inner) said = JsonReading.ErrorText(inner, said);
        return Tag().Replace(said, "");
    }

    private static SourceRefusal OfAnswer(Exchange.Answered answer, bool paid, Instant now)
    {
        var json = JsonReading.TryParse(answer.Body);
        var said = Said(json, answer.Body);
        var why = $"Apollo answered {answer.Status}: {said}";
        if (answer.Succeeded) return Unreadable(paid, "answer");
        if (IsOutOfCredits(json, answer.Body)) return new SourceRefusal(SourceTrouble.OutOfCredits, why);
        return answer.Status switch
        {
            429 => new SourceRefusal(SourceTrouble.RateLimited, why, now + Longer(answer.RetryAfter)),
            402 => new SourceRefusal(SourceTrouble.OutOfCredits, why),
            401 or 403 => new SourceRefusal(SourceTrouble.Account, why),
            >= 300 and < 400 => new SourceRefusal(SourceTrouble.Account, $"{why} (a redirect: is BaseUrl right?)"),
            408 or >= 500 => new SourceRefusal(paid ? SourceTrouble.Unknown : SourceTrouble.Unavailable, why),
            >= 400 when IsAccounts(said) => new SourceRefusal(SourceTrouble.Account, why),
            >= 400 => new SourceRefusal(SourceTrouble.Invalid, why),
            _ => Unreadable(paid, $"answer {answer.Status}"),
        };
    }

    private static Duration Longer(TimeSpan? asked) =>
        asked is { } span && Duration.FromTimeSpan(span) is var wait && wait > ShortestWait ? wait : ShortestWait;

    /// <summary>A request without any key is a 422, not a 401.</summary>
    private static bool IsAccounts(string said) => Account().IsMatch(said);

    [GeneratedRegex("insufficient credits|credits_exhausted|used all of its credits", RegexOptions.IgnoreCase)]
    private static partial Regex NoCredits();

    [GeneratedRegex("api key required|invalid api key|not authorized|paid plans|API_INACCESSIBLE", RegexOptions.IgnoreCase)]
    private static partial Regex Account();

    [GeneratedRegex("<[^>]{0,300}>")]
    private static partial Regex Tag();
}
