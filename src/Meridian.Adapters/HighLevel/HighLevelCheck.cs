using Meridian.Adapters.Http;
using Meridian.Adapters.Mail;
using Meridian.Engine.Checks;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// Looks whether the token is let in at the location and may do what is switched on: each thing by itself, so that one missing scope costs no other. Reads
/// only; writing is proved by the first upsert, tag or note.
/// </summary>
public sealed class HighLevelCheck(HighLevelLocation location, IReadOnlyList<string> textNumbers, IReadOnlyList<string>? mailboxes = null) : IProviderCheck
{
    private const string LetIn = "the token is let in, the location and its conversations can be read";

    private readonly HighLevelOptions options = location.Options;

    public string Provider => "highlevel";

    public async Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation)
    {
        var there = await location.GetAsync($"/locations/{Uri.EscapeDataString(options.LocationId)}", options.ContactsVersion, Haste.Urgent, cancellation).ConfigureAwait(false);
        var place = Judged(there, "location", LetIn, "locations.readonly");
        var findings = new List<CheckFinding>();
        if (IsScope(there))
        {
            // Nothing that is sent rests on it; whether it is the right location shows with what is asked for next.
            findings.Add(Of("location", place));
            place = (LetIn, null);
        }

        var talks = place.Fix is not null ? place : await LookAsync(
            $"/conversations/search?locationId={Uri.EscapeDataString(options.LocationId)}&limit=1", options.ConversationsVersion, "conversations", "conversations.readonly", cancellation).ConfigureAwait(false);
        findings.AddRange(textNumbers.Select(number => new CheckFinding($"text:{number}", talks.Fix is null, talks.Found, talks.Fix)));
        findings.AddRange((mailboxes ?? []).Select(address => new CheckFinding($"email:{address.Trim().ToLowerInvariant()}", talks.Fix is null, talks.Fix is null ? $"{talks.Found}{MailApiCheck.Loss(MailVia.HighLevel)}" : talks.Found, talks.Fix)));
        if (options.CalendarId is { Length: > 0 } calendar)
        {
            var (found, fix) = place.Fix is not null ? place : await LookAsync($"/calendars/{Uri.EscapeDataString(calendar)}", options.ConversationsVersion, "calendar", "calendars.readonly", cancellation, ($"the calendar {calendar} cannot be read", "Copy the calendar's id from Settings, Calendars into highLevel.calendarId.")).ConfigureAwait(false);
            findings.Add(new CheckFinding("book", fix is null, fix is null ? "the calendar can be read" : found, fix));
        }

        findings.AddRange(await OfContactsAsync(place, cancellation).ConfigureAwait(false));
        if (options.PipelineId is { Length: > 0 } pipeline) findings.Add(Of("opportunities", place.Fix is not null ? place : await PipelineAsync(pipeline, cancellation).ConfigureAwait(false)));
        return findings;
    }

    private static CheckFinding Of(string capability, (string Found, string? Fix) look) => new(capability, look.Fix is null, look.Found, look.Fix);

    /// <summary>What rests on reading contacts. A text does not: it is prepared by writing one.</summary>
    private async Task<IReadOnlyList<CheckFinding>> OfContactsAsync((string Found, string? Fix) place, CancellationToken cancellation)
    {
        Exchange? search = place.Fix is not null ? null : await location.SendAsync(
            HttpMethod.Post, "/contacts/search", options.ContactsVersion, new ContactQuery([], PageLimit: 1).ToJson(options.LocationId), Haste.Urgent, cancellation).ConfigureAwait(false);
        (string Found, string? Fix) Look(string passed, string scopes) => search is null ? place : Judged(search, "contacts", passed, scopes);

        var findings = new List<CheckFinding> { Of("do-not-disturb", Look("contacts can be read, and whether they want silence", "contacts.readonly")) };
        if (options.ConsentForms.Count > 0) findings.Add(Of("consent-forms", Look("a contact can be read back when its form comes", "contacts.readonly")));
        if (options.Tags.Words().Count > 0) findings.Add(Of("tags", Look("contacts can be read; whether tags may be written (contacts.write) shows with the first", "contacts.readonly and contacts.write")));
        if (!options.Notes) return findings;
        var notes = Look("contacts can be read; whether notes may be written (contacts.write) shows with the first", "contacts.readonly and contacts.write");
        if (notes.Fix is null && (JsonReading.TryParse(((Exchange.Answered)search!).Body) ?? default).At("contacts").Items().Select(c => c.At("id").Text()).FirstOrDefault(id => id is not null) is { } contact)
        {
            var look = await location.GetAsync($"/contacts/{Uri.EscapeDataString(contact)}/notes", options.ContactsVersion, Haste.Urgent, cancellation).ConfigureAwait(false);
            if (look is not Exchange.Answered { Status: 400 or 404 or 422 }) notes = Judged(look, "notes", "notes can be read; whether they may be written (contacts.write) shows with the first", "contacts.readonly and contacts.write"); // deleted there a moment ago
        }

        findings.Add(Of("notes", notes));
        return findings;
    }

    private async Task<(string Found, string? Fix)> PipelineAsync(string pipeline, CancellationToken cancellation)
    {
        var exchange = await location.GetAsync($"/opportunities/pipelines?locationId={Uri.EscapeDataString(options.LocationId)}", options.ContactsVersion, Haste.Urgent, cancellation).ConfigureAwait(false);
        var look = Judged(exchange, "pipelines", "the pipeline is there; whether opportunities may be written (opportunities.write) shows with the first", "opportunities.readonly and opportunities.write");
        if (look.Fix is not null) return look;
        var pipelines = (JsonReading.TryParse(((Exchange.Answered)exchange).Body) ?? default).At("pipelines").Items().ToList();
        var ours = pipelines.FirstOrDefault(p => p.At("id").Text() == pipeline);
        if (ours.IsMissing()) return ($"the location has no pipeline {pipeline}; it has {Names(pipelines)}.", "Copy the id of one into highLevel.pipelineId.");
        var stages = ours.At("stages").Items().ToList();
        return options.StageId is { Length: > 0 } stage && stages.All(s => s.At("id").Text() != stage) ? ($"the pipeline {pipeline} has no stage {stage}; it has {Names(stages)}.", "Copy the id of one into highLevel.stageId, or leave it out for the first.") : look;
    }

    private static string Names(IReadOnlyList<System.Text.Json.JsonElement> rows) => rows.Count == 0 ? "none" : string.Join(", ", rows.Take(10).Select(r => $"{r.At("name").Text()} ({r.At("id").Text()})"));

    private async Task<(string Found, string? Fix)> LookAsync(string path, string version, string holds, string scope, CancellationToken cancellation, (string Found, string Fix)? missing = null) => Judged(
        await location.GetAsync(path, version, Haste.Urgent, cancellation).ConfigureAwait(false), holds, LetIn, scope, missing);

    private static bool IsScope(Exchange exchange) =>
        exchange is Exchange.Answered { Status: 401 } answer && JsonReading.ErrorText(JsonReading.TryParse(answer.Body), answer.Body).Contains("scope", StringComparison.OrdinalIgnoreCase);

    /// <param name="holds">What a success has in it; without it, it is no answer of HighLevel's.</param>
    /// <param name="missing">What a "no" about the thing asked for means; null: about the location.</param>
    private (string Found, string? Fix) Judged(Exchange exchange, string holds, string passed, string scope, (string Found, string Fix)? missing = null)
    {
        if (exchange is Exchange.TurnedAway { Elsewhere: true } elsewhere) return (elsewhere.Reason, "Write the app's location into highLevel.locationId; nothing need be installed anew.");
        if (exchange is Exchange.TurnedAway { Because: Meridian.Engine.Dispatch.NotSentBecause.Account } away) return (away.Reason, "Install the app at the location anew and write the new refresh token into highLevel.oAuth.refreshToken.");
        if (exchange is not Exchange.Answered answer) return ("HighLevel could not be reached.", "Look whether this machine reaches the internet; it is tried again in five minutes.");
        var text = JsonReading.ErrorText(JsonReading.TryParse(answer.Body), answer.Body).TrimEnd('.');
        return answer.Status switch
        {
            >= 200 and < 300 when (JsonReading.TryParse(answer.Body) ?? default).At(holds).ValueKind is System.Text.Json.JsonValueKind.Object or System.Text.Json.JsonValueKind.Array => (passed, null),
            (>= 200 and < 300) or (>= 300 and < 400) => ($"what answers at {options.BaseUrl.Host} is not HighLevel.", "Take highLevel.baseUrl out, or set it to https://services.leadconnectorhq.com."),
            401 when IsScope(exchange) => ($"HighLevel says: {text}.", $"Give the private integration {(scope.Contains(' ', StringComparison.Ordinal) ? "the scopes" : "the scope")} {scope} (Settings → Private Integrations)."),
            401 when options.OAuth is not null => ($"HighLevel refused the app's token: {text}.", "Install the app at the location anew and write the new refresh token into highLevel.oAuth.refreshToken."),
            401 => ($"HighLevel refused the token: {text}.", "Make a new private integration token in the location's settings and put it into highLevel.token."),
            402 => ($"HighLevel wants to be paid: {text}.", "Look at the location's billing and wallet."),
            400 or 403 or 404 or 422 when missing is { } thing => ($"{thing.Found}: {text}.", thing.Fix),
            403 or 404 => ($"the token may not touch the location {options.LocationId}: {text}.", "Copy the location id from Settings → Business Profile into highLevel.locationId, and take a token of that location."),
            _ => ($"HighLevel answered {answer.Status}: {text}.", "It is tried again in five minutes."),
        };
    }
}
