using CsvHelper;
using Meridian.Engine.Intake;

namespace Meridian.Adapters.Csv;

/// <summary>One record of the file.</summary>
/// <param name="Line">Physical line on which it begins.</param>
/// <param name="Broken">Why its fields cannot be trusted; null when they can.</param>
internal sealed record CsvRecord(int Line, string[] Fields, string? Broken)
{
    public bool IsEmpty => Fields.All(string.IsNullOrWhiteSpace);
}

/// <summary>A file as a header and records, whatever separates its fields.</summary>
internal sealed record CsvTable(string[] Header, IReadOnlyList<CsvRecord> Records)
{
    private static readonly char[] Separators = [',', ';', '\t'];

    /// <exception cref="ImportFileException">There is no header.</exception>
    public static CsvTable Parse(string text, string path)
    {
        var unclosed = new HashSet<long>();
        using var reader = CsvReader.FromText(text, new CsvReaderOptions
        {
            HasHeader = false,
            SkipEmptyLines = false,   // every line is accounted for
            TrackLineNumbers = true,
            Separator = GuessSeparator(text),
            OnMalformedRecord = m =>
            {
                if (m.Reason == CsvMalformedReason.UnterminatedQuote) unclosed.Add(m.LineNumber);
            },
        });

        string[]? header = null;
        var records = new List<CsvRecord>();
        while (reader.Read())
        {
            var fields = new string[reader.FieldCount];
            for (var i = 0; i < fields.Length; i++) fields[i] = reader.GetString(i);
            var line = (int)reader.LineNumber;
            if (header is null)
            {
                if (fields.All(string.IsNullOrWhiteSpace) || fields is [var only] && only.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)) continue;
                header = fields.Select(f => f.Trim()).ToArray();
                if (unclosed.Contains(line)) throw new ImportFileException($"{path}: a quote opened in the header is never closed; correct the first line");
                continue;
            }

            records.Add(new CsvRecord(line, fields, Broken(fields, header.Length, unclosed.Contains(line))));
        }

        return new CsvTable(header ?? throw new ImportFileException($"{path} is empty: the first line must name the columns"), records);
    }

    // Missing fields at the end are what some programs write for blanks. Surplus ones mean that the values may stand under the wrong names.
    private static string? Broken(string[] fields, int columns, bool unclosed) =>
        unclosed ? "a quote opened in this row is never closed, so the rest of the file was read as part of it; correct it and import again"
        : fields.Length > columns && fields[columns..].Any(f => f.Length > 0) ? $"{fields.Length} fields, but the header names {columns}: a field with a separator in it needs quotes"
        : null;

    /// <summary>The separator that cuts the header into the most names; quoted text does not count.</summary>
    private static char GuessSeparator(string text)
    {
        var counts = new int[Separators.Length];
        var quoted = false;
        var seen = false;
        var lineStart = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"') quoted = !quoted;
            if (quoted) continue;
            if (c is '\r' or '\n')
            {
                var line = text.AsSpan(lineStart, i - lineStart);
                if (line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && line.Length == 5) return line[4];
                if (seen) break;
                lineStart = i + 1;
                continue;
            }

            var which = Array.IndexOf(Separators, c);
            if (which >= 0) counts[which]++;
            else if (!char.IsWhiteSpace(c) && c != '\uFEFF') seen = true;
        }

        return Separators[Array.IndexOf(counts, counts.Max())];
    }
}
