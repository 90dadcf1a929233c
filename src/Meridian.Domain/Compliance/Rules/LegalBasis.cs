using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>
/// An AI call or a text needs recorded prior express written consent of this person, for this number and channel, to this seller.
/// Closed by default. A claim that lacks something opens nothing, and the finding says what it lacks.
/// </summary>
public sealed class LegalBasis : ContactRule
{
    private const string VoiceSource = "FCC 24-17 (AI voice is artificial voice); 47 CFR 64.1200(a)(2)-(3), (f)(9)";
    private const string LandlineSource = "47 CFR 64.1200(a)(2)-(3) do not reach business landlines; owner.law.businessLandlines; no state concerned covers business lines";
    private const string TextSource = "47 CFR 64.1200(a)(2), (f)(9); CTIA Messaging Principles";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Channel == Channel.Email) return Allow("cold B2B e-mail is lawful with identification, postal address and opt-out", "15 USC 7704(a)");
        var source = facts.Channel == Channel.Call ? VoiceSource : TextSource;
        var what = facts.Channel == Channel.Call ? "an AI call" : "a text";
        if (facts.Address is null) return Park(ParkedReason.NoLegalBasis, $"no number, so no consent for {what}", source);

        if (ConsentFor(facts, now) is { } good)
            return Allow($"written consent of {good.GivenOn?.ToString("uuuu-MM-dd", null) ?? "an undated form"} to {good.Seller} (text {good.TextVersion}, {good.Evidence}), attested by {good.AttestedBy}{(good.ExpiresAt is { } end ? $"; good until {Say.Utc(end)}" : "")}", source, good.ExpiresAt);

        if (Landline(facts, now) is { } open) return open;
        var claim = Given(facts).FirstOrDefault();
        var why = claim switch
        {
            null => $"no recorded written consent for {what} to {facts.Address.AddressId}",
            { Status: ConsentStatus.Withdrawn } => $"the consent for {what} was withdrawn",
            { Status: ConsentStatus.Claimed } => $"a consent for {what} is claimed but does not count: {claim.Missing}",
            { ExpiresAt: { } expired } when expired <= now => $"the consent for {what} expired on {Say.Utc(expired)}",
            _ => $"the consent names {claim.Seller}, not {facts.Seller}",
        };
        return Park(ParkedReason.NoLegalBasis, why, source);
    }

    /// <summary>The written consent that a call or a text to this number rests on; null: none does, so a call there is one to a business' landline.</summary>
    public static Consent? ConsentFor(ContactFacts facts, Instant now) => Given(facts)
        .Where(c => c.Status == ConsentStatus.Recorded && SameSeller(c.Seller, facts.Seller) && (c.ExpiresAt is null || c.ExpiresAt > now)).MaxBy(c => c.ExpiresAt ?? Instant.MaxValue);

    private static IEnumerable<Consent> Given(ContactFacts facts) => facts.Consents.Where(c => c.Channel == facts.Channel && c.AddressId == facts.Address?.AddressId);

    /// <summary>The owner signed for business landlines, a carrier confirmed that this is one, no law concerned reaches it, and no do-not-call list names it.</summary>
    private Finding? Landline(ContactFacts facts, Instant now)
    {
        if (facts.Channel != Channel.Call || facts.Law.BusinessLandlines is not { } signed || facts.Address?.Line is not { } line || !line.ConfirmsBusinessLine(now)) return null;
        if (!BusinessLandlines.AreOpenIn(facts.Evidence.States)) return null;
        return facts.Address.ListedOn is { } list
            ? Park(ParkedReason.NoLegalBasis, $"a business' own landline by the carrier's word of {Say.Utc(line.At)}, but it is on the do-not-call list {list}: without written consent nobody calls it", DoNotCallLists.Source)
            : Allow($"no consent, but a business' own landline by the carrier's word of {Say.Utc(line.At)}, and {signed.SignedBy} signed for such calls on {signed.SignedOn}", LandlineSource, line.At + LineLookup.Life);
    }

    private static bool SameSeller(string? named, string seller) => string.Equals(named?.Trim(), seller.Trim(), StringComparison.OrdinalIgnoreCase);
}
