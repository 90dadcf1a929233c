using System.Globalization;

namespace Meridian.LogCheck;

/// <summary>The command line as an input. Throws <see cref="FormatException"/> with a sentence for whoever typed it.</summary>
internal static class Options
{
    public const string Usage =
        "--log F [--csv F] --rules F --zips F [--mailboxes N] [--mailbox-cap N] [--start ISO] [--days N] [--expect-no-consent] [--zone-flow] [--json]";

    private static readonly string[] Flags = ["--expect-no-consent", "--zone-flow", "--json"];
    private static readonly string[] Valued = ["--log", "--csv", "--rules", "--zips", "--mailboxes", "--mailbox-cap", "--start", "--days"];

    public static (CheckInput Input, bool Json) Parse(string[] args)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i++)
        {
            if (Flags.Contains(args[i])) values[args[i]] = "";
            else if (!Valued.Contains(args[i])) throw new FormatException($"unknown option {args[i]}");
            else values[args[i]] = i + 1 < args.Length ? args[++i] : throw new FormatException($"{args[i]} needs a value");
        }
        string Need(string name) => values.GetValueOrDefault(name) ?? throw new FormatException($"{name} is missing");
        int? Number(string name) => values.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : null;
        DateTimeOffset? start = values.TryGetValue("--start", out var iso)
            ? DateTimeOffset.Parse(iso, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;
        return (new CheckInput(Need("--log"), values.GetValueOrDefault("--csv"), Need("--rules"), Need("--zips"), Number("--mailboxes") ?? 8, Number("--mailbox-cap") ?? 40,
            start, Number("--days"), values.ContainsKey("--expect-no-consent"), values.ContainsKey("--zone-flow")), values.ContainsKey("--json"));
    }
}
