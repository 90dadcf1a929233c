using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Laws;

/// <summary>Law 13: where the import holds no consent at all, nobody is called or texted who has not signed.</summary>
internal static class NoConsentNoVoice
{
    public const string Law = "13-no-consent";

    public static IEnumerable<Violation> Find(Evidence evidence) => evidence.Input.ExpectNoConsent
        ? evidence.Contacts.Where(l => Kinds.IsVoiceOrText(l.Kind) && !evidence.People.Holders(l.To).Any(p => p.Signed.Any(s => s.Covers(l)))).Select(l => new Violation(Law, l.Number, $"{l.Kind} to {l.To}, and nobody consented"))
        : [];
}
