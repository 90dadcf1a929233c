namespace Meridian.LogCheck.Crm;

/// <summary>A usable number as one cell of the import holds it, E.164.</summary>
internal sealed record PhoneCell(string Number, bool HasExtension, bool IsMobile, bool IsCompanyLine = false)
{
    /// <summary>Null where the cell is no geographic number of the United States.</summary>
    public static PhoneCell? Parse(string? cell, bool mobile, bool companyLine, Func<string, bool> geographic)
    {
        var text = (cell ?? "").Trim().TrimStart('\'').Trim();
        var x = text.IndexOf('x', StringComparison.OrdinalIgnoreCase);
        var e = text.IndexOf("ext", StringComparison.OrdinalIgnoreCase);
        var cut = e >= 0 && e < x ? e : x;
        var digits = string.Concat((cut < 0 ? text : text[..cut]).Where(char.IsAsciiDigit));
        var abroad = text.StartsWith('+') && !(digits.Length == 11 && digits[0] == '1');
        if (digits.Length == 11 && digits[0] == '1') digits = digits[1..];
        if (abroad || digits.Length != 10 || !geographic(digits[..3])) return null;
        return new PhoneCell("+1" + digits, cut >= 0 && text[cut..].Any(char.IsAsciiDigit), mobile, companyLine);
    }
}
