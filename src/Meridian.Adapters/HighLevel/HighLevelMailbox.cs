using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Adapters.Mail;
using Meridian.Domain.Touches;
using Meridian.Engine.Checks;
using Meridian.Engine.Dispatch;
using NodaTime;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// E-mails as messages of a HighLevel location: <c>POST /conversations/messages</c>, type Email. No header of ours goes along (<see cref="MailHeaders"/>): the way to
/// unsubscribe is the link in the text. Letters to one person hang together by the id of their thread there.
/// </summary>
/// <remarks>Contract: HighLevel's conversations.json of 2026-06-19 (vendor); that the export leaves the bodies out, from its issue #40.</remarks>
internal sealed class HighLevelMailbox(HighLevelLocation location) : IMailApi
{
    /// <summary>Two clocks need not agree.</summary>
    private static readonly Duration Slack = Duration.FromMinutes(1);

    private const int PageSize = 100;
    private const int MostPages = 10;

    private readonly HighLevelOptions options = location.Options;
    private readonly HighLevelUpsert contacts = new(location);
    private readonly HighLevelExport export = new(location);

    public async Task<SendResult> SendAsync(SendPermit? permit, OutgoingEmail email, CancellationToken cancellation)
    {
        var (first, last) = Names(email.ToName);
        var (contactId, contact, no) = await contacts.UpsertAsync(null, email.ToAddress, first, last, null, cancellation).ConfigureAwait(false);
        if (no is not null) return new SendResult.NotSent(no.Because, no.Reason);
        if (HighLevelContact.AnythingOn(contact) is { } detail) return new SendResult.Refused($"HighLevel: do-not-disturb for {detail}", Disposition.OptedOut);
        if (NamedAddresses.Email(contact.At("email").Text()) != NamedAddresses.Email(email.ToAddress))
            return new SendResult.Refused($"HighLevel has {contact.At("email").Text() ?? "no e-mail"} for this contact, we meant {email.ToAddress}");

        var body = new JsonObject
        {
            ["type"] = "Email", ["contactId"] = contactId, ["subject"] = email.Subject, ["html"] = HtmlLetter.Of(email.TextBody), ["emailFrom"] = From(email), ["emailTo"] = email.ToAddress,
        };
        if (email.Follows is { Count: > 0 } && await ThreadAsync(contactId!, cancellation).ConfigureAwait(false) is { } thread) body["threadId"] = thread;
        var exchange = await location.SendAsync(HttpMethod.Post, "/conversations/messages", options.ConversationsVersion, body, Haste.Urgent, cancellation, permit).ConfigureAwait(false);
        return exchange is Exchange.Answered answer ? HighLevelAnswers.ToSend(answer.Status, answer.Body, answer.RetryAfter) : exchange.Unanswered();
    }

    /// <summary>Among what the location sent by e-mail since then: the one to this address with this subject.</summary>
    public async Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation)
    {
        var (messages, why) = await export.ReadAsync("Email", null, email.BegunAt - Slack, PageSize, MostPages, cancellation).ConfigureAwait(false);
        if (messages is null) return new Sighting.CannotTell(why!);
        var untold = false;
        foreach (var message in messages.Where(m => string.Equals(m.At("direction").Text(), "outbound", StringComparison.OrdinalIgnoreCase)))
        {
            if (await export.EmailsAsync(message, cancellation).ConfigureAwait(false) is not { } letters) return new Sighting.CannotTell("HighLevel did not show an e-mail it sent");
            untold |= letters.Any(l => l.At("subject").ValueKind != JsonValueKind.String || l.At("to").IsMissing());
            if (letters.Any(l => IsOurs(l, email))) return new Sighting.Found(message.At("id").Text() ?? message.At("messageId").Text() ?? "");
        }

        return untold ? new Sighting.CannotTell("HighLevel shows an e-mail without its subject or reader, which may be it") : new Sighting.NotFound();
    }

    /// <summary>Its token is looked at by the location's own check.</summary>
    public Task<CheckFinding> CheckAsync(CancellationToken cancellation) => throw new NotSupportedException("HighLevelCheck looks at the token");

    private static bool IsOurs(JsonElement letter, SentEmail email) =>
        letter.At("subject").Text()?.Trim() == email.Subject.Trim()
        && !string.Equals(letter.At("direction").Text(), "inbound", StringComparison.OrdinalIgnoreCase)
        && (letter.At("dateAdded").Time() is not { } added || added >= email.BegunAt - Slack)
        && (letter.At("to").ValueKind == JsonValueKind.Array ? letter.At("to").Items().Select(t => t.Text()) : [letter.At("to").Text()]).Any(to => NamedAddresses.Email(to) == NamedAddresses.Email(email.ToAddress));

    /// <summary>The thread of what we wrote to them before; null: not known, and then it is a letter of its own.</summary>
    private async Task<string?> ThreadAsync(string contactId, CancellationToken cancellation)
    {
        var path = $"/conversations/messages/export?locationId={Uri.EscapeDataString(options.LocationId)}&contactId={Uri.EscapeDataString(contactId)}&channel=Email&limit=10&sortBy=createdAt&sortOrder=desc";
        var exchange = await location.GetAsync(path, options.ConversationsVersion, Haste.Urgent, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered { Succeeded: true } answer || HighLevelAnswers.Messages(answer.Body, out _) is not { } messages) return null;
        return messages.Where(m => string.Equals(m.At("direction").Text(), "outbound", StringComparison.OrdinalIgnoreCase)).Select(m => m.At("id").Text()).FirstOrDefault(id => id is not null);
    }

    private static (string? First, string? Last) Names(string? name) =>
        name?.Trim().Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } parts ? (parts[0], parts.ElementAtOrDefault(1)) : (null, null);

    private static string From(OutgoingEmail email) => string.IsNullOrWhiteSpace(email.FromName) ? email.FromAddress : $"{email.FromName.Replace("\"", "", StringComparison.Ordinal)} <{email.FromAddress}>";
}
