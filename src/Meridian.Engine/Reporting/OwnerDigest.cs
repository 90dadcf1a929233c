using System.Globalization;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Reporting;

/// <summary>The owner's day of e-mails in one message: when, to whom, about what.</summary>
public static class OwnerDigest
{
    /// <summary>More than these go in a second message.</summary>
    public const int MostLines = 500;

    private static readonly LocalTime Evening = new(18, 0);

    /// <summary>The evening that has begun last and the one to come, on the owner's clock.</summary>
    public static (Instant Last, Instant Next) Around(Instant now, string zone)
    {
        var tz = DateTimeZoneProviders.Tzdb[zone];
        var today = now.InZone(tz).Date;
        Instant On(LocalDate day) => tz.AtLeniently(day + Evening).ToInstant();
        return On(today) <= now ? (On(today), On(today.PlusDays(1))) : (On(today.PlusDays(-1)), On(today));
    }

    public static OutgoingEmail Of(IReadOnlyList<OwnerCopyRow> copies, Instant until, OwnerSettings settings)
    {
        var tz = DateTimeZoneProviders.Tzdb[settings.Zone];
        var day = until.InZone(tz).Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
        var domain = settings.OwnerEmail[(settings.OwnerEmail.IndexOf('@') + 1)..];
        var lines = copies.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.BegunAt.InZone(tz):ddd HH:mm}  {Company(c)} ({c.ToAddress}), from {c.FromAddress}: {c.Subject}{Doubt(c)}"));
        var body = $"E-mails sent until {day} 18:00, times on your clock.\n\n{string.Join('\n', lines)}\n\nTo see one of them in full: meridian why ADDRESS\n";
        return new OutgoingEmail($"own.digest.{copies[0].TouchId}@{domain}", settings.OwnerEmail, "Meridian", settings.OwnerEmail, null, $"📧 SENT: {copies.Count} e-mail{(copies.Count == 1 ? "" : "s")} until {day}", body);
    }

    private static string Company(OwnerCopyRow copy) => TemplateValues.OneLine(copy.CompanyName) is { Length: > 0 } name ? name : "unknown company";

    private static string Doubt(OwnerCopyRow copy) => copy.State == "sent" ? "" : " (nobody could confirm that the mail server took it)";
}
