using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>Law 7: the owner is told of every e-mail, with exactly the agreed subject. The last ten minutes may still be on their way.</summary>
internal static class OwnerTold
{
    public const string Law = "7-owner-told";
    private static readonly TimeSpan OnTheWay = TimeSpan.FromMinutes(10);

    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        if (evidence.Lines.Count == 0) yield break;
        var told = evidence.Lines.Where(l => l.Kind == Kinds.OwnerEmail).GroupBy(l => l.Subject ?? "").ToDictionary(g => g.Key, g => g.Count());
        var end = evidence.Lines.Max(l => l.At);
        var late = 0;
        foreach (var line in evidence.Contacts.Where(l => l.Kind == Kinds.Email))
        {
            var subjects = evidence.People.Holders(line.To).SelectMany(p => p.Rows).Select(r => $"📧 SENT: {r.Company} ({line.To})").Distinct().ToList();
            if (subjects.Count == 0) continue;
            if (subjects.FirstOrDefault(s => told.GetValueOrDefault(s) > 0) is { } found) told[found]--;
            else if (end - line.At <= OnTheWay) late++;
            else yield return new(Law, line.Number, $"no owner e-mail with the subject '{string.Join("' or '", subjects)}'");
        }
        if (late > 0) evidence.Notes.Add($"{late} e-mails of the log's last ten minutes have no owner e-mail yet");
        if (told.Values.Sum() is > 0 and var spare) evidence.Notes.Add($"{spare} owner e-mails belong to no e-mail line");
    }
}
