using System.CommandLine;
using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Host.Composition;

namespace Meridian.Host.Commands;

/// <summary><c>migrate</c>: brings the database up to this build, or prints the SQL.</summary>
public static class MigrateCommand
{
    public static Command Create()
    {
        var print = new Option<bool>("--print") { Description = "print the SQL instead of running it" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("migrate", "Brings the database up to this build.") { print, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var path = parsed.GetValue(data)!.FullName;
            var settings = MeridianSettings.Load(path, StrayVariables.Noted);
            if (parsed.GetValue(print))
            {
                foreach (var (_, name, sql, checksum) in Migrator.All(settings.Database == "sqlite" ? SqlDialect.Sqlite : SqlDialect.Postgres)) Console.WriteLine($"-- {name} ({checksum})\n{sql}");
                return ExitCodes.Ok;
            }

            await using var store = await OpenStore.ForAsync(settings, path, cancellation);
            var applied = await OpenStore.MigrateAsync(store, settings, new Clocks(TimeProvider.System, TimeProvider.System).Now, cancellation);
            if (parsed.GetValue(json)) CommonOptions.Print(new { applied });
            else Console.WriteLine(applied.Count == 0 ? "up to date" : $"applied {string.Join(", ", applied)}");
            return ExitCodes.Ok;
        });
        return command;
    }
}
