using Meridian.LogCheck.Clock;
using Meridian.LogCheck.Crm;
using Meridian.LogCheck.Laws;
using Meridian.LogCheck.Log;

namespace Meridian.LogCheck;

/// <summary>Holds the outside world's log against the import and the laws. Shares no code with what it checks.</summary>
public static class LogChecker
{
    private static readonly Func<Evidence, IEnumerable<Violation>>[] Laws =
    [
        TouchOnce.Find, PersonOnce.Find, OpenHours.Find, Consent.Find, StopMeansStop.Find, Pace.Find, OwnerTold.Find,
        DailyCaps.Find, EverybodyEmailed.Find, DoNotCall.Find, KnownAddress.Find, EastToWest.Find, NoConsentNoVoice.Find, StateVoice.Find, OneConfirmation.Find, AskedOnce.Find,
    ];

    /// <summary>Reads the four files and tries every law. Throws when a file is missing or a pack is not what its name says.</summary>
    public static Report Check(CheckInput input)
    {
        var notes = new List<string>();
        var violations = new List<Violation>();
        var places = Places.Read(input.RulesPath, input.ZipsPath);
        var lines = LogFile.Read(input.LogPath, violations, notes);
        var signatures = Signature.In(lines);
        var people = input.CsvPath is { } csv ? People.Read(csv, places, signatures) : People.Of(BoughtPeople.In(input.LogPath), places, signatures);
        var evidence = new Evidence(input, lines, people, places, notes);
        foreach (var law in Laws) violations.AddRange(law(evidence));
        return new Report(
            lines.CountBy(l => l.Kind).OrderBy(p => p.Key, StringComparer.Ordinal).ToDictionary(),
            people.All.Count,
            people.All.Count(p => p.IsEligible),
            evidence.Lines.Where(l => l.Kind == Kinds.Email).SelectMany(l => people.Holders(l.To)).Distinct().Count(),
            people.SharedNumbers,
            violations,
            notes);
    }
}
