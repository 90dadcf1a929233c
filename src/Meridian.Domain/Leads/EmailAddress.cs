using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Meridian.Domain.Leads;

/// <summary>A bare e-mail address in its normal form: lower case, domain in punycode (RFC 5321 4.1.2 without quoted locals and address literals).</summary>
public sealed record EmailAddress
{
    private const string Atoms = "!#$%&'*+-/=?^_`{|}~";
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    private EmailAddress(string value) => Value = value;

    /// <summary>The address: its identity.</summary>
    public string Value { get; }

    /// <summary>What follows the @.</summary>
    public string Domain => Value[(Value.IndexOf('@', StringComparison.Ordinal) + 1)..];

    /// <summary>Reads one bare address; <c>mailto:</c> and angle brackets are taken off. <paramref name="reason"/> says in plain words why not.</summary>
    public static bool TryParse(string? raw, [NotNullWhen(true)] out EmailAddress? address, [NotNullWhen(false)] out string? reason)
    {
        address = null;
        var text = Clean(raw);
        if (text.Length == 0)
        {
            reason = "no address";
            return false;
        }
        var at = text.LastIndexOf('@');
        if (at < 0)
        {
            reason = "no @";
            return false;
        }
        var local = text[..at];
        reason = WhyNotLocal(local);
        if (reason is not null) return false;
        if (Ascii(text[(at + 1)..]) is not { } domain)
        {
            reason = "the domain is not a domain name";
            return false;
        }
        reason = WhyNotDomain(domain) ?? WhyNotWhole(local, domain);
        if (reason is not null) return false;
        address = new EmailAddress($"{local}@{domain}");
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static string Clean(string? raw)
    {
        var text = (raw ?? "").Trim(' ', '\t', '\r', '\n', '\u00A0', '\u200B', '\uFEFF', '\'').ToLowerInvariant();
        if (text.StartsWith("mailto:", StringComparison.Ordinal)) text = text["mailto:".Length..].Split('?')[0];
        return text is ['<', .. var inner, '>'] ? inner.Trim() : text;
    }

    private static string? WhyNotLocal(string local)
    {
        if (local.Length is 0 or > 64) return local.Length == 0 ? "nothing before the @" : "more than 64 characters before the @";
        if (local.Any(c => !char.IsAscii(c))) return "letters before the @ that many mail servers refuse";
        if (local.Any(c => c != '.' && !char.IsAsciiLetterOrDigit(c) && !Atoms.Contains(c))) return "a character before the @ that is not allowed there";
        return local.Split('.').Any(part => part.Length == 0) ? "a dot in the wrong place before the @" : null;
    }

    private static string? WhyNotDomain(string domain)
    {
        var labels = domain.Split('.');
        if (labels.Length < 2) return "the domain has no dot";
        if (labels.Any(l => l.Length is 0 or > 63 || l[0] == '-' || l[^1] == '-' || !l.All(c => c == '-' || char.IsAsciiLetterOrDigit(c))))
            return "the domain is not a domain name";
        return labels[^1].All(char.IsAsciiDigit) ? "the domain ends in a number" : null;
    }

    private static string? WhyNotWhole(string local, string domain)
    {
        if (local.Length + 1 + domain.Length > 254) return "more than 254 characters";
        // Apollo's stand-in for an address that was not bought, the same for everyone, and marked "verified".
        return local == "email_not_unlocked" ? "a placeholder, not an address" : null;
    }

    private static string? Ascii(string domain)
    {
        if (domain.All(char.IsAscii)) return domain;
        try
        {
            return Idn.GetAscii(domain).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
