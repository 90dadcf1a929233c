using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;
using PhoneNumbers;

namespace Meridian.Adapters.Http;

/// <summary>Finds the addresses a signal names, in the form they have as ids: E.164, or lower-case e-mail.</summary>
internal static partial class NamedAddresses
{
    public static string? Phone(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        try
        {
            var util = PhoneNumberUtil.GetInstance();
            var number = util.Parse(text, "US");
            return util.IsPossibleNumber(number) ? util.Format(number, PhoneNumberFormat.E164) : null;
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    public static string? Email(string? text) =>
        text is not null && text.Contains('@') && MailboxAddress.TryParse(text, out var mailbox) ? mailbox.Address.ToLowerInvariant() : null;

    public static IReadOnlyList<string> Of(params ReadOnlySpan<string?> found)
    {
        var ids = new List<string>();
        foreach (var id in found)
        {
            if (id is not null && !ids.Contains(id)) ids.Add(id);
        }

        return ids;
    }

    /// <summary>What can be saved from a body nobody can parse: whoever it seems to name is held.</summary>
    public static IReadOnlyList<string> Salvage(string raw)
    {
        // Some writers of JSON escape the plus of a number.
        var text = raw.Replace(@"\u002B", "+", StringComparison.OrdinalIgnoreCase);
        return [.. E164().Matches(text).Select(m => m.Value).Concat(Mail().Matches(text).Select(m => m.Value.ToLowerInvariant())).Distinct().Take(20)];
    }

    public static string? SalvageContactId(string raw) => ContactId().Match(raw) is { Success: true } match ? match.Groups[1].Value : null;

    public static string HashId(string raw) => "hash:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(raw)));

    [GeneratedRegex(@"\+[1-9]\d{7,14}(?!\d)")]
    private static partial Regex E164();

    [GeneratedRegex(@"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,8}")]
    private static partial Regex Mail();

    [GeneratedRegex("""
        "contact_?id"\s*:\s*"([A-Za-z0-9_\-]{6,64})"
        """, RegexOptions.IgnoreCase)]
    private static partial Regex ContactId();
}
