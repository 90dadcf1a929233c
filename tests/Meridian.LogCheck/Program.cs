using System.Text.Json;

namespace Meridian.LogCheck;

internal static class Program
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static int Main(string[] args)
    {
        CheckInput input;
        bool json;
        try
        {
            (input, json) = Options.Parse(args);
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine($"{e.Message}\n{Options.Usage}");
            return 2;
        }
        var report = LogChecker.Check(input);
        if (json) Console.WriteLine(JsonSerializer.Serialize(report, Indented));
        else Print(report);
        return report.Violations.Count == 0 ? 0 : 1;
    }

    private static void Print(Report report)
    {
        foreach (var (kind, count) in report.Counts) Console.WriteLine($"{kind,-12} {count,7}");
        Console.WriteLine($"persons {report.Persons}, eligible {report.Eligible}, e-mailed {report.Emailed}, shared numbers {report.SharedNumbers}");
        foreach (var note in report.Notes) Console.WriteLine($"note: {note}");
        foreach (var violation in report.Violations)
            Console.WriteLine($"VIOLATION {violation.Law}{(violation.Line is { } line ? $" line {line}" : "")}: {violation.Text}");
        Console.WriteLine(report.Violations.Count == 0 ? "no violation" : $"{report.Violations.Count} violations");
    }
}
