using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine.Checks;
using Meridian.Engine.Dispatch;
using NodaTime;

namespace Meridian.Adapters.Mail;

/// <summary>
/// A mailbox at Google, sent from by the Gmail API: the whole MIME message as base64url in <c>raw</c>. The scope <c>gmail.send</c> is enough to send;
/// looking for what was sent needs <c>gmail.readonly</c> as well, or <c>https://mail.google.com/</c>, which IMAP wants anyway.
/// </summary>
/// <remarks>Contract: developers.google.com/gmail/api, users.messages.send, users.messages.list, users.getProfile (vendor). Google gives the message another Message-ID (<see cref="MailHeaders"/>).</remarks>
internal sealed class GmailMailbox(MailboxOptions options, HttpClient http, TimeProvider engineClock, TimeProvider machine) : IMailApi
{
    /// <summary>Two clocks need not agree.</summary>
    private static readonly Duration Slack = Duration.FromMinutes(1);

    private const int MostCandidates = 10;

    private readonly Uri root = MailApiUrl.Root(options.BaseUrl, "https://gmail.googleapis.com");
    private readonly TokenWire wire = new(http, options.Tokens!, null, machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));

    public async Task<SendResult> SendAsync(SendPermit? permit, OutgoingEmail email, CancellationToken cancellation)
    {
        var body = new JsonObject { ["raw"] = Base64Url.EncodeToString(EmailMessage.Bytes(email, engineClock.GetUtcNow(), null)) };
        var (exchange, no) = await wire.SendAsync(At("messages/send"), Encoding.UTF8.GetBytes(body.ToJsonString()), new MediaTypeHeaderValue("application/json"), permit, cancellation).ConfigureAwait(false);
        return no ?? (exchange is Exchange.Answered answer ? MailApiAnswers.Gmail(answer.Status, answer.Body, answer.RetryAfter) : exchange!.Unanswered());
    }

    /// <summary>By our Message-ID first. Where Google gave it another, by whom it went to since then, and by the touch that its unsubscribe address names.</summary>
    public async Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation)
    {
        var (own, why) = await ListAsync($"rfc822msgid:{email.MessageId}", cancellation).ConfigureAwait(false);
        if (own is null) return new Sighting.CannotTell(why!);
        if (own.Count > 0) return new Sighting.Found(own[0]);
        var since = (email.BegunAt - Slack).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var (candidates, no) = await ListAsync($"in:sent to:{email.ToAddress} after:{since}", cancellation).ConfigureAwait(false);
        if (candidates is null) return new Sighting.CannotTell(no!);
        foreach (var id in candidates)
        {
            var (exchange, _) = await wire.GetAsync(At($"messages/{Uri.EscapeDataString(id)}?format=metadata&metadataHeaders=List-Unsubscribe"), cancellation).ConfigureAwait(false);
            if (exchange is not Exchange.Answered { Succeeded: true } answer) return new Sighting.CannotTell("Gmail did not show what lies in Sent");
            if (Header(JsonReading.TryParse(answer.Body) ?? default, "List-Unsubscribe")?.Contains(Touch(email), StringComparison.Ordinal) == true) return new Sighting.Found(id);
        }

        return new Sighting.NotFound();
    }

    public async Task<CheckFinding> CheckAsync(CancellationToken cancellation)
    {
        var capability = MailApiCheck.Capability(options);
        var (exchange, no) = await wire.GetAsync(At("profile"), cancellation).ConfigureAwait(false);
        if (no is not null) return MailApiCheck.NoToken(options, no);
        if (exchange is not Exchange.Answered answer) return MailApiCheck.Unreachable(options, root);
        var error = JsonReading.ErrorText((JsonReading.TryParse(answer.Body) ?? default).At("error"), answer.Body).TrimEnd('.');
        if (answer.Succeeded)
        {
            var shown = (JsonReading.TryParse(answer.Body) ?? default).At("emailAddress").Text();
            return string.Equals(shown, options.Account, StringComparison.OrdinalIgnoreCase)
                ? new CheckFinding(capability, true, $"Gmail let {options.Account} in{MailApiCheck.Loss(options.Via)}", null)
                : new CheckFinding(capability, false, $"the token is {shown ?? "somebody"}'s, not {options.Account}'s.", $"Allow Meridian as {options.Account} and write its refresh token into the mailbox' oauth.refreshToken; where {options.Address} is another address of the same account, write the account into user.");
        }

        // A token that may only send cannot be looked at; whoever gave it has said what it is for.
        if (answer.Status == 403 && wire.Granted?.Contains("gmail.send", StringComparison.Ordinal) == true)
            return new CheckFinding(capability, true, $"Gmail gave {options.Account} a token to send with; what became of an unconfirmed e-mail cannot be looked up without gmail.readonly{MailApiCheck.Loss(options.Via)}", null);
        return answer.Status is 401 or 403
            ? new CheckFinding(capability, false, $"Gmail did not let {options.Account} in: {error}.", "Allow Meridian the scope https://mail.google.com/ (or gmail.send and gmail.readonly), and switch the Gmail API on in the Google Cloud project of oauth.clientId.")
            : MailApiCheck.Answered(options, "Gmail", answer.Status, error);
    }

    private async Task<(IReadOnlyList<string>? Ids, string? Why)> ListAsync(string query, CancellationToken cancellation)
    {
        var (exchange, no) = await wire.GetAsync(At($"messages?q={Uri.EscapeDataString(query)}&maxResults={MostCandidates}"), cancellation).ConfigureAwait(false);
        if (no is not null) return (null, no.Reason);
        if (exchange is not Exchange.Answered { Succeeded: true } answer) return (null, "Gmail could not be asked what it sent");
        if (JsonReading.TryParse(answer.Body) is not { ValueKind: JsonValueKind.Object } list) return (null, "Gmail's list could not be read");
        if (list.At("messages") is var messages && (messages.IsMissing() ? list.At("resultSizeEstimate").Number() is null : messages.ValueKind != JsonValueKind.Array)) return (null, "Gmail's list could not be read");
        return ([.. messages.Items().Select(m => m.At("id").Text()).OfType<string>()], null); // no messages: the field is left out
    }

    private static string? Header(JsonElement message, string name) =>
        message.At("payload", "headers").Items().FirstOrDefault(h => string.Equals(h.At("name").Text(), name, StringComparison.OrdinalIgnoreCase)).At("value").Text();

    private static string Touch(SentEmail email) => email.MessageId[..email.MessageId.IndexOf('@')];

    private Uri At(string path) => new($"{root.AbsoluteUri.TrimEnd('/')}/gmail/v1/users/me/{path}");
}
