using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Host.Dashboard;
using Meridian.Host.Dashboard.Terminal;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Host;

public class TerminalTests
{
    private static readonly Instant At = Instant.FromUtc(2026, 11, 16, 19, 0);

    [Theory]
    [InlineData(80, 24)]
    [InlineData(100, 30)]
    [InlineData(132, 50)]
    [InlineData(40, 10)]
    public void The_screen_is_never_larger_than_the_window(int width, int height)
    {
        foreach (var now in new[] { Busy(), Empty() })
        {
            var lines = NowScreen.Draw(now, 60, new string('x', 200), width, height);
            Assert.Equal(height, lines.Count);
            Assert.All(lines, l => Assert.Equal(l.Text, Cells.Fit(l.Text, width)));
        }
    }

    [Fact]
    public void Eighty_by_twenty_four_hold_everything_that_matters_in_words()
    {
        var screen = string.Join('\n', NowScreen.Draw(Busy() with { Incidents = [] }, 60, "[p]ause", 80, 24).Select(l => l.Text.TrimEnd()));
        Assert.DoesNotContain("…", screen.Split('\n')[4]); // the day's counters, three figures each
        foreach (var word in new[] { "Eastern", "Hawaii", "14:00 Mon", "OPEN to 18", "RUNNING", "x60", "e-mails 300/100-300", "spent $12.34 of $500", "until 18:00", "no answer", "DESKS 26, all on time", "calls x2", "[p]ause" })
            Assert.Contains(word, screen);
        Assert.Equal(10, screen.Split('\n').Count(l => l.Contains("until 18:00")));
    }

    [Fact]
    public void What_is_wrong_is_said_in_words_not_by_a_colour()
    {
        var now = Busy();
        var screen = string.Join('\n', NowScreen.Draw(now with { Paused = true, Desks = [.. now.Desks, new DeskGlance("poll", "x", "error", At, At, false, true, 3, 1)] }, 60, "", 80, 24).Select(l => l.Text));
        Assert.Contains("PAUSED: nothing begins", screen);
        Assert.Contains("1 LATE", screen);
        Assert.Contains("! mail blocked: a mail server refuses us", screen);
    }

    [Fact]
    public void A_name_cannot_steer_the_terminal()
    {
        var now = Busy();
        now = now with { Next = [now.Next[0] with { Who = "\u001b[2J\u202eevil\u0007" }] };
        var screen = string.Concat(NowScreen.Draw(now, 60, "", 80, 24).Select(l => l.Text));
        Assert.DoesNotContain(screen, c => char.IsControl(c) || c == '\u202e');
        Assert.Contains("evil", screen);
        Assert.DoesNotContain(NowLine.Of(now), c => char.IsControl(c));
    }

    [Theory]
    [InlineData("Ana", 5, "Ana  ")]
    [InlineData("Ana Abbott", 6, "Ana A…")]
    [InlineData("山田太郎", 6, "山田… ")]
    [InlineData("", 2, "  ")]
    public void Text_is_cut_and_filled_by_cells(string text, int width, string expected) => Assert.Equal(expected, Cells.Fit(text, width));

    [Fact]
    public void Long_lines_of_a_letter_are_broken_at_spaces_and_indented() =>
        Assert.Equal(["  one two", "    three", "    four"], Cells.Wrap("  one two three four", 10));

    [Fact]
    public void The_plain_line_says_the_same_in_one_line()
    {
        var line = NowLine.Of(Busy());
        Assert.DoesNotContain('\n', line);
        foreach (var word in new[] { "Mon 14:00", "RUNNING", "open: Eastern, Central", "e-mails 300 of 100-300", "call Person 0 with a very long name indeed about 14:00 (until 18:00)", "incidents: 1" }) Assert.Contains(word, line);
    }

    private static NowModel Empty() => new(At, "America/New_York", false, [], ZoneGlance.All(new OwnerSettings(), At), [], [], Target.Of(new Dictionary<string, long>()), 0, 0, 0, 0, 25, 0, []);

    private static NowModel Busy() => new(
        At, "America/New_York", false,
        [
            .. Desks("e-mails", 8), .. Desks("calls", 2), .. Desks("texts", 1), .. Desks("mailbox", 8), .. Desks("campaign", 1), .. Desks("checks", 1), .. Desks("inbox", 1), .. Desks("intake", 1),
            .. Desks("owner-copy", 1), .. Desks("poll", 1), .. Desks("upkeep", 1),
        ],
        ZoneGlance.All(new OwnerSettings(), At),
        [.. Enumerable.Range(0, 10).Select(i => new NextTouch($"led_{i}", "call", $"Person {i} with a very long name indeed", "NY", "Example", At, "until 18:00", "the window closes"))],
        [.. Enumerable.Range(0, 10).Select(i => new LastTouch($"led_{i}", "email", $"Person {i} with a very long name indeed", "NY", "Example", At, "a@mail.example", "no answer"))],
        Target.Of(new Dictionary<string, long> { ["new_leads"] = 500, ["emails"] = 300, ["texts"] = 300, ["calls"] = 100 }), 12, 3, 4, 12.34m, 500, 0,
        [new IncidentLine { Kind = "mail-blocked", Subject = "snd_1", Detail = "a mail server refuses us", OpenedAt = At }]);

    private static IEnumerable<DeskGlance> Desks(string name, int count) =>
        Enumerable.Range(0, count).Select(i => new DeskGlance(name, $"key{i}", "did something that takes many words to say", At, At + Duration.FromMinutes(3), false, false, 0, 0));
}
