using System.Text;
using System.Text.Json;

namespace Meridian.LogCheck;

internal static class Program
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static int Main(string[] args)
    {
        try
        {
            var (input, json) = Options.Parse(args);
            var report = LogChecker.Check(input);
            Console.WriteLine(json ? JsonSerializer.Serialize(report, Indented) : Text(report));
            return report.Violations.Count == 0 ? 0 : 1;
        }
        catch (Exception e) when (e is FormatException or IOException or JsonException)
        {
            Console.Error.WriteLine($"{e.Message}\n{Options.Usage}");
            return 2;
        }
    }

    private static string Text(Report report)
    {
        var text = new StringBuilder();
        foreach (var (kind, count) in report.Counts) text.AppendLine($"{kind,-12} {count,7}");
        text.AppendLine($"persons {report.Persons}, eligible {report.Eligible}, e-mailed {report.Emailed}, shared numbers {report.SharedNumbers}");
        foreach (var note in report.Notes) text.AppendLine($"note: {note}");
        foreach (var violation in report.Violations)
            text.AppendLine($"VIOLATION {violation.Law}{(violation.Line is { } line ? $" line {line}" : "")}: {violation.Text}");
        return text.Append(report.Violations.Count == 0 ? "no violation" : $"{report.Violations.Count} violations").ToString();
    }
}
