using System.Text.Json;
using System.Text.RegularExpressions;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Vapi;

/// <summary>Reads Vapi's answer to <c>POST /call</c> by what may have happened. Pure.</summary>
public static partial class VapiAnswers
{
    /// <summary>A full house empties as calls end; asking sooner only adds to the crowd.</summary>
    private static readonly TimeSpan WhenCrowded = TimeSpan.FromSeconds(30);

    public static SendResult ToPlacing(int status, string? body, TimeSpan? retryAfter)
    {
        var json = JsonReading.TryParse(body);
        var answer = json ?? default;
        if (status is >= 200 and < 300) return ToTaken(status, answer, retryAfter);

        var said = JsonReading.ErrorText(json, body);
        var why = $"Vapi answered {status}: {said}";
        if (IsCrowded(status, answer, body)) return new SendResult.NotSent(NotSentBecause.Transient, why, retryAfter ?? WhenCrowded);

        return status switch
        {
            408 => new SendResult.Unknown(why),
            429 => new SendResult.NotSent(NotSentBecause.Transient, why, retryAfter),
            401 or 402 or 403 => new SendResult.NotSent(NotSentBecause.Account, why),
            503 when answer.ValueKind == JsonValueKind.Object => new SendResult.NotSent(NotSentBecause.Transient, why, retryAfter),
            >= 500 => new SendResult.Unknown(why),
            >= 300 and < 400 => new SendResult.NotSent(NotSentBecause.Account, $"{why} (a redirect: is BaseUrl right?)"),
            >= 400 when IsAccounts(said) => new SendResult.NotSent(NotSentBecause.Account, why),
            >= 400 => new SendResult.Refused(why),
            _ => new SendResult.Unknown(why),
        };
    }

    /// <summary>An id is followed even when Vapi says it was blocked: such a call may still dial.</summary>
    private static SendResult ToTaken(int status, JsonElement answer, TimeSpan? retryAfter)
    {
        var call = answer.At("id").Text() is null && answer.At("results").Items().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first ? first : answer;
        if (call.At("id").Text() is { } id) return new SendResult.Accepted(id, call.At("monitor", "controlUrl").Text());
        if (IsBlocked(answer)) return new SendResult.NotSent(NotSentBecause.Transient, "Vapi's concurrency limit is reached", retryAfter ?? WhenCrowded);
        return new SendResult.Unknown($"Vapi answered {status} without an id that can be read");
    }

    /// <summary>The status of this refusal is not documented and was seen to vary. After a 5xx only the plain statement counts, not the mere word.</summary>
    private static bool IsCrowded(int status, JsonElement answer, string? body) =>
        IsBlocked(answer) || (body is not null && (status < 500 || status == 503 ? Concurrency().IsMatch(Words(answer, body)) : OverLimit().IsMatch(Words(answer, body))));

    private static bool IsBlocked(JsonElement answer) => answer.At("subscriptionLimits", "concurrencyBlocked").IsTrue();

    /// <summary>The error's own words: the names of the fields in <c>subscriptionLimits</c> say "concurrency" in every reply.</summary>
    private static string Words(JsonElement answer, string body) =>
        answer.ValueKind == JsonValueKind.Object ? JsonReading.ErrorText(answer, null) + " " + answer.At("error").Text() : body;

    private static bool IsAccounts(string said) => Account().IsMatch(said);

    [GeneratedRegex("concurren", RegexOptions.IgnoreCase)]
    private static partial Regex Concurrency();

    [GeneratedRegex(@"concurren\w*\s+(?:call\s+)?limit", RegexOptions.IgnoreCase)]
    private static partial Regex OverLimit();

    [GeneratedRegex(
        @"daily outbound call limit|phone\s?number`?\s+`?[0-9a-z-]*`?\s*does not exist|get phone number|need either `?phoneNumberId|insufficient|credit|wallet|billing|payment|subscription|frozen|suspended|quota|fraud|assistant`?\s+`?[0-9a-z-]*`?\s*does not exist|phoneNumberId must|assistantId must|property \S+ should not exist|get assistant|international",
        RegexOptions.IgnoreCase)]
    private static partial Regex Account();
}
