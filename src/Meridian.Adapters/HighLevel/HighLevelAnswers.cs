using System.Text.Json;
using System.Text.RegularExpressions;
using Meridian.Adapters.Http;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.HighLevel;

/// <summary>Reads HighLevel's answers by what may have happened. Pure.</summary>
public static partial class HighLevelAnswers
{
    /// <summary>The burst window is 10 s; the body and headers of a 429 are not documented.</summary>
    private static readonly TimeSpan BurstWindow = TimeSpan.FromSeconds(10);

    /// <summary>Reads the answer to <c>POST /conversations/messages</c>. A 2xx means queued, and is believed only with a message id.</summary>
    public static SendResult ToSend(int status, string? body, TimeSpan? retryAfter)
    {
        var json = JsonReading.TryParse(body);
        var answer = json ?? default;
        if (status is >= 200 and < 300)
        {
            var id = answer.At("messageId").Text() ?? answer.At("messageIds").Items().Select(item => item.Text()).FirstOrDefault(text => text is not null);
            return id is null ? new SendResult.Unknown($"HighLevel answered {status} without a message id that can be read") : new SendResult.Accepted(id);
        }

        var said = JsonReading.ErrorText(json, body);
        var why = $"HighLevel answered {status}: {said}";
        return status switch
        {
            408 => new SendResult.Unknown(why),
            429 => new SendResult.NotSent(NotSentBecause.Transient, why, retryAfter ?? BurstWindow),
            401 or 402 or 403 => new SendResult.NotSent(NotSentBecause.Account, why),
            503 when answer.ValueKind == JsonValueKind.Object => new SendResult.NotSent(NotSentBecause.Transient, why, retryAfter),
            >= 500 => new SendResult.Unknown(why),
            >= 300 and < 400 => new SendResult.NotSent(NotSentBecause.Account, $"{why} (a redirect: is BaseUrl right?)"),
            >= 400 when OptedOut().IsMatch(said) => new SendResult.Refused(why, Disposition.OptedOut),
            >= 400 when Account().IsMatch(said) => new SendResult.NotSent(NotSentBecause.Account, why),
            >= 400 => new SendResult.Refused(why),
            _ => new SendResult.Unknown(why),
        };
    }

    /// <summary>The messages of an export or a list, flat as documented or nested as seen; null when it is neither.</summary>
    internal static IEnumerable<JsonElement>? Messages(string? body, out string? cursor)
    {
        var answer = JsonReading.TryParse(body) ?? default;
        cursor = answer.At("nextCursor").Text();
        var messages = answer.At("messages");
        if (messages.ValueKind == JsonValueKind.Object) messages = messages.At("messages");
        return messages.ValueKind == JsonValueKind.Array ? messages.Items() : null;
    }

    [GeneratedRegex(@"\bDND\b.*\bactive\b|unsubscribed|opted\s*out", RegexOptions.IgnoreCase)]
    private static partial Regex OptedOut();

    [GeneratedRegex(@"from\s?number|insufficient|balance|wallet|billing|suspended|a2p|10dlc|no (?:phone )?number (?:is )?(?:available|assigned|configured)|conversation provider|should not exist|location.*not found", RegexOptions.IgnoreCase)]
    private static partial Regex Account();
}
