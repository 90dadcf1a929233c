using Meridian.Domain.Compliance;

namespace Meridian.Engine.Inbound;

/// <summary>Whether what a person said on the phone, one line an utterance, asks us to stop.</summary>
public static class Said
{
    public static bool Stop(string personSaid) => personSaid.Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(line => OptOutWords.Read(line) == OptOutReading.OptOut);
}
