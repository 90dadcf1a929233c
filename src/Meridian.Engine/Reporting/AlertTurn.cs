using System.Globalization;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Reporting;

/// <summary>
/// Tells the owner by e-mail of what needs a person: every new incident, once, at once; and more than ten errors in an hour (the SOP's rule).
/// At least once: a message too many harms nobody. What nobody could be told is told later.
/// </summary>
public sealed class AlertTurn(IAlertBook book, IPeopleLedger people, IOwner owner, IOwnerMail mail, Func<long> errorsLastHour, Clocks clocks) : ITurn
{
    /// <summary>More errors than this in an hour are an incident.</summary>
    public const int ManyErrors = 10;

    private const string ManyErrorsKind = "many-errors";
    private const int MostInOneMessage = 50;
    private static readonly Duration Look = Duration.FromMinutes(5);

    public string Kind => "alerts";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var errors = errorsLastHour();
        if (errors > ManyErrors) await people.OpenIncidentAsync(ManyErrorsKind, "engine", $"{errors} errors in the last hour, each recovered; the log says which", clocks.Now);
        else await people.CloseIncidentAsync(ManyErrorsKind, "engine", clocks.Now);

        var untold = await book.UntoldAsync(MostInOneMessage);
        if (untold.Count == 0) return new TurnResult(clocks.Now + Look, "nothing to tell");
        var settings = await owner.SettingsAsync();
        var result = await mail.SendToOwnerAsync(Message(untold, settings), CancellationToken.None);
        if (result is not SendResult.Accepted) return new TurnResult(clocks.Now + Look, $"the owner could not be told: {result}");
        await book.ToldAsync([.. untold.Select(i => i.Id)], clocks.Now);
        return new TurnResult(untold.Count == MostInOneMessage ? clocks.Now : clocks.Now + Look, $"told the owner of {untold.Count}");
    }

    private static OutgoingEmail Message(IReadOnlyList<UntoldIncident> untold, OwnerSettings settings)
    {
        var tz = DateTimeZoneProviders.Tzdb[settings.Zone];
        var domain = settings.OwnerEmail[(settings.OwnerEmail.IndexOf('@') + 1)..];
        var lines = untold.Select(i => string.Create(CultureInfo.InvariantCulture, $"{i.OpenedAt.InZone(tz):ddd HH:mm}  {i.Kind.Replace('-', ' ')} ({i.Subject})\n    {TemplateValues.OneLine(i.Detail)}"));
        var subject = $"⚠ Meridian: {(untold.Count == 1 ? untold[0].Kind.Replace('-', ' ') : $"{untold.Count} things need you")}";
        var body = $"{string.Join("\n\n", lines)}\n\nMeridian goes on with everything else. All open incidents: meridian status\n";
        return new OutgoingEmail($"alert.{untold[0].Id}@{domain}", settings.OwnerEmail, "Meridian", settings.OwnerEmail, null, subject, body);
    }
}
