using System.Text;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Imap;
using Meridian.Sandbox.Smtp;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.MailApis;

/// <summary>
/// What Mailgun knows of a domain's letters: that it took them, and what came of them. An event is written down with the letter and shown once its instant has
/// come and <see cref="SandboxOptions.MailgunEventLag"/> has passed; before that it may lie before others that were shown already, as with the real one.
/// </summary>
internal sealed class MailgunNews(SandboxOptions options, Chance chance, MailStore store)
{
    private const int MostPerPage = 300;

    /// <summary>Whether Mailgun has the address on its list of bounces by then.</summary>
    public bool HasBounced(string domain, string to, DateTimeOffset by) => Kept(domain).Any(e =>
        e.Mail.At <= by && e.Event.Text("recipient") == to && e.Event.Text("reason") == "bounce" && e.Event["delivery-status"].Text("enhanced-code")?.StartsWith("5.1.", StringComparison.Ordinal) == true);

    /// <param name="said">What the log will say once it was read; null: it tells of nobody's doing.</param>
    public void Add(string domain, string to, MailMessage mail, DateTimeOffset takenAt, MailgunFate fate, SaidByMail? said)
    {
        var at = Stamp.Cut(takenAt + fate.After);
        var json = fate.ToJson(chance.ShortId("mailgun", mail.MessageId ?? "", to, fate.Event, fate.Reason ?? ""), at, domain, to, mail.From, mail.MessageId, mail.Subject);
        store.Add(new StoredMail(domain, MailStore.MailgunEvents, at, Encoding.UTF8.GetBytes(json.ToJsonString()), said));
    }

    /// <summary>The header Mailgun puts before each letter, opaque there as here.</summary>
    public static string Sid(string to, string domain) => $"X-Mailgun-Sid: {Convert.ToHexStringLower(Encoding.UTF8.GetBytes($"{to} {domain}"))}";

    /// <summary>For whom and by which domain a letter was taken.</summary>
    public static (string To, string Domain) Read(byte[] letter)
    {
        var parts = Encoding.UTF8.GetString(Convert.FromHexString(MimePart.Parse(letter).Header("X-Mailgun-Sid")!.Trim())).Split(' ');
        return (parts[0], parts[^1]);
    }

    /// <summary>One page: the events after a place in the order asked for, and the letters that tell what the log must say of them.</summary>
    public (IReadOnlyList<JsonObject> Items, IReadOnlyList<StoredMail> Tells) Page(string domain, MailgunQuery query)
    {
        var now = Stamp.Now(options.Clock);
        var all = Kept(domain).Where(e => e.Mail.At + options.MailgunEventLag <= now).Concat(Taken(domain))
            .Where(e => query.Takes(e.Event, e.Mail.At)).Select(e => (e.Event, e.Mail, Place: query.Place(e.Event, e.Mail.At)));
        var ordered = (query.Ascending ? all.OrderBy(e => e.Place, StringComparer.Ordinal) : all.OrderByDescending(e => e.Place, StringComparer.Ordinal))
            .Where(e => query.After is null || (query.Ascending ? string.CompareOrdinal(e.Place, query.After) > 0 : string.CompareOrdinal(e.Place, query.After) < 0))
            .Take(Math.Min(query.Limit, MostPerPage)).ToList();
        return ([.. ordered.Select(e => e.Event)], [.. ordered.Select(e => e.Mail).Where(m => m.Said is not null)]);
    }

    private IEnumerable<(JsonObject Event, StoredMail Mail)> Kept(string domain) =>
        store.Open(domain, MailStore.MailgunEvents).Mails.Select(m => ((JsonObject)JsonNode.Parse(m.Raw)!, m));

    private IEnumerable<(JsonObject Event, StoredMail Mail)> Taken(string domain) => store.All(MailStore.Mailgun).Concat(store.All(MailStore.MailgunUnsent)).Select(m => (Mail: m, Sid: Read(m.Raw))).Where(m => m.Sid.Domain == domain).Select(m =>
    {
        var mail = MailMessage.Parse(m.Mail.Raw);
        return (new MailgunFate("accepted", TimeSpan.Zero).ToJson(chance.ShortId("mailgun", mail.MessageId ?? "", m.Sid.To, "accepted"), m.Mail.At, domain, m.Sid.To, mail.From, mail.MessageId, mail.Subject), m.Mail);
    });
}
