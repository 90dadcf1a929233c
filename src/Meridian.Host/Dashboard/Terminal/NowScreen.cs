using System.Globalization;
using NodaTime;

namespace Meridian.Host.Dashboard.Terminal;

/// <summary>How much a line wants to be seen. The words say everything; this only helps the eye.</summary>
internal enum Weight { Plain, Bar, Heading, Alarm }

internal sealed record ScreenLine(string Text, Weight Weight = Weight.Plain);

/// <summary>The whole engine on one screen: a pure function of what was read. Made for 80 × 24; a larger window shows more desks and incidents.</summary>
internal static class NowScreen
{
    private static readonly string[] Important = ["calls", "e-mails", "texts", "campaign", "inbox", "mailbox", "upkeep"];
    private const int Ten = 10;
    private const int Fixed = 19; // every line but the desks'

    /// <param name="speed">How many times as fast as the machine's the clock runs; 1 is not mentioned.</param>
    /// <param name="foot">The last line: keys, a question or an answer.</param>
    public static IReadOnlyList<ScreenLine> Draw(NowModel now, double speed, string foot, int width, int height)
    {
        var lines = new List<ScreenLine> { new(Bar(now, speed), Weight.Bar) };
        lines.AddRange(Zones(now, width));
        lines.Add(new($"{string.Join("  ", now.Today.Select(t => $"{Short(t.Name)} {t.Done}/{t.From}-{t.To}"))}"));
        lines.Add(new(string.Create(CultureInfo.InvariantCulture,
            $"today spent ${now.Spent:0.00} of ${now.Budget:0}  in the air {now.InTheAir}  replies {now.Replies}  opt-outs {now.OptOuts}  incidents {(now.Incidents.Count == 0 ? "none" : now.Incidents.Count)}")));
        lines.AddRange(Touches(now, width));

        var room = Math.Max(0, height - Fixed);
        var incidents = now.Incidents.Take(room > 8 ? 5 : now.Incidents.Count > 0 ? 1 : 0).Select(i => new ScreenLine($"! {i.Kind.Replace('-', ' ')}: {i.Detail}", Weight.Alarm)).ToList();
        lines.Add(new(string.Create(CultureInfo.InvariantCulture,
            $"DESKS {now.Desks.Count}, {(now.Late.Count == 0 ? "all on time" : $"{now.Late.Count} LATE")}, {now.Errors} errors, {now.Restarts} restarts: what each did last, when it is back"), Weight.Heading));
        lines.AddRange(Desks(now, width).Take(Math.Max(0, room - incidents.Count)));
        lines.AddRange(incidents);
        while (lines.Count < height - 1) lines.Add(new(""));
        return [.. lines.Take(height - 1).Append(new(foot)).Select(l => l with { Text = Cells.Fit(l.Text, width) })];
    }

    private static string Bar(NowModel now, double speed)
    {
        var clock = now.OwnerTime.ToString("ddd uuuu-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var pace = speed == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"  x{speed:0.#}");
        return $" MERIDIAN  {clock} {Domain.Time.CanonicalZone.Place(now.OwnerZone)}{pace}  {now.Standing}";
    }

    /// <summary>Three lines: names, clocks, open or shut and until when.</summary>
    private static IEnumerable<ScreenLine> Zones(NowModel now, int width)
    {
        var column = width / now.Zones.Count;
        string Row(Func<ZoneGlance, string> cell) => string.Concat(now.Zones.Select(z => Cells.Fit(cell(z), column - 1) + " "));
        yield return new(Row(z => z.Name), Weight.Heading);
        yield return new(Row(z => Text(z.Local, "HH:mm ddd")));
        yield return new(Row(z => $"{(z.IsOpen ? "OPEN" : "shut")}{(z.Turns is not { } t ? "" : t.Date == z.Local.Date ? $" to {t.Hour:00}{(t.Minute == 0 ? "" : $":{t.Minute:00}")}" : $" to {Text(t, "ddd")}")}"));
    }

    private static IEnumerable<ScreenLine> Touches(NowModel now, int width)
    {
        var right = Math.Max(36, width * 36 / 80);
        var left = width - right - 2;
        yield return new($"{Cells.Fit("NEXT TEN, about when, and why then", left)}  {Cells.Fit("LAST TEN, and what came of them", right)}", Weight.Heading);
        for (var i = 0; i < Ten; i++)
        {
            var next = i < now.Next.Count ? Next(now, now.Next[i], left) : i == 0 ? "nothing is offered" : "";
            var last = i < now.Last.Count ? Last(now, now.Last[i], right) : i == 0 ? "nothing has been begun yet" : "";
            yield return new($"{Cells.Fit(next, left)}  {Cells.Fit(last, right)}");
        }
    }

    private static string Next(NowModel now, NextTouch n, int width) =>
        $"{Cells.Fit(When(now, n.Expected), 6)} {Cells.Fit(n.Channel, 5)} {Cells.Fit(n.Who, width - 28)} {Cells.Fit(n.Place, 2)} {Cells.Fit(n.Short, 11)}";

    private static string Last(NowModel now, LastTouch l, int width) =>
        $"{Cells.Fit(When(now, l.BegunAt), 6)} {Cells.Fit(l.Channel, 5)} {Cells.Fit(l.Who, width - 25)} {Cells.Fit(l.Outcome, 11)}";

    /// <summary>Desks of a kind share a cell, two cells a line; whoever is late or failing comes first, else each kind keeps its place.</summary>
    private static IEnumerable<ScreenLine> Desks(NowModel now, int width)
    {
        var cell = (width - 2) / 2;
        var cells = now.Desks.GroupBy(d => d.Name)
            .OrderByDescending(g => g.Any(d => d.IsStale || d.Failures > 0)).ThenBy(g => Place(g.Key)).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => Desk(now, g.Key, g.ToList(), cell)).ToList();
        return cells.Chunk(2).Select(pair => new ScreenLine(string.Join("  ", pair)));
    }

    private static int Place(string name) => Array.IndexOf(Important, name) is var i and >= 0 ? i : Important.Length;

    private static string Desk(NowModel now, string kind, IReadOnlyList<DeskGlance> desks, int width)
    {
        var shown = desks.OrderByDescending(d => d.IsStale || d.Failures > 0).ThenByDescending(d => d.LastTurnAt ?? Instant.MinValue).First();
        var back = desks.Min(d => d.NextTurnAt ?? Instant.MaxValue);
        var when = desks.Any(d => d.InTurn) ? "works" : shown.IsStale ? "LATE" : back == Instant.MaxValue ? "asleep" : When(now, back);
        return $"{Cells.Fit(desks.Count == 1 ? kind : $"{kind} x{desks.Count}", 11)} {Cells.Fit(shown.Did, width - 19)} {Cells.Fit(when, 6)}";
    }

    private static string When(NowModel now, Instant at)
    {
        var local = now.Local(at);
        return Text(local, local.Date == now.OwnerTime.Date ? "HH:mm" : "ddd HH");
    }

    private static string Short(string name) => name == "people found" ? "people" : name;

    private static string Text(LocalDateTime time, string pattern) => time.ToString(pattern, CultureInfo.InvariantCulture);
}
