using Meridian.Adapters.Http;
using Meridian.Adapters.Mail;
using Meridian.Engine.Checks;

namespace Meridian.Adapters.HighLevel;

/// <summary>Looks whether the token is let in at the location and may read its conversations. Reads only; writing is proved by the first upsert.</summary>
public sealed class HighLevelCheck(HighLevelLocation location, IReadOnlyList<string> textNumbers, IReadOnlyList<string>? mailboxes = null) : IProviderCheck
{
    private readonly HighLevelOptions options = location.Options;

    public string Provider => "highlevel";

    public async Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation)
    {
        var place = await LookAsync($"/locations/{Uri.EscapeDataString(options.LocationId)}", options.ContactsVersion, "locations.readonly", cancellation).ConfigureAwait(false);
        var talks = place.Fix is not null ? place : await LookAsync(
            $"/conversations/search?locationId={Uri.EscapeDataString(options.LocationId)}&limit=1", options.ConversationsVersion, "conversations.readonly", cancellation).ConfigureAwait(false);
        var findings = textNumbers.Select(number => new CheckFinding($"text:{number}", talks.Fix is null, talks.Found, talks.Fix)).ToList();
        findings.AddRange((mailboxes ?? []).Select(address => new CheckFinding($"email:{address.Trim().ToLowerInvariant()}", talks.Fix is null, talks.Fix is null ? $"{talks.Found}{MailApiCheck.Loss(MailVia.HighLevel)}" : talks.Found, talks.Fix)));
        if (options.CalendarId is { Length: > 0 } calendar)
        {
            var (found, fix) = place.Fix is not null ? place : await LookAsync($"/calendars/{Uri.EscapeDataString(calendar)}", options.ConversationsVersion, "calendars.readonly", cancellation).ConfigureAwait(false);
            if (fix is not null && place.Fix is null && !found.Contains("scope", StringComparison.Ordinal)) (found, fix) = ($"the calendar {calendar} cannot be read: {found}", "Copy the calendar's id from Settings, Calendars into highLevel.calendarId.");
            findings.Add(new CheckFinding("book", fix is null, fix is null ? "the calendar can be read" : found, fix));
        }

        return findings;
    }

    private async Task<(string Found, string? Fix)> LookAsync(string path, string version, string scope, CancellationToken cancellation)
    {
        var exchange = await location.GetAsync(path, version, Haste.Urgent, cancellation).ConfigureAwait(false);
        if (exchange is Exchange.TurnedAway { Because: Meridian.Engine.Dispatch.NotSentBecause.Account } away) return (away.Reason, "Install the app at the location anew and write the new refresh token into highLevel.oAuth.refreshToken.");
        if (exchange is not Exchange.Answered answer) return ("HighLevel could not be reached.", "Look whether this machine reaches the internet; it is tried again in five minutes.");
        var text = JsonReading.ErrorText(JsonReading.TryParse(answer.Body), answer.Body).TrimEnd('.');
        return answer.Status switch
        {
            >= 200 and < 300 => ("the token is let in, the location and its conversations can be read", null),
            401 when text.Contains("scope", StringComparison.OrdinalIgnoreCase) => ($"HighLevel says: {text}.", $"Give the private integration the scope {scope} (Settings → Private Integrations)."),
            401 when options.OAuth is not null => ($"HighLevel refused the app's token: {text}.", "Install the app at the location anew and write the new refresh token into highLevel.oAuth.refreshToken."),
            401 => ($"HighLevel refused the token: {text}.", "Make a new private integration token in the location's settings and put it into highLevel.token."),
            403 or 404 => ($"the token may not touch the location {options.LocationId}: {text}.", "Copy the location id from Settings → Business Profile into highLevel.locationId, and take a token of that location."),
            _ => ($"HighLevel answered {answer.Status}: {text}.", "It is tried again in five minutes."),
        };
    }
}
