using System.Globalization;

namespace Meridian.Host.Dashboard.Terminal;

/// <summary>The engine in one line of plain text: for files, pipes, and whoever wants no screen.</summary>
internal static class NowLine
{
    public static string Of(NowModel now)
    {
        var open = now.Zones.Where(z => z.IsOpen).Select(z => z.Name).ToList();
        var next = now.Next.Count == 0 ? "nothing offered" : $"{now.Next[0].Channel} {now.Next[0].Who} about {now.Local(now.Next[0].Expected).ToString("HH:mm", CultureInfo.InvariantCulture)} ({now.Next[0].Short})";
        var last = now.Last.Count == 0 ? "nothing begun" : $"{now.Last[0].Channel} {now.Last[0].Who} {now.Last[0].Outcome}";
        return Cells.Plain(string.Create(CultureInfo.InvariantCulture,
            $"{now.OwnerTime:ddd HH:mm}  {now.Standing}; open: {(open.Count == 0 ? "none" : string.Join(", ", open))}; today {string.Join(", ", now.Today.Select(t => $"{t.Name} {t.Done} of {t.From}-{t.To}"))}; spent ${now.Spent:0.00} of ${now.Budget:0}; last: {last}; next: {next}; incidents: {(now.Incidents.Count == 0 ? "none" : now.Incidents.Count)}; errors: {now.Errors}"));
    }
}
