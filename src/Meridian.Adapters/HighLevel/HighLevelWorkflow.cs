using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.HighLevel;

/// <summary>How a text number's messages leave HighLevel.</summary>
public enum TextVia
{
    /// <summary>As messages of the location, by its API.</summary>
    Api,

    /// <summary>By a workflow of the owner's, begun by its inbound-webhook trigger.</summary>
    Workflow,
}

/// <summary>
/// Begins a workflow of the owner's that texts the person. HighLevel answers 200 whether it does or not: with an id it is queued, without one the trigger only
/// took a sample. So a text is never believed by its answer, only by the location's export, where upkeep looks for it.
/// </summary>
/// <remarks>
/// Contract: HighLevel's help on the inbound-webhook trigger (vendor); both sentences of its 200 as captured by five users, one of whom saw a draft
/// workflow answer with an id. It knows no idempotency: <c>event_id</c> is the touch, for the workflow to remember.
/// </remarks>
internal sealed class HighLevelWorkflow(HighLevelLocation location)
{
    public async Task<SendResult> BeginAsync(Uri trigger, SendPermit permit, OutgoingText text, CancellationToken cancellation)
    {
        var body = new JsonObject { ["event_id"] = text.TouchId, ["contact_id"] = text.ContactId, ["phone"] = text.ToE164, ["from"] = text.FromE164, ["message"] = text.Body };
        var exchange = await location.PostWithoutTokenAsync(trigger, body, permit, cancellation).ConfigureAwait(false);
        return exchange is Exchange.Answered answer ? ToSend(answer.Status, answer.Body, answer.RetryAfter) : exchange.Unanswered();
    }

    internal static SendResult ToSend(int status, string? body, TimeSpan? retryAfter)
    {
        var json = JsonReading.TryParse(body);
        var said = (json ?? default).At("status").Text();
        var why = $"HighLevel's trigger answered {status}: {said ?? JsonReading.ErrorText(json, body)}";
        return status switch
        {
            >= 200 and < 300 when (json ?? default).At("id").Text() is null && said?.Contains("test request", StringComparison.OrdinalIgnoreCase) == true =>
                new SendResult.NotSent(NotSentBecause.Account, $"{why}; the workflow is a draft or its trigger an old one: publish it, or copy the trigger's address into textNumbers.triggerUrl anew"),
            >= 200 and < 300 => new SendResult.Unknown($"{why}; whether the workflow ran is seen in HighLevel's messages"),
            408 or >= 500 => new SendResult.Unknown(why),
            429 => new SendResult.NotSent(NotSentBecause.Transient, why, retryAfter),
            _ => new SendResult.NotSent(NotSentBecause.Account, $"{why} (is textNumbers.triggerUrl right?)"),
        };
    }
}
