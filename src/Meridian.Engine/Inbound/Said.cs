using System.Text.RegularExpressions;
using Meridian.Domain.Compliance;

namespace Meridian.Engine.Inbound;

/// <summary>
/// Whether what a person said on the phone, one line an utterance, asks us to stop. The plainest of their sentences counts; a wish that only shows when the
/// lines are read as one, for who transcribes cuts where somebody breathes, is for a person to hear.
/// </summary>
public static partial class Said
{
    public static OptOutReading Read(string personSaid)
    {
        var utterances = personSaid.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();
        if (utterances.Any(u => WayOutKey().IsMatch(u))) return OptOutReading.OptOut;
        utterances.RemoveAll(u => Keys().IsMatch(u));
        var lines = utterances.Select(OptOutWords.Read).ToList();
        if (lines.Contains(OptOutReading.OptOut)) return OptOutReading.OptOut;
        return lines.Contains(OptOutReading.Unclear) || (lines.Count > 1 && OptOutWords.Read(string.Join(' ', utterances)) != OptOutReading.No) ? OptOutReading.Unclear : OptOutReading.No;
    }

    /// <summary>Key 9 is the way out our opening names (47 CFR 64.1200(b)(3)); Vapi writes keys among the person's words.</summary>
    [GeneratedRegex(@"^(?:User'?s\s+)?Keypad\s+Entry:\s*[*#]?9+[*#]?\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex WayOutKey();

    [GeneratedRegex(@"^(?:User'?s\s+)?Keypad\s+Entry:", RegexOptions.IgnoreCase)]
    private static partial Regex Keys();
}
