using System.Net;
using System.Security.Cryptography;
using System.Text;
using Meridian.Domain.Leads;
using Meridian.Domain.Touches;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Domain.Compliance;

/// <summary>A form outside of Meridian whose answers may count as consent, as the owner registered it.</summary>
/// <param name="Text">The words it shows; null: only their hash is registered, and each answer brings them.</param>
/// <param name="TextHash">SHA-256 of the words with single spaces, hex; null: <paramref name="Text"/> says it.</param>
/// <param name="AttestedBy">Who attests that both boxes are apart, unticked and not required, and that the form shows these words.</param>
public sealed record RegisteredForm(string Name, string? Text, string? TextHash, string Version, string AttestedBy)
{
    public string Hash => Text is { } words ? HashOf(words) : TextHash!;

    /// <summary>However they are broken into lines, the same words have the same hash.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ConsentWords.OneSpace(text))));
}

/// <summary>What a form's webhook brought, as it came; null: not given, empty, or a template nobody filled in.</summary>
public sealed record FormSubmission(string? Form, string? Phone, string? Signature, string? Calls, string? Texts, string? Text, string? TextHash, string? Ip, string? SubmittedAt);

/// <summary>An answer that has everything a signature on the consent page has.</summary>
public sealed record CompleteForm(RegisteredForm Form, string Number, IReadOnlyList<Channel> Channels, string Signature, string Text, string TextHash, string Ip, Instant SubmittedAt);

/// <summary>Holds a form's answer against what the consent page asks for: everything, or it is no consent.</summary>
public static class FormConsent
{
    private static readonly HashSet<string> Yes = new(["yes", "true", "on", "1", "checked", "agreed", "i agree"], StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> No = new(["no", "false", "off", "0", "unchecked"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Two clocks need not agree.</summary>
    private static readonly Duration Slack = Duration.FromMinutes(10);

    /// <summary>An answer that was longer on its way says little about today.</summary>
    private static readonly Duration Oldest = Duration.FromDays(7);

    /// <param name="missing">Each field that is missing or cannot count, and what to send; empty when the answer is complete.</param>
    public static CompleteForm? Read(FormSubmission said, IReadOnlyList<RegisteredForm> forms, string seller, Instant received, out IReadOnlyList<string> missing)
    {
        var lacks = new List<string>();
        missing = lacks;
        var form = forms.FirstOrDefault(f => string.Equals(f.Name.Trim(), said.Form?.Trim(), StringComparison.OrdinalIgnoreCase));
        if (said.Form is null) lacks.Add("form: the name under which it is registered");
        else if (form is null) lacks.Add($"form: '{said.Form}' is not registered in highLevel.consentForms");

        string? number = null;
        if (said.Phone is null) lacks.Add("phone");
        else if (!PhoneNumber.TryParse(said.Phone, out var phone, out var why)) lacks.Add($"phone: not a US number: {why}");
        else if (phone.Extension is not null) lacks.Add("phone: a number with an extension is a company's line");
        else number = phone.E164;

        if (said.Signature is null) lacks.Add("signature: the name as they typed it");
        else if (!TypedSignature.IsOne(said.Signature)) lacks.Add($"signature: letters, no more than {TypedSignature.Longest}");

        var channels = new List<Channel>();
        foreach (var (field, value, channel) in new[] { ("consent_calls", said.Calls, Channel.Call), ("consent_texts", said.Texts, Channel.Text) })
        {
            if (value is not null && Yes.Contains(value.Trim())) channels.Add(channel);
            else if (value is not null && !No.Contains(value.Trim())) lacks.Add($"{field}: neither yes nor no");
        }

        if (channels.Count == 0 && !lacks.Any(l => l.StartsWith("consent_", StringComparison.Ordinal))) lacks.Add("consent_calls or consent_texts: yes, for what they ticked");

        var text = said.Text ?? (said.TextHash is not null ? form?.Text : null);
        if (said.Text is null && said.TextHash is null) lacks.Add("text: the words they saw, or text_hash");
        else if (text is null && form is not null) lacks.Add("text: only its hash is registered, so the answer must bring the words");
        else if (form is not null && text is not null)
        {
            // Whichever of the two was sent is held against what is registered; both, when both were.
            if (RegisteredForm.HashOf(text) != form.Hash || (said.TextHash is { } hash && !string.Equals(hash.Trim(), form.Hash, StringComparison.OrdinalIgnoreCase))) lacks.Add("text: not the words that are registered for this form");
            else lacks.AddRange(ConsentWords.MissingIn(text, seller).Select(m => $"text: {m}"));
        }

        if (said.Ip is null || !IPAddress.TryParse(said.Ip.Trim(), out _)) lacks.Add("ip: the address the form was sent from");

        Instant? at = said.SubmittedAt is { } when && OffsetDateTimePattern.ExtendedIso.Parse(when.Trim()) is { Success: true } parsed ? parsed.Value.ToInstant() : null;
        if (at is null) lacks.Add("submitted_at: as 2026-11-23T15:04:05-05:00");
        else if (at > received + Slack) lacks.Add("submitted_at: that has not come yet");
        else if (at < received - Oldest) lacks.Add($"submitted_at: more than {Oldest.Days} days before it reached us");

        return lacks.Count > 0 ? null : new CompleteForm(form!, number!, channels, said.Signature!.Trim(), text!, form!.Hash, said.Ip!.Trim(), at!.Value);
    }
}
