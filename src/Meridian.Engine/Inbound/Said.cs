using Meridian.Domain.Compliance;

namespace Meridian.Engine.Inbound;

/// <summary>
/// Whether what a person said on the phone, one line an utterance, asks us to stop. The plainest of their sentences counts; a wish that only shows when the
/// lines are read as one, for who transcribes cuts where somebody breathes, is for a person to hear.
/// </summary>
public static class Said
{
    public static OptOutReading Read(string personSaid)
    {
        var lines = personSaid.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(OptOutWords.Read).ToList();
        if (lines.Contains(OptOutReading.OptOut)) return OptOutReading.OptOut;
        return lines.Contains(OptOutReading.Unclear) || (lines.Count > 1 && OptOutWords.Read(personSaid.ReplaceLineEndings(" ")) != OptOutReading.No) ? OptOutReading.Unclear : OptOutReading.No;
    }
}
