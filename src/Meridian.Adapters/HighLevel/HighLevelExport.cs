using System.Text.Json;
using Meridian.Adapters.Http;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.HighLevel;

/// <summary>Reads the location's message export page by page, and the bodies of e-mails, which the export leaves out.</summary>
internal sealed class HighLevelExport(HighLevelLocation location)
{
    private readonly HighLevelOptions options = location.Options;

    /// <summary>Everything on a channel since then, oldest first; or why not.</summary>
    /// <param name="contactId">Null: the whole location.</param>
    /// <param name="mostPages">Beyond this many something is wrong with the cursor, not with the conversation.</param>
    public async Task<(IReadOnlyList<JsonElement>? Messages, string? Why)> ReadAsync(string channel, string? contactId, Instant since, int pageSize, int mostPages, CancellationToken cancellation)
    {
        var path = $"{Path(channel, contactId, since, pageSize)}&sortBy=createdAt&sortOrder=asc";
        var (found, isWhole, why) = await PagesAsync(path, mostPages, cancellation).ConfigureAwait(false);
        return found is null ? (null, why) : isWhole ? (found, null) : (null, $"HighLevel's export does not end after {mostPages} pages");
    }

    /// <summary>What was made on a channel since then, whatever changed last first, as many pages as are asked for; or why not.</summary>
    public async Task<(IReadOnlyList<JsonElement>? Messages, string? Why)> ChangedAsync(string channel, Instant since, int pageSize, int pages, CancellationToken cancellation)
    {
        var (found, _, why) = await PagesAsync($"{Path(channel, null, since, pageSize)}&sortBy=updatedAt&sortOrder=desc", pages, cancellation).ConfigureAwait(false);
        return (found, why);
    }

    private string Path(string channel, string? contactId, Instant since, int pageSize) =>
        $"/conversations/messages/export?locationId={Uri.EscapeDataString(options.LocationId)}{(contactId is null ? "" : $"&contactId={Uri.EscapeDataString(contactId)}")}&channel={channel}&startDate={Uri.EscapeDataString(InstantPattern.ExtendedIso.Format(since))}&limit={pageSize}";

    private async Task<(IReadOnlyList<JsonElement>? Messages, bool IsWhole, string? Why)> PagesAsync(string path, int mostPages, CancellationToken cancellation)
    {
        var found = new List<JsonElement>();
        string? cursor = null;
        for (var page = 0; page < mostPages; page++)
        {
            var exchange = await location.GetAsync(cursor is null ? path : $"{path}&cursor={Uri.EscapeDataString(cursor)}", options.ConversationsVersion, Haste.Urgent, cancellation).ConfigureAwait(false);
            if (exchange is not Exchange.Answered answer) return (null, false, $"HighLevel did not answer: {exchange.Why}");
            if (!answer.Succeeded) return (null, false, $"HighLevel answered {answer.Status}: {JsonReading.ErrorText(JsonReading.TryParse(answer.Body), answer.Body)}");
            if (HighLevelAnswers.Messages(answer.Body, out cursor) is not { } messages) return (null, false, "HighLevel's export could not be read");
            found.AddRange(messages);
            if (cursor is null) return (found, true, null);
        }

        return (found, false, null);
    }

    /// <summary>The e-mails of one exported message: subject, body, from, to. Null: one could not be read.</summary>
    public async Task<IReadOnlyList<JsonElement>?> EmailsAsync(JsonElement message, CancellationToken cancellation)
    {
        var ids = message.At("meta", "email", "messageIds").Items().Select(id => id.Text()).OfType<string>().ToList();
        if (ids.Count == 0 && (message.At("emailMessageId").Text() ?? message.At("id").Text()) is { } own) ids.Add(own);
        var emails = new List<JsonElement>();
        foreach (var id in ids)
        {
            if (await EmailAsync(id, cancellation).ConfigureAwait(false) is not { } email) return null;
            emails.Add(email);
        }

        return emails;
    }

    public async Task<JsonElement?> EmailAsync(string id, CancellationToken cancellation)
    {
        var exchange = await location.GetAsync($"/conversations/messages/email/{Uri.EscapeDataString(id)}", options.ConversationsVersion, Haste.Urgent, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered { Succeeded: true } answer || JsonReading.TryParse(answer.Body) is not { ValueKind: JsonValueKind.Object } said) return null;
        return said.At("emailMessage").IsMissing() ? said : said.At("emailMessage");
    }
}
