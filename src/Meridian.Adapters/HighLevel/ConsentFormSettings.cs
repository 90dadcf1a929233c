using Meridian.Domain.Compliance;

namespace Meridian.Adapters.HighLevel;

/// <summary>A HighLevel form whose answers may count as written consent.</summary>
public sealed class ConsentFormSettings
{
    /// <summary>As the workflow's <c>customData.form</c> names it.</summary>
    public string Name { get; set; } = "";

    /// <summary>The words the form shows above its boxes and signature, letter by letter; line breaks do not matter.</summary>
    public string? Text { get; set; }

    /// <summary>Instead of the words their SHA-256 (single spaces, hex); then each answer must bring the words in <c>customData.text</c>.</summary>
    public string? TextHash { get; set; }

    /// <summary>Of the words; kept with each consent.</summary>
    public string Version { get; set; } = "1";

    /// <summary>Who attests that calls and texts have a box each, that both are unticked at first and not required, that the name is typed, and that the form shows these words.</summary>
    public string AttestedBy { get; set; } = "";

    public RegisteredForm Registered() => new(Name.Trim(), string.IsNullOrWhiteSpace(Text) ? null : Text, TextHash?.Trim().ToLowerInvariant(), Version.Trim(), AttestedBy.Trim());

    /// <summary>What the workflow's Webhook action sends along (<c>customData</c>), to be pasted; what stands in braces is a field of the owner's own form.</summary>
    public IReadOnlyList<(string Key, string Value)> CustomData() =>
    [
        ("event", "consent_form"), ("form", Name.Trim()), ("phone", "{{contact.phone}}"), ("signature", "{{contact.signature}}"), ("consent_calls", "{{contact.consent_calls}}"), ("consent_texts", "{{contact.consent_texts}}"),
        // The words that are registered need not travel; only of a hash nobody can read them.
        string.IsNullOrWhiteSpace(Text) ? ("text", "{{contact.consent_text}}") : ("text_hash", Registered().Hash), ("ip", "{{contact.ip}}"), ("submitted_at", "{{contact.submitted_at}}"),
    ];

    /// <param name="seller">Null: not known yet; then only what does not hang on it is looked at.</param>
    public IEnumerable<string> Problems(int i, string? seller)
    {
        var where = $"highLevel.consentForms[{i}]";
        if (string.IsNullOrWhiteSpace(Name)) yield return $"{where}.name is empty: give the name that customData.form carries";
        if (string.IsNullOrWhiteSpace(AttestedBy)) yield return $"{where}.attestedBy is empty: name who attests that both boxes are apart, unticked and not required, and that the form shows these words";
        if (string.IsNullOrWhiteSpace(Version)) yield return $"{where}.version is empty: give one, such as 2026-11";
        if (string.IsNullOrWhiteSpace(Text) && string.IsNullOrWhiteSpace(TextHash)) yield return $"{where}.text is empty: give the words the form shows, or textHash, their SHA-256";
        if (TextHash is { Length: > 0 } hash && (hash.Trim().Length != 64 || !hash.Trim().All(char.IsAsciiHexDigit))) yield return $"{where}.textHash is '{hash}': give a SHA-256 in 64 hexadecimal digits";
        if (!string.IsNullOrWhiteSpace(Text) && TextHash is { Length: > 0 } both && !string.Equals(RegisteredForm.HashOf(Text), both.Trim(), StringComparison.OrdinalIgnoreCase)) yield return $"{where}.textHash is not the hash of {where}.text: take one of the two out";
        if (!string.IsNullOrWhiteSpace(Text) && seller is { Length: > 0 })
            foreach (var missing in ConsentWords.MissingIn(Text, seller)) yield return $"{where}.text: {missing}";
    }
}
