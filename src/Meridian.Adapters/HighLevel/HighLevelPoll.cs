using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine.Inbound;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// Reads the inbound texts of a whole location from its message export. HighLevel loses webhooks on most failures and stops sending them to an
/// endpoint it finds unhealthy; the export has them all the same.
/// </summary>
public sealed class HighLevelPoll(HighLevelLocation location) : IInboundPoll
{
    private const int PageSize = 500;

    /// <summary>Beyond this many pages something is wrong with the cursor, not with the conversation.</summary>
    private const int MostPages = 200;

    private readonly HighLevelOptions options = location.Options;

    public string Provider => "highlevel";

    public async Task<PollAnswer> FetchAsync(Instant since, CancellationToken cancellation)
    {
        var path = $"/conversations/messages/export?locationId={Uri.EscapeDataString(options.LocationId)}&channel=SMS"
            + $"&startDate={Uri.EscapeDataString(InstantPattern.ExtendedIso.Format(since))}&limit={PageSize}&sortBy=createdAt&sortOrder=asc";
        var found = new List<string>();
        string? cursor = null;
        for (var page = 0; page < MostPages; page++)
        {
            var at = cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}";
            var exchange = await location.GetAsync(at, options.ConversationsVersion, Haste.Urgent, cancellation).ConfigureAwait(false);
            if (exchange is not Exchange.Answered answer) return new PollAnswer.NotFetched($"HighLevel did not answer: {exchange.Why}");
            if (!answer.Succeeded) return new PollAnswer.NotFetched($"HighLevel answered {answer.Status}: {JsonReading.ErrorText(JsonReading.TryParse(answer.Body), answer.Body)}");
            if (HighLevelAnswers.Messages(answer.Body, out cursor) is not { } messages) return new PollAnswer.NotFetched("HighLevel's export could not be read");

            // Whatever is not clearly ours is a person's: the reader decides what it says.
            found.AddRange(messages.Where(m => !string.Equals(m.At("direction").Text(), "outbound", StringComparison.OrdinalIgnoreCase)).Select(AsWebhook));
            if (cursor is null) return new PollAnswer.Fetched(found);
        }

        return new PollAnswer.NotFetched($"HighLevel's export does not end after {MostPages} pages");
    }

    /// <summary>The webhook of the same message, as far as the export tells it.</summary>
    private static string AsWebhook(JsonElement message)
    {
        var json = new JsonObject { ["type"] = "InboundMessage" };
        foreach (var property in message.Properties())
            if (property.Name is not ("id" or "type" or "source" or "status" or "dateUpdated")) json[property.Name] = JsonNode.Parse(property.Value.GetRawText());
        if ((message.At("id").Text() ?? message.At("messageId").Text()) is { } id) json["messageId"] = id;
        return json.ToJsonString();
    }
}
