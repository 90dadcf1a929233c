using System.CommandLine;
using System.Text.Json;
using Meridian.Adapters;
using Meridian.Host.Preview;
using NodaTime.Text;

namespace Meridian.Host.Commands;

/// <summary>
/// <c>shadow</c>: runs everything and sends nothing. What it would have sent goes to a file, word for word, one line a message: the planner, the
/// policy, the pace and the ledger are the real ones, on a copy.
/// </summary>
public static class ShadowCommand
{
    public static Command Create()
    {
        var days = new Option<int>("--days") { Description = "days to run", DefaultValueFactory = _ => 1 };
        var output = new Option<FileInfo?>("--out") { Description = "where the messages go (default: shadow.jsonl in the data folder)" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("shadow", "Runs everything without sending, and writes down what it would have sent, word for word.") { days, output, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var ahead = parsed.GetValue(days);
            if (ahead is < 1 or > 60) throw new UsageException($"--days is {ahead}: give 1 to 60");
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var lines = await PreviewRun.RunAsync(folder, ahead, cancellation);
            var file = parsed.GetValue(output)?.FullName ?? Path.Combine(folder.Path, "shadow.jsonl");
            await using (var messages = new StreamWriter(PrivateFile.Open(file, FileMode.Create)))
                foreach (var l in lines)
                    await messages.WriteLineAsync(JsonSerializer.Serialize(new
                    {
                        at = InstantPattern.ExtendedIso.Format(l.BegunAt), channel = l.Channel, from = l.Sender, to = l.AddressId, lead = l.LeadId, subject = l.Subject, body = l.Body,
                    }, CommonOptions.OneLine));
            var counts = lines.GroupBy(l => l.Channel).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count());
            if (parsed.GetValue(json)) CommonOptions.Print(new { days = ahead, file, messages = lines.Count, by_channel = counts });
            else
            {
                foreach (var l in lines.Take(3)) Console.WriteLine($"{l.BegunAt:uuuu-MM-dd HH:mm} UTC, {l.Channel} from {l.Sender} to {l.AddressId}\n{(l.Subject is { } s ? s + "\n" : "")}{l.Body}\n");
                Console.WriteLine($"{lines.Count} messages would have gone out in {ahead} day(s){(counts.Count == 0 ? "" : $" ({string.Join(", ", counts.Select(c => $"{c.Value} {c.Key}"))})")}; nothing was sent. All of them: {file}");
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
