using Meridian.Domain.Compliance.Pack;

namespace Meridian.Adapters.DoNotCall;

/// <summary>
/// A do-not-call file as the registries give it: one number a line, ten digits or <c>202,5550123</c>, with or without quotes and a first line of
/// headings. Every line must be read: a list half read would look like a list that says nothing.
/// </summary>
public static class DoNotCallFile
{
    private const int MostFaults = 5;

    /// <summary>Numbers in E.164 by area code, or what is wrong, each a sentence with line, value and fix.</summary>
    public static (IReadOnlyDictionary<string, IReadOnlyCollection<string>> ByAreaCode, IReadOnlyList<string> Faults) Read(TextReader file)
    {
        var byArea = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var faults = new List<string>();
        var at = 0;
        while (file.ReadLine() is { } line && faults.Count < MostFaults)
        {
            at++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            var fields = line.Split(',', ';', '\t');
            var digits = Digits(fields[0]).Length == 3 && fields.Length > 1 ? Digits(fields[0]) + Digits(fields[1]) : Digits(fields[0]);
            if (digits.Length == 0 && at == 1) continue; // headings
            if (digits.Length == 11 && digits[0] == '1') digits = digits[1..];
            if (fields.Length > 2 && fields[^1].Trim(' ', '"') is "A" or "D" && digits.Length == 10)
            {
                faults.Add($"line {at}: '{Shown(line)}' is of a change list (A/D): download the full list of the area code instead");
                continue;
            }

            if (digits.Length != 10) faults.Add($"line {at}: '{Shown(line)}' is no number of ten digits: correct or remove the line");
            else if (!ContactRulesPack.Current.AreaCodes.ContainsKey(digits[..3])) faults.Add($"line {at}: '{Shown(line)}' has the area code {digits[..3]}, which does not exist: correct or remove the line");
            else (byArea.TryGetValue(digits[..3], out var set) ? set : byArea[digits[..3]] = []).Add($"+1{digits}");
        }

        return (byArea.ToDictionary(p => p.Key, p => (IReadOnlyCollection<string>)p.Value), faults);
    }

    private static string Digits(string field) => string.Concat(field.Where(char.IsAsciiDigit));

    private static string Shown(string line) => line.Length > 40 ? line[..40] + "..." : line.Trim();
}
