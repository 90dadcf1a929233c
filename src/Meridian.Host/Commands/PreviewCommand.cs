using System.CommandLine;
using Meridian.Adapters.Sql;
using Meridian.Domain.Time;
using Meridian.Host.Preview;
using NodaTime;
using Spectre.Console;

namespace Meridian.Host.Commands;

/// <summary><c>preview</c>: who would be contacted when, by the same engine on a copy. Writes nothing.</summary>
public static class PreviewCommand
{
    public static Command Create()
    {
        var days = new Option<int>("--days") { Description = "days to look ahead", DefaultValueFactory = _ => 1 };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("preview", "Shows who would be contacted when, if nobody answers; writes and sends nothing.") { days, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var ahead = parsed.GetValue(days);
            if (ahead is < 1 or > 60) throw new UsageException($"--days is {ahead}: give 1 to 60");
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var lines = await PreviewRun.RunAsync(folder, ahead, cancellation);
            if (parsed.GetValue(json))
            {
                CommonOptions.Print(lines.Select(l => new { at = l.BegunAt.ToString(), channel = l.Channel, lead = l.LeadId, to = l.AddressId, from = l.Sender, local = Local(l) }));
                return ExitCodes.Ok;
            }

            var table = new Table().AddColumn("when (UTC)").AddColumn("there").AddColumn("how").AddColumn("who").AddColumn("to").AddColumn("from");
            foreach (var l in lines.Take(200))
                table.AddRow($"{l.BegunAt:uuuu-MM-dd HH:mm:ss}", Markup.Escape(Local(l)), l.Channel, Markup.Escape($"{l.FirstName} {l.LastName}".Trim()), Markup.Escape(l.AddressId ?? ""), Markup.Escape(l.Sender));
            AnsiConsole.Write(table);
            Console.WriteLine($"{lines.Count} touches in {ahead} days{(lines.Count > 200 ? " (the first 200 shown; --json shows all)" : "")}{(lines.Count == 0 ? "" : ": ")}{string.Join(", ", lines.GroupBy(l => l.Channel).Select(g => $"{g.Count()} {g.Key}"))}");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static string Local(BegunLine line)
    {
        var zones = WindowKey.Parse(line.WindowKey).Zones;
        return zones.Count == 0 ? "any hour" : string.Join(" / ", zones.Select(z => $"{line.BegunAt.InZone(DateTimeZoneProviders.Tzdb[z]).LocalDateTime:ddd HH:mm}"));
    }
}
