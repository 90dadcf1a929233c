using System.CommandLine;
using Meridian.Host.Dashboard.Terminal;
using Meridian.Host.Demo;
using NodaTime;
using NodaTime.Text;
using Spectre.Console;

namespace Meridian.Host.Commands;

/// <summary><c>demo</c>: the whole engine against a small outside world, to watch; <c>--headless</c> on a stepping clock, as fast as it goes.</summary>
public static class DemoCommand
{
    private const string InventedPeople = "300";

    public static Command Create()
    {
        var headless = new Option<bool>("--headless") { Description = "run without a screen, as fast as the machine allows" };
        var days = new Option<int>("--days") { Description = "days to simulate", DefaultValueFactory = _ => 2 };
        var leads = new Option<string?>("--leads") { Description = "a CSV file, or a number of people to invent" };
        var seed = new Option<ulong>("--seed") { Description = "chance of people and ids", DefaultValueFactory = _ => 1 };
        var start = new Option<string?>("--start") { Description = "first instant, e.g. 2026-11-16T05:00Z" };
        var database = new Option<string>("--database") { Description = "sqlite or postgres://user:password@host:port/database", DefaultValueFactory = _ => "sqlite" };
        var faults = new Option<string>("--faults") { Description = "what goes wrong outside: none, webhooks (twice, reordered, days late, cut off, lost), providers (busy, down, breaking off, doing it without saying so), all; or a JSON file that says it request by request (docs/faults.md)", DefaultValueFactory = _ => DemoOptions.NoFaults };
        var humanCalls = new Option<bool>("--human-calls") { Description = "a person makes calls, too: phones are bought and call tasks open" };
        var consentPage = new Option<bool>("--consent-page") { Description = "e-mails carry the link to the consent page, and some people sign it" };
        var processes = new Option<int>("--processes") { Description = "2: a second engine in a process of its own on the same PostgreSQL database; needs --headless", DefaultValueFactory = _ => 1 };
        var kills = new Option<int>("--kills") { Description = "how often the second process is killed", Hidden = true };
        var freezes = new Option<int>("--freezes") { Description = "how often the second process is stopped for longer than a permit lives", Hidden = true };
        var speed = new Option<double>("--speed") { Description = "how many times as fast as the clock on the wall (1 to 240); not with --headless", DefaultValueFactory = _ => 60 };
        var seconds = new Option<double?>("--seconds") { Description = "leave after so many seconds", Hidden = true };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("demo", "Shows Meridian at work against a sandbox: nobody real is contacted.") { headless, days, leads, seed, start, database, faults, humanCalls, consentPage, processes, kills, freezes, speed, seconds, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var live = !parsed.GetValue(headless);
            if (live && parsed.GetValue(consentPage)) throw new UsageException("--consent-page needs --headless");
            var (wrong, script) = DemoFaults.Read(parsed.GetValue(faults)!);
            var options = new DemoOptions(
                Path.Combine(parsed.GetValue(data)!.FullName, $"demo-{(live ? "live-" : "")}{parsed.GetValue(seed)}"), Positive(parsed.GetValue(days)), parsed.GetValue(leads) ?? (live ? InventedPeople : null),
                parsed.GetValue(seed), ReadStart(parsed.GetValue(start)) ?? (live ? InteractiveDemo.DefaultStart : DemoOptions.DefaultStart), parsed.GetValue(database)!, wrong, parsed.GetValue(humanCalls), parsed.GetValue(consentPage),
                Processes(parsed.GetValue(processes), live, parsed.GetValue(database)!), parsed.GetValue(kills), parsed.GetValue(freezes), script);
            if (live)
            {
                await new InteractiveDemo(options, Speed(parsed.GetValue(speed)), parsed.GetValue(seconds) is { } s ? TimeSpan.FromSeconds(s) : null, TerminalFace.OfThisTerminal()).RunAsync(cancellation);
                return ExitCodes.Ok;
            }

            var asJson = parsed.GetValue(json);
            Action<string>? progress = asJson || Console.IsErrorRedirected ? null : text => Console.Error.Write($"\r{text}   ");
            var summary = await new HeadlessDemo(options, progress).RunAsync(cancellation);
            if (progress is not null) Console.Error.WriteLine();
            if (asJson) CommonOptions.Print(summary);
            else Show(summary);
            return summary.Unaccounted == 0 && summary.Errors == 0 ? ExitCodes.Ok : ExitCodes.FoundProblem;
        });
        return command;
    }

    private static int Positive(int days) => days is > 0 and <= 400 ? days : throw new UsageException($"--days is {days}: give 1 to 400");

    private static int Processes(int count, bool live, string database) => count switch
    {
        1 => 1,
        2 when live => throw new UsageException("--processes 2 needs --headless"),
        2 when database == "sqlite" => throw new UsageException("--processes 2 needs --database postgres://...: one process owns a SQLite file"),
        2 => 2,
        _ => throw new UsageException($"--processes is {count}: give 1 or 2"),
    };

    private static double Speed(double speed) => speed is >= 1 and <= 240 ? speed : throw new UsageException($"--speed is {speed}: give 1 to 240");

    private static Instant? ReadStart(string? text)
    {
        if (text is null) return null;
        foreach (var pattern in new[] { InstantPattern.ExtendedIso, InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm'Z'") })
            if (pattern.Parse(text) is { Success: true } ok) return ok.Value;
        throw new UsageException($"--start is '{text}': give an instant in UTC such as 2026-11-16T05:00Z");
    }

    private static void Show(DemoSummary s)
    {
        var table = new Table().AddColumn("what").AddColumn(new TableColumn("count").RightAligned());
        void Row(string what, object count) => table.AddRow(Markup.Escape(what), Markup.Escape(count.ToString()!));
        Row("rows in the file", s.Rows);
        Row("people", s.Leads);
        Row("calls", s.Calls);
        Row("e-mails", s.Emails);
        Row("texts", s.Texts);
        Row("owner copies", s.OwnerEmails);
        Row("replies", s.Replies);
        Row("consents signed", s.Consents);
        Row("opt-outs", s.OptOuts);
        Row("bounces", s.Bounces);
        Row("refused", s.Refused);
        Row("failed", s.Failed);
        Row("unconfirmed", s.Unconfirmed);
        foreach (var (name, words) in new[] { ("skipped", s.Skipped), ("parked", s.Parked), ("waiting", s.Waiting), ("incident", s.Incidents) })
            foreach (var (word, count) in words) Row($"{name}: {word}", count);
        Row("errors (recovered)", s.Errors);
        AnsiConsole.Write(table);
        foreach (var unmet in s.FaultsUnmet ?? []) AnsiConsole.MarkupLineInterpolated($"{unmet}: no request matched it; look at its request, from and to (docs/faults.md)");
        AnsiConsole.MarkupLineInterpolated($"{s.SimulatedDays} days in {s.WallSeconds} s. Everything is in {s.Folder}");
        AnsiConsole.MarkupLineInterpolated($"Ask next: meridian why NAME@COMPANY --data {s.Folder}");
    }
}
