using Meridian.Domain.Compliance;

namespace Meridian.Engine.Inbound;

/// <summary>Whether what a person said on the phone, one line an utterance, asks us to stop. The plainest of their sentences counts.</summary>
public static class Said
{
    public static OptOutReading Read(string personSaid)
    {
        var lines = personSaid.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(OptOutWords.Read).ToList();
        return lines.Contains(OptOutReading.OptOut) ? OptOutReading.OptOut : lines.Contains(OptOutReading.Unclear) ? OptOutReading.Unclear : OptOutReading.No;
    }
}
