using System.Text.RegularExpressions;

namespace Meridian.Domain.Leads;

/// <summary>Finds the five digits of a US ZIP code, and only where they can be nothing else.</summary>
public static partial class PostalCode
{
    /// <summary><c>78701-1234</c>, <c>787011234</c>, and <c>2134</c> from a spreadsheet that ate the zero → five digits; null when it is no ZIP.</summary>
    public static string? Zip5(string? postalCode)
    {
        var text = (postalCode ?? "").Trim().TrimStart('\'');
        if (text.EndsWith(".0", StringComparison.Ordinal)) text = text[..^2];
        if (!Zip().IsMatch(text)) return null;
        var digits = text.Split('-', ' ')[0];
        return digits.Length == 9 ? digits[..5] : digits.PadLeft(5, '0');
    }

    /// <summary>
    /// The ZIP at the end of a street address, and the state before it. It counts only after a state, so that "Suite 12345" is never a place.
    /// </summary>
    public static (string Zip5, string State)? InAddress(string? streetAddress)
    {
        var match = AddressEnd().Match(streetAddress ?? "");
        if (!match.Success) return null;
        var words = Country().Replace(match.Groups["before"].Value, "").Split([' ', ',', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        for (var take = Math.Min(4, words.Length); take > 0; take--)
        {
            if (UsState.TryParse(string.Join(' ', words[^take..]), out var state)) return (match.Groups["zip"].Value, state);
        }
        return null;
    }

    [GeneratedRegex(@"^(\d{3,5}|\d{5}[- ]\d{4}|\d{9})$")]
    private static partial Regex Zip();

    [GeneratedRegex(@"^(?<before>.*?)[\s,]+(?<zip>\d{5})(-\d{4})?[\s,.]*(U\.?S\.?A?\.?|United States( of America)?)?[\s,.]*$",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AddressEnd();

    [GeneratedRegex(@"[\s,]+(U\.?S\.?A?\.?|United States( of America)?)[\s,.]*$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Country();
}
