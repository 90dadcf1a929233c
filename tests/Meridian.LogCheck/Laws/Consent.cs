using Meridian.LogCheck.Crm;
using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>Law 4: no call and no text without full consent on a row of a holder, or one signed before; no text to a switchboard.</summary>
internal static class Consent
{
    public const string Law = "4-consent";

    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        var elsewhere = 0;
        foreach (var line in evidence.Contacts.Where(l => Kinds.IsVoiceOrText(l.Kind)))
        {
            var holders = evidence.People.Holders(line.To);
            if (holders.Count == 0) continue;
            bool Gave(CrmRow row) => line.Kind == Kinds.Call ? row.VoiceConsent : row.SmsConsent;
            if (holders.Any(p => p.Signed.Any(s => s.Covers(line)))) continue;
            if (!holders.Any(p => p.Rows.Any(Gave)))
                yield return new(Law, line.Number, $"{line.Kind} to {line.To} without consent of {string.Join(", ", holders)}");
            else if (!holders.Any(p => p.Rows.Any(r => Gave(r) && r.HoldsNumber(line.To)))) elsewhere++;
            if (line.Kind == Kinds.Sms && evidence.People.IsSwitchboard(line.To))
                yield return new(Law, line.Number, $"text to {line.To}, which has an extension wherever it stands");
        }
        if (elsewhere > 0) evidence.Notes.Add($"{elsewhere} calls and texts rest on the consent of another row of the same person");
    }
}
