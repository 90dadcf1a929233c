using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine.Inbound;
using NodaTime;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// Reads what people wrote to a whole location from its message export: their texts, and to whom a text could not be brought because they had opted out; or,
/// where we write e-mails there, their letters; each with a cursor of its own, so that a letter that cannot be read hides no text. HighLevel loses webhooks on most failures and stops sending them to an endpoint it finds
/// unhealthy; the export has them all the same.
/// </summary>
public sealed class HighLevelPoll(HighLevelLocation location, bool letters = false) : IInboundPoll
{
    private const int PageSize = 500;

    /// <summary>Beyond this many pages something is wrong with the cursor, not with the conversation.</summary>
    private const int MostPages = 200;

    /// <summary>How long after it was written a text may still be found to have met an opt-out.</summary>
    private static readonly Duration EndsAfter = Duration.FromHours(1);

    /// <summary>How long after its first letter a thread is looked into for a new one.</summary>
    private static readonly Duration ThreadsLive = Duration.FromDays(30);

    /// <summary>The two thousand threads that changed last.</summary>
    private const int PagesOfThreads = 4;

    private const int MostLooks = 300;

    private const int MostBroken = 3;

    private const int MostRemembered = 50_000;

    /// <summary>A letter may be shown some time after it was written.</summary>
    private static readonly Duration ShowsAfter = Duration.FromHours(1);

    /// <summary>Letters that were too old once and are so ever after.</summary>
    private readonly HashSet<string> older = [];

    private readonly HighLevelExport export = new(location);

    public string Provider => "highlevel";

    public string Key => letters ? "highlevel-letters" : Provider;

    public async Task<PollAnswer> FetchAsync(Instant since, CancellationToken cancellation)
    {
        if (letters) return await FetchLettersAsync(since, cancellation).ConfigureAwait(false);
        var (texts, why) = await export.ReadAsync("SMS", null, since - EndsAfter, PageSize, MostPages, cancellation).ConfigureAwait(false);
        if (texts is null) return new PollAnswer.NotFetched(why!);
        // Whatever is not clearly ours is a person's: the reader decides what it says.
        return new PollAnswer.Fetched([.. texts.Where(m => !IsOutbound(m) && !(m.At("dateAdded").Time() < since)).Select(AsWebhook), .. texts.Where(m => IsOutbound(m) && IsOptedOut(m)).Select(AsDoNotDisturb)]);
    }

    /// <summary>The export's document has neither from nor to, only the contact, and of whom we never texted there we have no contact.</summary>
    public async Task<Naming> NameAsync(string raw, string contactId, CancellationToken cancellation)
    {
        var look = await OneContact.ReadAsync(location, contactId, Haste.Urgent, cancellation).ConfigureAwait(false);
        if (OneContact.IsGone(look)) return new Naming.Named(raw);
        if (look is not Exchange.Answered { Succeeded: true } answer) return new Naming.NotNow($"HighLevel did not show a contact: {OneContact.Why(look)}");
        if ((JsonReading.TryParse(answer.Body) ?? default).At("contact") is not { ValueKind: JsonValueKind.Object } contact) return new Naming.NotNow("HighLevel's contact could not be read");
        var json = JsonNode.Parse(raw)!.AsObject();
        foreach (var name in (ReadOnlySpan<string>)["phone", "email"])
            if (contact.At(name).Text() is { } address) json[name] = address;
        return new Naming.Named(json.ToJsonString());
    }

    private async Task<PollAnswer> FetchLettersAsync(Instant since, CancellationToken cancellation)
    {
        var found = new List<string>();
        var (threads, no) = await export.ReadAsync("Email", null, since, PageSize, MostPages, cancellation).ConfigureAwait(false);
        if (threads is null) return new PollAnswer.NotFetched(no!);
        foreach (var thread in threads)
        {
            // What only we wrote has nothing to tell; a thread may hold an answer.
            if (IsOutbound(thread) && thread.At("meta", "email", "messageIds").Items().Count() <= 1) continue;
            if (await export.EmailsAsync(thread, cancellation).ConfigureAwait(false) is not { } mails) return new PollAnswer.NotFetched("HighLevel did not show an e-mail");
            found.AddRange(mails.Where(m => !IsOutbound(m)).Select(m => AsLetter(thread, m)));
        }

        return await AddLateAsync(threads, found, since, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// A thread is one record with a list of its letters, and is dated by the first: an answer of today lies in the record of an older day. So what changed last is
    /// looked through as well; only letters written since count, for older words are part of other conversations.
    /// </summary>
    private async Task<PollAnswer> AddLateAsync(IReadOnlyList<JsonElement> known, List<string> found, Instant since, CancellationToken cancellation)
    {
        var (changed, no) = await export.ChangedAsync("Email", since - ThreadsLive, PageSize, PagesOfThreads, cancellation).ConfigureAwait(false);
        if (changed is null) return new PollAnswer.NotFetched(no!);
        if (older.Count > MostRemembered) older.Clear();
        var read = known.Select(t => t.At("id").Text()).ToHashSet();
        var (looks, broken) = (0, 0);
        foreach (var thread in changed.Where(t => !read.Contains(t.At("id").Text())))
        {
            var ids = thread.At("meta", "email", "messageIds").Items().Select(id => id.Text()).OfType<string>().ToList();
            foreach (var id in ids.Count > 1 ? ids.Where(id => !older.Contains(id)) : [])
            {
                // The next look goes on behind what is known to be older by then.
                if (looks++ == MostLooks) return new PollAnswer.NotFetched($"HighLevel has more letters in older threads than the {MostLooks} that are read in one look");
                if (await export.EmailAsync(id, cancellation).ConfigureAwait(false) is not { } letter)
                {
                    // One letter that is never shown makes nobody deaf for all the others.
                    if (++broken == MostBroken) return new PollAnswer.NotFetched("HighLevel did not show e-mails");
                    continue;
                }

                if (letter.At("dateAdded").Time() < since - ShowsAfter) older.Add(id);
                else if (!IsOutbound(letter)) found.Add(AsLetter(thread, letter));
            }
        }

        return new PollAnswer.Fetched(found);
    }

    private static bool IsOutbound(JsonElement message) => string.Equals(message.At("direction").Text(), "outbound", StringComparison.OrdinalIgnoreCase);

    /// <summary>A text that the carrier did not bring because the person had opted out there, which may be all that is ever heard of it.</summary>
    private static bool IsOptedOut(JsonElement message) => string.Equals(message.At("status").Text(), "opt_out", StringComparison.OrdinalIgnoreCase);

    /// <summary>Dated by the text, so that it is one event however often it is read.</summary>
    private static string AsDoNotDisturb(JsonElement message) => new JsonObject
    {
        ["type"] = "ContactDndUpdate", ["id"] = message.At("contactId").Text(), ["phone"] = message.At("to").Text(), ["timestamp"] = message.At("dateAdded").Text(),
        ["dndSettings"] = new JsonObject { ["SMS"] = new JsonObject { ["status"] = "permanent" } },
    }.ToJsonString();

    /// <summary>The webhook of the same message, as far as the export tells it.</summary>
    private static string AsWebhook(JsonElement message)
    {
        var json = new JsonObject { ["type"] = "InboundMessage" };
        foreach (var property in message.Properties())
            if (property.Name is not ("id" or "type" or "source" or "status" or "dateUpdated")) json[property.Name] = JsonNode.Parse(property.Value.GetRawText());
        if ((message.At("id").Text() ?? message.At("messageId").Text()) is { } id) json["messageId"] = id;
        return json.ToJsonString();
    }

    private static string AsLetter(JsonElement thread, JsonElement letter)
    {
        var json = new JsonObject { ["type"] = "InboundMessage", ["messageType"] = "Email", ["messageId"] = thread.At("id").Text() };
        foreach (var name in (ReadOnlySpan<string>)["contactId", "conversationId", "locationId", "dateAdded", "subject", "body", "from", "to", "direction", "attachments"])
            if (letter.At(name) is { ValueKind: not JsonValueKind.Undefined } value) json[name] = JsonNode.Parse(value.GetRawText());
        if (letter.At("id").Text() is { } id) json["emailMessageId"] = id;
        return json.ToJsonString();
    }
}
