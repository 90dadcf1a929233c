using System.CommandLine;
using Meridian.Adapters.Sql;
using Meridian.Domain.Compliance.Pack;
using Spectre.Console;

namespace Meridian.Host.Commands;

/// <summary><c>status</c>: is it alive, what is it doing, what waits and why.</summary>
public static class StatusCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("status", "Shows desks, senders, touches and open incidents.") { data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var reports = new SqlReports(folder.Store);
            var stopped = await WhatIsStopped.ReadAsync(folder);
            var desks = await new SqlDesks(folder.Store).AllAsync();
            var senders = await reports.SendersAsync();
            var counts = await reports.CountsAsync();
            var incidents = await reports.OpenIncidentsAsync();
            var owner = await folder.Facts.SettingsAsync();
            var law = ContactRulesPack.Current;
            var stale = law.Stale(folder.Clocks.Now.InUtc().Date, owner.Law.StaleAfterDays);
            var unsigned = await new SqlCounsel(folder.Store, folder.Ids).WarningAsync(System.Text.Json.JsonSerializer.Serialize(owner.Law));
            if (parsed.GetValue(json))
            {
                CommonOptions.Print(new
                {
                    now = folder.Clocks.Now.ToString(),
                    last_worked_at = desks.Max(d => d.LastTurnAt)?.ToString(),
                    stopped,
                    desks = desks.Select(d => new { d.Kind, d.Key, next_turn_at = d.NextTurnAt.ToString(), last_turn_at = d.LastTurnAt?.ToString(), d.LastResult, d.Failures, d.Restarts }),
                    senders = senders.Select(s => new { s.Id, s.Channel, s.Address, s.DailyCap, s.BegunLastDay, paused = s.PauseReason }),
                    touches = counts,
                    law = new { version = law.Version, as_of = law.AsOf.ToString("uuuu-MM-dd", null), warning = stale, counsel = unsigned ?? "signed off" },
                    incidents = incidents.Select(i => new { i.Kind, i.Subject, i.Detail, opened_at = i.OpenedAt.ToString() }),
                });
                return incidents.Count == 0 ? ExitCodes.Ok : ExitCodes.FoundProblem;
            }

            foreach (var s in stopped) Console.WriteLine($"{s.Says}; `{s.Resume}` goes on");
            Console.WriteLine($"Now {folder.Clocks.Now:uuuu-MM-dd HH:mm:ss} UTC{(folder.IsDemo ? " on the demo's clock" : "")}");
            var worked = desks.Max(d => d.LastTurnAt);
            Console.WriteLine(worked is { } at ? $"The engine last worked here at {at:uuuu-MM-dd HH:mm:ss} UTC" : "No engine has worked here yet: `meridian run` begins");
            if (senders.Count == 0) Console.WriteLine("note: there is nobody to send from: `meridian init` sets it up");
            var touches = new Table().AddColumn("channel").AddColumn("state").AddColumn("of which").AddColumn(new TableColumn("touches").RightAligned());
            foreach (var c in counts) touches.AddRow(c.Channel, c.State, Markup.Escape(c.Word.Replace('_', ' ')), c.Count.ToString());
            AnsiConsole.Write(touches);
            var who = new Table().AddColumn("sender").AddColumn("address").AddColumn(new TableColumn("last day").RightAligned()).AddColumn(new TableColumn("cap").RightAligned()).AddColumn("paused");
            foreach (var s in senders) who.AddRow(s.Id, s.Address, s.BegunLastDay.ToString(), s.DailyCap.ToString(), Markup.Escape(s.PauseReason ?? ""));
            AnsiConsole.Write(who);
            Console.WriteLine(stale is null ? $"Contact law {law.Version} of {law.AsOf:uuuu-MM-dd}" : $"warning: {stale}");
            if (unsigned is not null) Console.WriteLine($"note: {unsigned}");
            foreach (var d in desks.Where(d => d.Failures > 0)) Console.WriteLine($"desk {d.Kind}/{d.Key} failed {d.Failures} times in a row: {d.LastResult}");
            foreach (var i in incidents) Console.WriteLine($"incident {i.Kind} {i.Subject}: {i.Detail} (since {i.OpenedAt})");
            return incidents.Count == 0 ? ExitCodes.Ok : ExitCodes.FoundProblem;
        });
        return command;
    }
}
