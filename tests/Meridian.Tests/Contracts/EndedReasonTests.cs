using System.Reflection;
using Meridian.Adapters.Vapi;
using Xunit;

namespace Meridian.Tests.Contracts;

/// <summary>Every end of a call that Vapi's document of August 2026 names, and what it means to us; a new one is unknown until somebody says.</summary>
public class EndedReasonTests
{
    [Fact]
    public void Each_of_Vapis_595_ends_of_a_call_has_its_meaning()
    {
        var rows = Rows().ToList();
        Assert.Equal(595, rows.Count);
        Assert.Empty(rows.Where(row => Meaning(row.Reason) != row.Meaning).Select(row => $"{row.Reason}: {Meaning(row.Reason)}, not {row.Meaning}"));
    }

    [Fact]
    public void A_word_Vapi_adds_tomorrow_is_unknown_and_pauses_nobody() => Assert.Equal("Unknown", Meaning("moon-in-the-wrong-house"));

    private static string Meaning(string reason)
    {
        var (disposition, account) = EndedReasons.Classify(reason, durationSeconds: 30, personSaid: "");
        return account ? $"{disposition} account" : disposition.ToString();
    }

    private static IEnumerable<(string Reason, string Meaning)> Rows()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Meridian.Tests.Contracts.ended-reasons.csv")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line) yield return (line[..line.IndexOf(',')], line[(line.IndexOf(',') + 1)..]);
    }
}
