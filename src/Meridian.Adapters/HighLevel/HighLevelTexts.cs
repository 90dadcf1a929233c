using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Meridian.Adapters.Http;
using Meridian.Engine.Crm;
using Meridian.Engine.Dispatch;
using NodaTime;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// Sends texts through a HighLevel location. There is no idempotency key and a text is billed when queued, so a lost answer is looked for in
/// the export, never asked again. A number may leave its texts to a workflow instead. Tags are never written: an upsert with tags would replace them all.
/// </summary>
public sealed partial class HighLevelTexts(HighLevelLocation location, IReadOnlyDictionary<string, Uri>? triggers = null) : ITextTransport, ICrmSilence
{
    /// <summary>Two clocks need not agree.</summary>
    private static readonly Duration Slack = Duration.FromMinutes(1);

    private static readonly string[] Channels = ["Email", "Call", "SMS"];

    private const int PageSize = 100;
    private const int MostPages = 10;

    private readonly HighLevelOptions options = location.Options;

    public async Task<TextContact> PrepareAsync(TextPerson person, CancellationToken cancellation)
    {
        var (contactId, contact, no) = await new HighLevelUpsert(location).UpsertAsync(person.PhoneE164, person.Email, person.FirstName, person.LastName, person.CompanyName, cancellation).ConfigureAwait(false);
        return no ?? HighLevelContact.Judge(contactId!, contact, person.PhoneE164);
    }

    public async Task<SendResult> SendAsync(SendPermit permit, OutgoingText text, CancellationToken cancellation)
    {
        if (permit.TouchId != text.TouchId) throw new ArgumentException($"permit {permit.PermitId} is for touch {permit.TouchId}, not for {text.TouchId}");
        if (permit.IsSpent) return new Exchange.NotPermitted().Unanswered();
        if (triggers?.GetValueOrDefault(text.FromE164) is { } trigger) return await new HighLevelWorkflow(location).BeginAsync(trigger, permit, text, cancellation).ConfigureAwait(false);
        var body = new JsonObject
        {
            ["type"] = "SMS", ["contactId"] = text.ContactId, ["message"] = text.Body, ["fromNumber"] = text.FromE164, ["toNumber"] = text.ToE164,
        };
        var exchange = await location.SendAsync(HttpMethod.Post, "/conversations/messages", options.ConversationsVersion, body, Haste.Urgent, cancellation, permit).ConfigureAwait(false);
        return exchange is Exchange.Answered answer ? HighLevelAnswers.ToSend(answer.Status, answer.Body, answer.RetryAfter) : exchange.Unanswered();
    }

    /// <summary>The location may append its name and opt-out words to a first text, so ours is recognised by its beginning.</summary>
    public async Task<Sighting> FindAsync(string contactId, string body, Instant from, CancellationToken cancellation)
    {
        var ours = OneSpace(body);
        if (ours.Length == 0) return new Sighting.CannotTell("an empty text cannot be recognised");

        var (messages, why) = await new HighLevelExport(location).ReadAsync("SMS", contactId, from - Slack, PageSize, MostPages, cancellation).ConfigureAwait(false);
        if (messages is null) return new Sighting.CannotTell(why!);
        var found = messages.FirstOrDefault(m => IsOurs(m, ours, from - Slack));
        return found.IsMissing() ? new Sighting.NotFound() : new Sighting.Found(found.At("id").Text() ?? found.At("messageId").Text() ?? "");
    }

    bool ICrmSilence.IsSetUp => true;

    public async Task<bool> SetDoNotDisturbAsync(string contactId, CancellationToken cancellation) => await SilenceAsync(contactId, Haste.Urgent, cancellation).ConfigureAwait(false) is Silencing.Written;

    public Task<Silencing> SilenceAsync(string contactId, CancellationToken cancellation) => SilenceAsync(contactId, Haste.Patient, cancellation);

    /// <summary>
    /// A permanent do-not-disturb, as STOP leaves one, may not be overwritten, and need not be. But the whole request is refused for it, so then each channel is
    /// asked for by itself: whoever said STOP to texts is to get no call and no e-mail from there either.
    /// </summary>
    private async Task<Silencing> SilenceAsync(string contactId, Haste haste, CancellationToken cancellation)
    {
        var first = await SetAsync(contactId, haste, cancellation, Channels).ConfigureAwait(false);
        if (IsSeen(first, Channels)) return new Silencing.Written();
        if (IsForGood(first))
        {
            foreach (var channel in Channels)
                if (await SetAsync(contactId, haste, cancellation, channel).ConfigureAwait(false) is var one && one is not Exchange.Answered { Succeeded: true } && !IsForGood(one)) return new Silencing.NotNow(OneContact.Why(one));
        }
        else if (first is not Exchange.Answered { Succeeded: true } && !OneContact.IsGone(first)) return new Silencing.NotNow(OneContact.Why(first));

        // A success that does not show what we wrote may have done nothing, and one channel by itself may have taken the others' place.
        var look = await OneContact.ReadAsync(location, contactId, haste, cancellation).ConfigureAwait(false);
        if (OneContact.IsGone(look)) return new Silencing.Gone();
        if (OneContact.IsGone(first) && !IsForGood(first)) return new Silencing.NotNow(OneContact.Why(first));
        if (look is not Exchange.Answered { Succeeded: true }) return new Silencing.NotNow(OneContact.Why(look));
        return IsSeen(look, Channels) ? new Silencing.Written() : new Silencing.NotNow("HighLevel does not show what was written");
    }

    private Task<Exchange> SetAsync(string contactId, Haste haste, CancellationToken cancellation, params string[] channels)
    {
        var settings = new JsonObject();
        foreach (var channel in channels) settings[channel] = new JsonObject { ["status"] = "active" };
        return location.SendAsync(HttpMethod.Put, $"/contacts/{Uri.EscapeDataString(contactId)}", options.ContactsVersion, new JsonObject { ["dndSettings"] = settings }, haste, cancellation);
    }

    private static bool IsSeen(Exchange exchange, string[] channels) => exchange is Exchange.Answered { Succeeded: true } answer && AreOn((JsonReading.TryParse(answer.Body) ?? default).At("contact"), channels);

    /// <summary>A do-not-disturb that was there for good before.</summary>
    private static bool IsForGood(Exchange exchange) => exchange is Exchange.Answered { Status: >= 400 and < 500 } answer && answer.Body?.Contains("permanent dnd", StringComparison.OrdinalIgnoreCase) == true;

    private static bool AreOn(JsonElement contact, string[] channels)
    {
        var settings = contact.At("dndSettings");
        return contact.At("dnd").IsTrue() || channels.All(c => HighLevelContact.IsOn(settings.At(c)));
    }

    private static bool IsOurs(JsonElement message, string ours, Instant since) =>
        string.Equals(message.At("direction").Text(), "outbound", StringComparison.OrdinalIgnoreCase)
        && OneSpace(message.At("body").Text() ?? "").StartsWith(ours, StringComparison.Ordinal)
        && (message.At("dateAdded").Time() is not { } added || added >= since);

    private static string OneSpace(string text) => Space().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
