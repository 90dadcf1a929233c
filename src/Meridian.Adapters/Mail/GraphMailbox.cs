using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine.Checks;
using Meridian.Engine.Dispatch;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.Mail;

/// <summary>
/// A mailbox at Microsoft 365, sent from by Graph: the whole MIME message as base64 in a <c>text/plain</c> body. Permissions <c>Mail.Send</c> and <c>User.Read</c>;
/// looking for what was sent needs <c>Mail.ReadBasic</c>. Where the account that signs in is another than the address, it sends for that address;
/// where an application signs in (<see cref="MailOAuthOptions.IsApplication"/>: <c>Mail.Send</c> and <c>Mail.ReadBasic.All</c>), nobody is "me".
/// </summary>
/// <remarks>Contract: learn.microsoft.com/graph/api/user-sendmail and /graph/outlook-send-mime-message (vendor). Exchange writes the message anew (<see cref="MailHeaders"/>).</remarks>
internal sealed class GraphMailbox(MailboxOptions options, HttpClient http, TimeProvider engineClock, TimeProvider machine) : IMailApi
{
    /// <summary>Two clocks need not agree.</summary>
    private static readonly Duration Slack = Duration.FromMinutes(1);

    private readonly Uri root = MailApiUrl.Root(options.BaseUrl, "https://graph.microsoft.com/v1.0");
    private readonly TokenWire wire = new(http, options.Tokens!, options.Tokens!.GraphScope, machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));

    private string Who => !options.Tokens!.IsApplication && string.Equals(options.Account, options.Address.Trim(), StringComparison.OrdinalIgnoreCase) ? "me" : $"users/{Uri.EscapeDataString(options.Address.Trim())}";

    public async Task<SendResult> SendAsync(SendPermit? permit, OutgoingEmail email, CancellationToken cancellation)
    {
        var body = Encoding.ASCII.GetBytes(Convert.ToBase64String(EmailMessage.Bytes(email, engineClock.GetUtcNow(), null)));
        var (exchange, no) = await wire.SendAsync(At($"{Who}/sendMail"), body, new MediaTypeHeaderValue("text/plain"), permit, cancellation).ConfigureAwait(false);
        return no ?? (exchange is Exchange.Answered answer ? MailApiAnswers.Graph(answer.Status, answer.Body, answer.RetryAfter, email.MessageId) : exchange!.Unanswered());
    }

    /// <summary>By our Message-ID first; where Exchange gave it another, by subject and reader among what was sent since then.</summary>
    public async Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation)
    {
        var (own, why) = await ListAsync("messages", $"internetMessageId eq '<{email.MessageId.Replace("'", "''", StringComparison.Ordinal)}>'", cancellation).ConfigureAwait(false);
        if (own is null) return new Sighting.CannotTell(why!);
        if (own.Count > 0) return new Sighting.Found(own[0].At("id").Text() ?? "");
        var since = InstantPattern.General.Format(email.BegunAt - Slack);
        var (sent, no) = await ListAsync("mailFolders/sentitems/messages", $"sentDateTime ge {since}", cancellation).ConfigureAwait(false);
        if (sent is null) return new Sighting.CannotTell(no!);
        var ours = sent.FirstOrDefault(m => m.At("subject").Text() == email.Subject
            && m.At("toRecipients").Items().Any(r => string.Equals(r.At("emailAddress", "address").Text(), email.ToAddress, StringComparison.OrdinalIgnoreCase)));
        return ours.IsMissing() ? new Sighting.NotFound() : new Sighting.Found(ours.At("id").Text() ?? "");
    }

    public async Task<CheckFinding> CheckAsync(CancellationToken cancellation)
    {
        if (options.Tokens!.IsApplication) return await CheckApplicationAsync(cancellation).ConfigureAwait(false);
        var (exchange, no) = await wire.GetAsync(At("me"), cancellation).ConfigureAwait(false);
        if (no is not null) return MailApiCheck.NoToken(options, no);
        if (exchange is not Exchange.Answered answer) return MailApiCheck.Unreachable(options, root);
        var said = JsonReading.TryParse(answer.Body) ?? default;
        var error = JsonReading.ErrorText(said.At("error"), answer.Body).TrimEnd('.');
        if (!answer.Succeeded)
        {
            return answer.Status is 401 or 403
                ? new CheckFinding(MailApiCheck.Capability(options), false, $"Microsoft Graph did not let {options.Account} in: {error}.", "Allow Meridian Mail.Send and User.Read (delegated; Mail.ReadBasic as well, to look up what nobody confirmed) and write the new refresh token into the mailbox' oauth.refreshToken.")
                : MailApiCheck.Answered(options, "Microsoft Graph", answer.Status, error);
        }

        string?[] names = [said.At("mail").Text(), said.At("userPrincipalName").Text()];
        return names.Any(n => string.Equals(n, options.Account, StringComparison.OrdinalIgnoreCase))
            ? new CheckFinding(MailApiCheck.Capability(options), true, $"Microsoft Graph let {options.Account} in{MailApiCheck.Loss(options.Via)}", null)
            : new CheckFinding(MailApiCheck.Capability(options), false, $"the token is {names.FirstOrDefault(n => n is not null) ?? "somebody"}'s, not {options.Account}'s.", $"Allow Meridian as {options.Account}; where another account sends for {options.Address}, write that account into the mailbox' user.");
    }

    /// <summary>By a look into the Sent folder, which says that the mailbox is there and the application let in. Nothing harmless says that it may send.</summary>
    private async Task<CheckFinding> CheckApplicationAsync(CancellationToken cancellation)
    {
        var (capability, address) = (MailApiCheck.Capability(options), options.Address.Trim());
        var (exchange, no) = await wire.GetAsync(At($"{Who}/mailFolders/sentitems/messages?$select=id&$top=1"), cancellation).ConfigureAwait(false);
        if (no is not null) return MailApiCheck.NoToken(options, no);
        if (exchange is not Exchange.Answered answer) return MailApiCheck.Unreachable(options, root);
        var said = JsonReading.TryParse(answer.Body) ?? default;
        var error = JsonReading.ErrorText(said.At("error"), answer.Body).TrimEnd('.');
        return answer.Status switch
        {
            >= 200 and < 300 when said.At("value").ValueKind == JsonValueKind.Array => new CheckFinding(capability, true, $"Microsoft Graph lets the application into {address}; whether Mail.Send was granted is seen at the first letter{MailApiCheck.Loss(options.Via)}", null),
            >= 200 and < 300 => new CheckFinding(capability, false, $"Microsoft Graph's answer about {address} could not be read.", "It is tried again in five minutes; if the mailbox' baseUrl is set, look at it."),
            401 or 403 => new CheckFinding(capability, false, $"Microsoft Graph did not let the application into {address}: {error}.", "Grant it the application permissions Mail.Send and Mail.ReadBasic.All with an administrator's consent; where Exchange limits applications to some mailboxes, add this one."),
            404 => new CheckFinding(capability, false, $"Microsoft Graph knows no mailbox {address}: {error}.", "Write the address as the organisation of oauth.tenant has it; it needs a mailbox of its own."),
            _ => MailApiCheck.Answered(options, "Microsoft Graph", answer.Status, error),
        };
    }

    private async Task<(IReadOnlyList<JsonElement>? Messages, string? Why)> ListAsync(string folder, string filter, CancellationToken cancellation)
    {
        var (exchange, no) = await wire.GetAsync(At($"{Who}/{folder}?$filter={Uri.EscapeDataString(filter)}&$select=id,subject,toRecipients&$top=50"), cancellation).ConfigureAwait(false);
        if (no is not null) return (null, no.Reason);
        if (exchange is not Exchange.Answered { Succeeded: true } answer) return (null, "Microsoft Graph could not be asked what it sent");
        var messages = (JsonReading.TryParse(answer.Body) ?? default).At("value");
        return messages.ValueKind == JsonValueKind.Array ? ([.. messages.Items()], null) : (null, "Microsoft Graph's list could not be read");
    }

    private Uri At(string path) => new($"{root.AbsoluteUri.TrimEnd('/')}/{path}");
}
