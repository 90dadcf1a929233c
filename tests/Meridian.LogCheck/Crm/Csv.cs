using System.Text;

namespace Meridian.LogCheck.Crm;

/// <summary>RFC 4180: quoted fields may hold commas, doubled quotes and newlines; a leading byte order mark is no data.</summary>
internal static class Csv
{
    /// <summary>Records by header name, empty lines left out; missing fields are absent.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Read(string path)
    {
        var records = Records(File.ReadAllText(path, Encoding.UTF8).TrimStart('\uFEFF')).Where(r => r.Count > 1 || r[0].Length > 0).ToList();
        if (records.Count == 0) return [];
        var header = records[0].Select(h => h.Trim()).ToArray();
        return [.. records.Skip(1).Select(r => Named(header, r))];
    }

    private static Dictionary<string, string> Named(string[] header, List<string> fields)
    {
        var row = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < header.Length && i < fields.Count; i++) row.TryAdd(header[i], fields[i]);
        return row;
    }

    private static IEnumerable<List<string>> Records(string text)
    {
        var record = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c != '"') field.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"') { field.Append('"'); i++; }
                else quoted = false;
            }
            else if (c == '"' && field.Length == 0) quoted = true;
            else if (c == ',') Take();
            else if (c is '\r' or '\n')
            {
                if (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n') i++;
                Take();
                yield return record;
                record = [];
            }
            else field.Append(c);
        }
        if (field.Length > 0 || record.Count > 0)
        {
            Take();
            yield return record;
        }

        void Take()
        {
            record.Add(field.ToString());
            field.Clear();
        }
    }
}
