using System.Diagnostics.CodeAnalysis;
using Meridian.Domain.Compliance.Pack;
using PhoneNumbers;

namespace Meridian.Domain.Leads;

/// <summary>A United States telephone number that stands for a place.</summary>
/// <param name="E164">As <c>+12125550100</c>: its identity.</param>
/// <param name="Extension">Digits behind it; null when it reaches the person directly.</param>
/// <param name="AreaCode">Three digits.</param>
public sealed record PhoneNumber(string E164, string? Extension, string AreaCode)
{
    // The library lags behind the numbering plan: it calls thirteen area codes in use invalid. So it only parses and counts digits here;
    // whether an area code exists is the pack's word.
    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    /// <summary>Reads what people and spreadsheets write. <paramref name="reason"/> says in plain words why it is not a number we may use.</summary>
    public static bool TryParse(string? raw, [NotNullWhen(true)] out PhoneNumber? number, [NotNullWhen(false)] out string? reason)
    {
        number = null;
        var text = Clean(raw);
        if (text.Length == 0)
        {
            reason = "no number";
            return false;
        }
        if (!TryRead(text, out var parsed, out reason)) return false;
        var national = Library.GetNationalSignificantNumber(parsed);
        reason = WhyNot(parsed, national);
        if (reason is not null) return false;
        number = new PhoneNumber("+1" + national, parsed.HasExtension && parsed.Extension.Length > 0 ? parsed.Extension : null, national[..3]);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Extension is null ? E164 : $"{E164} ext. {Extension}";

    private static string Clean(string? raw) =>
        (raw ?? "").Trim().TrimStart('\'', '’', '‘', '`', '"', '=').Trim('"', ' ', '\u00A0', '\u200B', '\u202A', '\u202C', '\u200E', '\uFEFF');

    private static bool TryRead(string text, [NotNullWhen(true)] out PhoneNumbers.PhoneNumber? parsed, [NotNullWhen(false)] out string? reason)
    {
        try
        {
            (parsed, reason) = (Library.Parse(text, "US"), null);
            return true;
        }
        catch (NumberParseException e)
        {
            (parsed, reason) = (null, e.ErrorType switch
            {
                ErrorType.INVALID_COUNTRY_CODE => "outside the US: no such country code",
                ErrorType.TOO_LONG => "too many digits, or more than one number",
                _ => "not a telephone number",
            });
            return false;
        }
    }

    private static string? WhyNot(PhoneNumbers.PhoneNumber parsed, string national)
    {
        if (parsed.CountryCode != 1) return $"outside the US: country code +{parsed.CountryCode}";
        switch (Library.IsPossibleNumberWithReason(parsed))
        {
            case PhoneNumberUtil.ValidationResult.IS_POSSIBLE: break;
            case PhoneNumberUtil.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: return "no area code";
            case PhoneNumberUtil.ValidationResult.TOO_SHORT: return "too few digits";
            case PhoneNumberUtil.ValidationResult.TOO_LONG: return "too many digits";
            default: return "not a possible US number";
        }
        if (national[0] is '0' or '1') return $"area code {national[..3]} cannot begin with {national[0]}";
        if (national[3] is '0' or '1') return $"exchange {national[3..6]} cannot begin with {national[3]}";
        if (national[4..6] == "11") return $"exchange {national[3..6]} is a service code";
        return WhyNot(national[..3]);
    }

    private static string? WhyNot(string areaCode)
    {
        if (!ContactRulesPack.Current.AreaCodes.TryGetValue(areaCode, out var code)) return $"area code {areaCode} is not in use";
        return code.Kind switch
        {
            AreaCodeKind.Geographic => null,
            AreaCodeKind.TollFree => $"{areaCode} is toll-free: it says nothing about where the phone is",
            AreaCodeKind.ForeignNanp => $"outside the US: area code {areaCode} belongs to {code.Country ?? "another country"}",
            _ => $"{areaCode} is not a place: it says nothing about where the phone is",
        };
    }
}
