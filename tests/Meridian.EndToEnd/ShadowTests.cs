using System.Text.Json;
using Xunit;

namespace Meridian.EndToEnd;

/// <summary>What a shadow says it would send on a day is what the day then sends, apart from people's answers.</summary>
public class ShadowTests
{
    [Fact]
    public void A_shadowed_day_is_the_day_that_follows_apart_from_answers()
    {
        var csv = Demo.Csv("crm-export-1000.csv");
        using var demo = new Demo(csv, seed: 7, days: 1);
        demo.Run();
        var before = File.ReadLines(demo.LogFile).Count();
        var (code, output, errors) = demo.Verb("shadow", "--days", "1", "--json");
        Assert.True(code == 0, output + errors);
        var shadow = File.ReadLines(Path.Combine(demo.Folder, "shadow.jsonl")).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(before, File.ReadLines(demo.LogFile).Count()); // nothing went out

        demo.Days = 2;
        demo.Run();
        var day = File.ReadLines(demo.LogFile).Skip(before).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        var live = day.Where(l => Channel(l) is not null).Select(l => (Channel(l)!, l.GetProperty("to").GetString()!)).ToList();
        var said = shadow.Select(l => (l.GetProperty("channel").GetString()!, l.GetProperty("to").GetString()!)).ToList();
        Assert.Empty(live.Except(said));

        // Who is in the shadow alone answered meanwhile, or an answer took their place in a busy sender's day.
        var answers = day.Count(l => l.GetProperty("kind").GetString() is "reply" or "optout" or "bounce");
        Assert.InRange(said.Except(live).Count(), 0, answers);
        Assert.True(live.Count > 400, $"only {live.Count} went out");
    }

    private static string? Channel(JsonElement line) => line.GetProperty("kind").GetString() switch
    {
        "call" => "call",
        "email" => "email",
        "bounce" when line.GetProperty("outcome").GetString()!.StartsWith("550", StringComparison.Ordinal) => "email",
        "sms" => "text",
        _ => null,
    };
}
