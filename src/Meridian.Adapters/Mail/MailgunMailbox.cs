using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine.Checks;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Mail;

/// <summary>
/// A mailbox that sends by Mailgun, the whole MIME message as it is: tracking, which would write links and pictures into it, is switched off in the request,
/// so that our own signature holds beside Mailgun's. What comes back undelivered stays at Mailgun and is read there (<see cref="MailgunEvents"/>).
/// </summary>
/// <remarks>
/// Contract: documentation.mailgun.com, POST /v3/{domain}/messages.mime, GET /v3/{domain}/events, GET /v4/domains/{name} (vendor).
/// </remarks>
internal sealed class MailgunMailbox(MailboxOptions options, HttpClient http, TimeProvider engineClock, TimeProvider machine) : IMailApi
{
    private readonly MailgunDomain domain = new(options, http, machine);
    private readonly DkimSignature? signature = options.Dkim is { } dkim ? new DkimSignature(dkim, options.Address.Trim()) : null;

    public async Task<SendResult> SendAsync(SendPermit? permit, OutgoingEmail email, CancellationToken cancellation)
    {
        var (body, type) = Form(email);
        var exchange = await domain.SendAsync($"{domain.Path}/messages.mime", body, type, permit, cancellation).ConfigureAwait(false);
        return exchange is Exchange.Answered answer ? MailApiAnswers.Mailgun(answer.Status, answer.Body, answer.RetryAfter) : exchange.Unanswered();
    }

    /// <summary>Any event of this Message-ID proves that Mailgun has it. Events are kept three days at least, longer than anybody looks.</summary>
    public async Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation)
    {
        var exchange = await domain.GetAsync($"{domain.Path}/events?message-id={Uri.EscapeDataString(email.MessageId)}&limit=10", cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered { Succeeded: true } answer) return new Sighting.CannotTell("Mailgun could not be asked for its events");
        if (JsonReading.TryParse(answer.Body) is not { } said || said.At("items").ValueKind != JsonValueKind.Array) return new Sighting.CannotTell("Mailgun's events could not be read");
        var ours = said.At("items").Items().Any(e => e.At("message", "headers", "message-id").Text()?.Trim('<', '>') == email.MessageId && e.At("event").Text() != "rejected");
        return ours ? new Sighting.Found(email.MessageId) : new Sighting.NotFound();
    }

    public async Task<CheckFinding> CheckAsync(CancellationToken cancellation)
    {
        var capability = MailApiCheck.Capability(options);
        var exchange = await domain.GetAsync($"/v4/domains/{Uri.EscapeDataString(domain.Name)}", cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return MailApiCheck.Unreachable(options, domain.Root);
        var said = JsonReading.TryParse(answer.Body);
        var text = JsonReading.ErrorText(said, answer.Body).TrimEnd('.');
        var state = (said ?? default).At("domain", "state").Text() ?? (said ?? default).At("state").Text();
        return answer.Status switch
        {
            >= 200 and < 300 when state == "active" => await CheckEventsAsync(capability, cancellation).ConfigureAwait(false),
            >= 200 and < 300 => new CheckFinding(capability, false, $"Mailgun says that {domain.Name} is {state ?? "in no state it tells"}.", $"Finish the DNS records Mailgun shows for {domain.Name}; it is looked at again in five minutes."),
            401 or 403 => new CheckFinding(capability, false, $"Mailgun refused the key: {text}.", "Copy a key that may read domains into the mailbox' apiKey (a domain sending key only sends); a European account needs baseUrl https://api.eu.mailgun.net."),
            404 => new CheckFinding(capability, false, $"Mailgun has no domain {domain.Name}: {text}.", "Write the domain as Mailgun shows it into the mailbox' domain; a European account needs baseUrl https://api.eu.mailgun.net."),
            _ => MailApiCheck.Answered(options, "Mailgun", answer.Status, text),
        };
    }

    /// <summary>Whose bounces and complaints nobody hears does not send.</summary>
    private async Task<CheckFinding> CheckEventsAsync(string capability, CancellationToken cancellation)
    {
        var exchange = await domain.GetAsync(MailgunEvents.Latest(domain), cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return MailApiCheck.Unreachable(options, domain.Root);
        var said = JsonReading.TryParse(answer.Body);
        var text = JsonReading.ErrorText(said, answer.Body).TrimEnd('.');
        return answer.Status switch
        {
            >= 200 and < 300 when (said ?? default).At("items").ValueKind == JsonValueKind.Array => new CheckFinding(capability, true, $"Mailgun knows {domain.Name}, lets it send and shows what came of its letters: bounces, complaints and unsubscribes are heard", null),
            >= 200 and < 300 => new CheckFinding(capability, false, $"Mailgun's events of {domain.Name} could not be read, so nobody would hear of bounces and complaints.", "It is tried again in five minutes; if the mailbox' baseUrl is set, look at it."),
            401 or 403 => new CheckFinding(capability, false, $"Mailgun does not let this key read events, so nobody would hear of bounces and complaints: {text}.", "Copy a key that may read events as well as domains into the mailbox' apiKey."),
            _ => MailApiCheck.Answered(options, "Mailgun", answer.Status, text),
        };
    }

    /// <summary>Written by hand: .NET leaves names unquoted, and a colon in one is then nobody's form.</summary>
    private (byte[] Body, MediaTypeHeaderValue Type) Form(OutgoingEmail email)
    {
        var message = EmailMessage.Bytes(email, engineClock.GetUtcNow(), signature);
        var boundary = $"meridian-{Convert.ToHexStringLower(SHA256.HashData(message))[..40]}";
        using var form = new MemoryStream();
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("to", email.ToAddress), ("o:tracking", "no"), ("o:tracking-clicks", "no"), ("o:tracking-opens", "no")])
            form.Write(Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
        form.Write(Encoding.ASCII.GetBytes($"--{boundary}\r\nContent-Disposition: form-data; name=\"message\"; filename=\"message.eml\"\r\nContent-Type: message/rfc822\r\n\r\n"));
        form.Write(message);
        form.Write(Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n"));
        return (form.ToArray(), new MediaTypeHeaderValue("multipart/form-data") { Parameters = { new NameValueHeaderValue("boundary", boundary) } });
    }
}
