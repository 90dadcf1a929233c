using System.Text.Json;
using Xunit;

namespace Meridian.EndToEnd;

/// <summary>Webhooks that come twice, in the wrong order, three days late, cut off or never: the same people are heard, and once.</summary>
public class GoneAstrayTests
{
    private static readonly string Thousand = Demo.Csv("crm-export-1000.csv");
    private static readonly TimeSpan Settled = TimeSpan.FromHours(1);

    [Fact]
    public void Nothing_is_lost_and_nothing_happens_twice()
    {
        var calm = CalmTwoDays.Demo;
        using var rough = new Demo(Thousand, seed: 7, days: 2, faults: "webhooks");
        var summary = rough.Run();

        var (before, after) = (Lines(calm), Lines(rough));
        Assert.Equal(after.Count(l => l.Kind == "optout"), summary.GetProperty("optouts").GetInt32());
        Assert.Equal(after.Count(l => l.Kind == "reply"), summary.GetProperty("replies").GetInt32());
        Assert.Equal(0, summary.GetProperty("errors").GetInt32());
        Assert.Equal(0, summary.GetProperty("unaccounted").GetInt32());
        EverybodyIsHeardOnce(before);
        EverybodyIsHeardOnce(after);
        Assert.Contains(after, l => l.At - l.SaidAt > TimeSpan.FromMinutes(1)); // some were found by looking
        Assert.Equal(Answers(before, among: after), Answers(after, among: before));
        Demo.Holds(rough.Check());
        var (code, output, errors) = rough.Verb("verify-ledger");
        Assert.True(code == 0, output + errors);

        var incidents = summary.GetProperty("incidents").GetProperty("unreadable-signal").GetInt32();
        var unread = JsonDocument.Parse(rough.Verb("signals", "--json").Output).RootElement.EnumerateArray().ToList();
        Assert.Equal(incidents, unread.Count);
        Assert.All(unread, signal => Assert.NotEqual(0, signal.GetProperty("holds").GetArrayLength()));
        foreach (var signal in unread) Assert.Equal(0, rough.Verb("signals", "settle", signal.GetProperty("id").GetString()!, "--nothing").Code);
        Assert.Equal(2, rough.Verb("signals", "settle", unread[0].GetProperty("id").GetString()!, "--nothing").Code);
        Assert.Equal("[]", rough.Verb("signals", "--json").Output.Trim());
    }

    [Fact]
    public async Task Both_databases_hear_the_same_and_so_does_one_that_was_killed()
    {
        using var sqlite = new Demo(Thousand, seed: 5, days: 1, faults: "webhooks");
        sqlite.Run();
        using var postgres = new Demo(Thousand, seed: 5, days: 1, database: await FirstLightTests.UrlAsync(), faults: "webhooks");
        postgres.Run();
        Assert.Equal(sqlite.LinesWithoutTouch(), postgres.LinesWithoutTouch());

        using var killed = new Demo(Thousand, seed: 5, days: 1, faults: "webhooks");
        FirstLightTests.KillAtRandom(killed, times: 6, longest: 6);
        EverybodyIsHeardOnce(Lines(killed));
        Demo.Holds(killed.Check());
        var (code, output, errors) = killed.Verb("verify-ledger");
        Assert.True(code == 0, output + errors);
    }

    private static void EverybodyIsHeardOnce(IReadOnlyList<Line> log)
    {
        var end = log.Max(l => l.At) - Settled;
        var told = log.Where(l => l.Kind is "optout" or "reply").Select(l => l.Id).ToList();
        Assert.Equal(told.Distinct(), told);
        Assert.All(log.Where(l => l is { Kind: "call", Outcome: "opted-out" } && l.At < end), call => Assert.Contains(call.Id, told));
        Assert.All(log.Where(l => l.SaidAt is not null), l => Assert.True(l.At - l.SaidAt < TimeSpan.FromMinutes(10), $"{l.Kind} of {l.SaidAt} heard at {l.At}"));
    }

    /// <summary>Who answered a text that both worlds saw, in time to be heard.</summary>
    private static List<string> Answers(IReadOnlyList<Line> log, IReadOnlyList<Line> among)
    {
        var end = log.Max(l => l.At) - Settled;
        var texted = among.Where(l => l.Kind == "sms" && l.At < end).Select(l => l.Id).ToHashSet();
        var people = log.Where(l => l.Kind == "sms" && l.At < end && texted.Contains(l.Id)).Select(l => l.To).ToHashSet();
        return log.Where(l => l is { Provider: "highlevel", Kind: "optout" or "reply" } && people.Contains(l.From)).Select(l => l.Id!).Order(StringComparer.Ordinal).ToList();
    }

    private static IReadOnlyList<Line> Lines(Demo demo) => [.. File.ReadLines(demo.LogFile).Select(line =>
    {
        var json = JsonDocument.Parse(line).RootElement;
        string? Text(string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
        return new Line(
            DateTimeOffset.Parse(Text("at")!), Text("provider")!, Text("kind")!, Text("id"), Text("from"), Text("to"), Text("outcome"),
            Text("said_at") is { } said ? DateTimeOffset.Parse(said) : null);
    })];

    private sealed record Line(DateTimeOffset At, string Provider, string Kind, string? Id, string? From, string? To, string? Outcome, DateTimeOffset? SaidAt);
}
