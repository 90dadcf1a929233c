using System.Diagnostics;
using System.Text.Json;
using Meridian.Tests.Ledger;
using Npgsql;
using Xunit;

namespace Meridian.EndToEnd;

/// <summary>
/// Everything at once, judged by the outside world's log alone. The small ones run with every check; the large ones on command:
/// <c>artifacts/bin/Meridian.EndToEnd/debug/Meridian.EndToEnd -explicit only -class '*StormTests*'</c>.
/// </summary>
public class StormTests
{
    [Fact]
    public async Task Two_processes_one_killed_and_one_frozen_past_its_permits()
    {
        using var demo = new Demo("250", seed: 21, days: 1, database: await FirstLightTests.UrlAsync(), faults: "all", processes: 2, kills: 10, freezes: 1);
        var summary = demo.Run();
        var second = summary.GetProperty("second");
        Assert.True(second.GetProperty("killed").GetInt32() >= 6, summary.ToString());
        Assert.Equal(1, second.GetProperty("frozen").GetInt32());
        Assert.True(second.GetProperty("turns").GetInt32() > 100, summary.ToString());
        Assert.Equal(0, summary.GetProperty("unaccounted").GetInt32());
        IsSafe(demo);
        Proves(demo);
    }

    [Fact]
    public async Task Answers_to_COMMIT_are_lost_connections_are_cut_and_the_database_goes_away()
    {
        using var storm = await WithBadWayAsync(seed: 22, people: "150", days: 1, outages: 2);
        Proves(storm);
    }

    [Fact]
    public void Providers_that_fail_in_every_way_are_asked_once_for_each_contact()
    {
        using var demo = new Demo("600", seed: 23, days: 1, faults: "all");
        var summary = demo.Run();
        Assert.Equal(0, summary.GetProperty("errors").GetInt32());
        Assert.Equal(0, summary.GetProperty("unaccounted").GetInt32());
        Assert.True(summary.GetProperty("failed").GetInt32() > 20, "requests that were proved not to have happened");
        IsSafe(demo);
        Proves(demo);
    }

    [Fact]
    public void The_bad_Monday_of_the_documents()
    {
        using var demo = new Demo("150", seed: 1, days: 1, faults: Path.Combine(Demo.Root, "docs", "faults-example.json"));
        var summary = demo.Run();
        Assert.Equal(0, summary.GetProperty("errors").GetInt32());
        Assert.Equal(0, summary.GetProperty("unaccounted").GetInt32());
        Assert.True(File.ReadLines(Path.Combine(demo.Folder, "sandbox-wire.jsonl")).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("fault").GetString()).OfType<string>().Distinct().Count() > 5, "most of its faults met somebody");
        IsSafe(demo);
        Proves(demo);
        Assert.Contains("then is", Wrong("{ \"faults\": [{ \"provider\": \"vapi\", \"then\": \"?\" }] }"), StringComparison.Ordinal);
    }

    /// <summary>What is said of a script with mistakes; exit 2.</summary>
    private static string Wrong(string script)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, script);
        using var demo = new Demo("10", seed: 1, days: 1, faults: file);
        var (code, _, errors) = demo.TryRun();
        File.Delete(file);
        Assert.Equal(2, code);
        return errors;
    }

    [Fact(Explicit = true)]
    public void Thirty_days_five_thousand_people_every_fault_on_SQLite() => ThirtyDays(new Demo("5000", seed: 30, days: 25, faults: "all", consentPage: true));

    [Fact(Explicit = true)]
    public async Task Thirty_days_five_thousand_people_every_fault_on_PostgreSQL_with_two_processes() =>
        ThirtyDays(new Demo("5000", seed: 31, days: 25, database: await FirstLightTests.UrlAsync(), faults: "all", consentPage: true, processes: 2, kills: 200, freezes: 10));

    [Fact(Explicit = true)]
    public void Killed_five_hundred_times_on_SQLite() => Killed(new Demo("4000", seed: 32, days: 1, faults: "all"));

    [Fact(Explicit = true)]
    public async Task Killed_five_hundred_times_on_PostgreSQL() => Killed(new Demo("4000", seed: 33, days: 1, database: await FirstLightTests.UrlAsync(), faults: "all"));

    [Fact(Explicit = true)]
    public async Task PostgreSQL_itself_is_stopped_in_the_middle_and_started_again()
    {
        using var server = PostgresServer.Start();
        using var demo = new Demo("1500", seed: 36, days: 6, database: server.Url, faults: "all");
        using var over = new CancellationTokenSource();
        var stops = 0;
        var breaking = Task.Run(async () =>
        {
            // People come in first; then the server dies, again and again.
            while (!File.Exists(demo.LogFile) || new FileInfo(demo.LogFile).Length < 10_000) await Task.Delay(50, over.Token);
            for (; stops < 30; stops++)
            {
                await Task.Delay(1500, over.Token);
                server.Kill();
                await Task.Delay(300, over.Token);
                server.StartAgain();
            }
        });
        var (_, output, errors) = demo.TryRun();
        await over.CancelAsync();
        await breaking.ContinueWith(_ => { }, TaskScheduler.Default);
        server.StartAgain();
        var summary = output.Length > 0 ? JsonDocument.Parse(output).RootElement : throw new InvalidOperationException(errors);
        TestContext.Current.SendDiagnosticMessage($"the server was stopped {stops} times, asked again {summary.GetProperty("database_away").GetInt32()} times: {summary}");
        Assert.True(stops > 3, $"the server was stopped only {stops} times");
        Assert.Equal(0, summary.GetProperty("unaccounted").GetInt32());
        IsSafe(demo);
        Proves(demo);
    }

    [Fact(Explicit = true)]
    public async Task Ten_days_over_a_bad_way_to_the_database()
    {
        using var storm = await WithBadWayAsync(seed: 34, people: "2000", days: 10, outages: 20);
        Proves(storm);
    }

    [Fact(Explicit = true)]
    public void The_disk_fills_up_and_is_emptied_again()
    {
        using var demo = new Demo("1000", seed: 35, days: 3);
        Directory.CreateDirectory(demo.Folder);
        var disk = Directory.CreateTempSubdirectory("meridian-disk-").FullName;
        Run("mount", "-t", "tmpfs", "-o", "size=6m", "none", disk);
        try
        {
            File.CreateSymbolicLink(Path.Combine(demo.Folder, "meridian.db"), Path.Combine(disk, "meridian.db"));
            var full = 0;
            for (var megabytes = 6; ; megabytes += 2)
            {
                Run("mount", "-o", $"remount,size={megabytes}m", disk);
                var (code, _, errors) = demo.TryRun();
                if (code == 0) break;
                Assert.Contains("full", errors + File.ReadAllText(Path.Combine(demo.Folder, "meridian.log")), StringComparison.OrdinalIgnoreCase);
                full++;
            }

            TestContext.Current.SendDiagnosticMessage($"the disk was full {full} times");
            Assert.True(full > 2, $"the disk was full only {full} times");
            Demo.Holds(demo.Check());
            Proves(demo);
        }
        finally
        {
            Run("umount", "-l", disk);
        }
    }

    /// <summary>Every law but the one that nobody is forgotten: in a short storm some wait for a person to read what no program could, and what broke off has used a mailbox's day.</summary>
    private static void IsSafe(Demo demo)
    {
        var broken = demo.Check().Violations.Where(v => !v.Law.StartsWith("9-", StringComparison.Ordinal)).ToList();
        Assert.True(broken.Count == 0, string.Join('\n', broken.Take(20)));
    }

    private static void Killed(Demo demo)
    {
        using (demo)
        {
            demo.Run(); // everybody is in; an import that is killed begins anew, and that is another test
            demo.Days = 25;
            var (chance, killed) = (new Random(20261116), 0);
            // One in five dies while it starts, the others at work.
            while (killed < 500 && demo.RunAndKill(TimeSpan.FromSeconds(chance.NextDouble() * 1.2), fromFirstTurn: chance.Next(5) > 0)) killed++;
            var summary = demo.Run();
            Assert.Equal(0, summary.GetProperty("unaccounted").GetInt32());
            summary = Settle(demo, days: 30); // before an offer that waited for a person has lived its thirty days
            var starts = demo.Starts();
            TestContext.Current.SendDiagnosticMessage($"killed {killed} times; {starts.Count} starts; ready to work again after {starts.Average():0} ms, at most {starts.Max()} ms: {summary}");
            IsSafe(demo);
            // Whoever was being written to when the process was killed is unconfirmed: it counts as made, the owner is shown it, and nobody writes a second time.
            var forgotten = demo.Check().Violations.Count;
            Assert.True(forgotten <= summary.GetProperty("unconfirmed").GetInt32(), $"{forgotten} were never e-mailed, and only {summary.GetProperty("unconfirmed").GetInt32()} touches are unconfirmed");
            Proves(demo);
            Assert.Equal(500, killed);
        }
    }

    /// <summary>After 25 days somebody reads what no program could; five days later everybody was reached, or it is known why not.</summary>
    private static void ThirtyDays(Demo demo)
    {
        using (demo)
        {
            TestContext.Current.SendDiagnosticMessage(demo.Run().ToString());
            TestContext.Current.SendDiagnosticMessage(Settle(demo, days: 30).ToString());
            Demo.Holds(demo.Check());
            Proves(demo);
        }
    }

    /// <summary>A person reads what no program could, and the demo goes on.</summary>
    private static JsonElement Settle(Demo demo, int days)
    {
        Assert.Equal(0, demo.Verb("signals", "settle", "--all", "--nothing").Code);
        demo.Days = days;
        var summary = demo.Run();
        Assert.Equal(0, summary.GetProperty("unaccounted").GetInt32());
        return summary;
    }

    private static async Task<Demo> WithBadWayAsync(int seed, string people, int days, int outages)
    {
        var url = new Uri(await FirstLightTests.UrlAsync());
        await using var way = new PostgresProxy(url.Host, url.Port, seed);
        var demo = new Demo(people, (ulong)seed, days, database: $"postgres://{url.UserInfo}@127.0.0.1:{way.Port}{url.AbsolutePath}");
        using var over = new CancellationTokenSource();
        var breaking = Task.Run(async () =>
        {
            // People come in first; then the way goes bad.
            while (!File.Exists(demo.LogFile) || new FileInfo(demo.LogFile).Length < 10_000) await Task.Delay(50, over.Token);
            way.Breaks = true;
            for (var i = 0; i < outages; i++)
            {
                await Task.Delay(1500, over.Token);
                way.Down = true;
                await Task.Delay(700, over.Token);
                way.Down = false;
            }
        });
        var (_, output, errors) = demo.TryRun(); // turns that found no database count as errors, and the exit code says so
        var summary = output.Length > 0 ? JsonDocument.Parse(output).RootElement : throw new InvalidOperationException(errors);
        await over.CancelAsync();
        await breaking.ContinueWith(_ => { }, TaskScheduler.Default);
        way.Breaks = false;
        TestContext.Current.SendDiagnosticMessage($"{way.CommitAnswersLost} answers to COMMIT lost, {way.ConnectionsCut} connections cut, asked again {summary.GetProperty("database_away").GetInt32()} times");
        Assert.True(way.CommitAnswersLost > 0 && way.ConnectionsCut > 0, "the way was not bad enough");
        Assert.Equal(0, summary.GetProperty("unaccounted").GetInt32());
        IsSafe(demo);
        demo.UseDatabase(url); // the bad way is gone
        return demo;
    }

    private static void Proves(Demo demo)
    {
        var (code, output, errors) = demo.Verb("verify-ledger");
        Assert.True(code == 0, output + errors);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}; this test needs to be root");
    }
}
