using System.Globalization;
using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine.Inbound;
using NodaTime;

namespace Meridian.Adapters.Mail;

/// <summary>
/// Reads of one domain what Mailgun could not deliver, and who complained or unsubscribed there. Mailgun keeps all three for itself: nothing of it comes to
/// the mailbox.
/// </summary>
/// <remarks>
/// Contract: documentation.mailgun.com, GET /v3/{domain}/events and user-manual/events/event-polling (vendor). Events are written by many machines and
/// arrive late and out of order; Mailgun advises to trust a page once it is half an hour old. Here nothing is waited for: what was read is read again.
/// </remarks>
internal sealed class MailgunEvents(MailgunDomain domain) : IInboundPoll
{
    private const int PageSize = 300;

    /// <summary>Beyond this many pages something is wrong with the paging, not with the post.</summary>
    private const int MostPages = 200;

    private const string Kinds = "failed OR complained OR unsubscribed";

    public string Provider => MailgunSignals.Name;

    public string Key => $"mailgun-{domain.Name}";

    /// <summary>Twice what Mailgun advises.</summary>
    public Duration Overlap => Duration.FromHours(1);

    /// <summary>As long as Mailgun keeps events at least: letters may have left before anybody listened.</summary>
    public Duration FirstLook => Duration.FromDays(3);

    /// <summary>The question of the check: whether events can be read at all.</summary>
    public static string Latest(MailgunDomain domain) => $"{domain.Path}/events?limit=1&event={Uri.EscapeDataString(Kinds)}";

    public async Task<PollAnswer> FetchAsync(Instant since, CancellationToken cancellation)
    {
        var found = new List<string>();
        var path = $"{domain.Path}/events?begin={since.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}&ascending=yes&limit={PageSize}&event={Uri.EscapeDataString(Kinds)}";
        for (var page = 0; page < MostPages; page++)
        {
            var exchange = await domain.GetAsync(path, cancellation).ConfigureAwait(false);
            if (exchange is not Exchange.Answered answer) return new PollAnswer.NotFetched($"Mailgun was not reached: {exchange.Why}");
            var said = JsonReading.TryParse(answer.Body);
            if (!answer.Succeeded) return new PollAnswer.NotFetched($"Mailgun answered {answer.Status}: {JsonReading.ErrorText(said, answer.Body)}");
            if ((said ?? default).At("items") is not { ValueKind: JsonValueKind.Array } items) return new PollAnswer.NotFetched("Mailgun's events could not be read");
            // A page after the last one is always named, and empty.
            if (items.GetArrayLength() == 0) return new PollAnswer.Fetched(found);
            // One that makes no sense is a signal, too: a person looks at it, and those after it are heard.
            found.AddRange(items.EnumerateArray().Select(e => e.GetRawText()));
            if (Next(said!.Value) is not { } next || next == path) return new PollAnswer.NotFetched("Mailgun did not say where its events go on");
            path = next;
        }

        return new PollAnswer.NotFetched($"Mailgun's events do not end after {MostPages} pages");
    }

    /// <summary>Where to go on, at our own address of Mailgun: the key is shown to nobody whom an answer names.</summary>
    private string? Next(JsonElement said) =>
        Uri.TryCreate(said.At("paging", "next").Text(), UriKind.Absolute, out var next) && next.PathAndQuery.IndexOf($"{domain.Path}/events", StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? next.PathAndQuery[at..] : null;
}
