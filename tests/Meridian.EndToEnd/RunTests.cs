using Meridian.LogCheck;
using Xunit;

namespace Meridian.EndToEnd;

/// <summary>The engine for real, in a process of its own, stopped and killed under load.</summary>
public class RunTests
{
    /// <summary>Its grace of twenty-five seconds, and what it takes to end after it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(40);

    private static readonly DateTimeOffset Monday = DateTimeOffset.Parse("2026-11-16T15:00:00Z");

    [Fact]
    public async Task Stopped_ten_times_and_killed_ten_times_under_load_it_loses_nothing_and_does_nothing_twice()
    {
        var csv = Demo.Csv("crm-export-1000.csv");
        await using var live = await LiveRun.StartAsync(Monday, speed: 60, mailboxes: 40);
        var (imported, said) = live.Verb("import", csv, "--attest", "Demo Owner");
        Assert.True(imported is 0 or 1, said); // 1: some rows were rejected, as they should be

        var chance = new Random(20261123);
        for (var i = 0; i < 20; i++)
        {
            using var process = await live.RunAsync();
            await Task.Delay(TimeSpan.FromSeconds(0.2 + chance.NextDouble() * 2.5));
            if (i % 2 == 0)
            {
                LiveRun.Terminate(process);
                Assert.True(process.WaitForExit(Grace), "it did not end within its grace");
                Assert.True(process.ExitCode == 0, $"exit {process.ExitCode}: {await process.StandardOutput.ReadToEndAsync()}{await process.StandardError.ReadToEndAsync()}");
            }
            else
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }

        using (var last = await live.RunAsync())
        {
            await EverybodyEmailedAsync(live, csv);
            LiveRun.Terminate(last);
            Assert.True(last.WaitForExit(Grace));
        }

        // Who was being written to when the process was killed is unconfirmed: it counts as made, the owner is told, and nobody writes a second time.
        var report = live.Check(csv);
        Assert.DoesNotContain(report.Violations, v => !IsUnconfirmed(v, live));
        var (code, output) = live.Verb("verify-ledger");
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task The_owner_gets_one_of_each_by_the_real_path_and_what_the_checks_found_is_written_down()
    {
        await using var live = await LiveRun.StartAsync(Monday, speed: 60, mailboxes: 1);
        using var process = await live.RunAsync();
        var (refused, why) = live.Verb("test-on-me", "--attest", "Sam Owner", "--phone", "555");
        Assert.True(refused == 2 && why.Contains("--phone '555' is not a US phone number", StringComparison.Ordinal), why);
        var (code, said) = live.Verb("test-on-me", "--attest", "Sam Owner", "--phone", "(703) 555-0142", "--state", "VA");
        Assert.True(code == 0, said);
        for (var i = 0; i < 300 && (live.Lines("call"), live.Lines("owner_email"), live.Lines("sms")) is not (1, 2, 1); i++) await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 2, 1), (live.Lines("call"), live.Lines("owner_email"), live.Lines("sms"))); // the e-mail to the owner, and the owner's copy of it
        Assert.Equal(1, live.Verb("test-on-me", "--attest", "Sam Owner").Code); // not twice by accident
        LiveRun.Terminate(process);
        Assert.True(process.WaitForExit(Grace));

        var memory = await File.ReadAllTextAsync(Path.Combine(live.Folder, "operational_memory.md"), TestContext.Current.CancellationToken);
        foreach (var provider in new[] { "vapi", "highlevel", "smtp" }) Assert.Contains($" UTC, {provider}", memory, StringComparison.Ordinal);
        var (ledger, output) = live.Verb("verify-ledger");
        Assert.True(ledger == 0, output);
    }

    [Fact]
    public async Task A_data_folder_from_a_backup_sends_nothing_before_a_person_has_looked()
    {
        await using var live = await LiveRun.StartAsync(Monday, speed: 60, mailboxes: 4);
        Assert.True(live.Verb("import", Demo.Csv("crm-export-1000.csv"), "--attest", "Demo Owner").Code is 0 or 1);
        await WorkAsync(live, calls: 3);
        var backup = live.Backup();
        await WorkAsync(live, calls: live.Lines("call") + 3);
        live.Restore(backup); // database and folder together: only the provider remembers what came after

        var before = (live.Lines("call"), live.Lines("email"), live.Lines("sms"));
        using (var process = await live.RunAsync())
        {
            for (var i = 0; i < 300 && !live.Verb("status").Output.Contains("older-than-what-was-sent", StringComparison.Ordinal); i++) await Task.Delay(100, TestContext.Current.CancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken); // five minutes over there
            Assert.Equal(before, (live.Lines("call"), live.Lines("email"), live.Lines("sms")));
            var (refused, why) = live.Verb("resume");
            Assert.True(refused == 2 && why.Contains("--after-restore", StringComparison.Ordinal), why);
            Assert.Equal(0, live.Verb("resume", "--after-restore").Code);
            for (var i = 0; i < 1800 && live.Lines("email") == before.Item2; i++) await Task.Delay(100, TestContext.Current.CancellationToken);
            Assert.True(live.Lines("email") > before.Item2, "it goes on when a person says so");
            LiveRun.Terminate(process);
            Assert.True(process.WaitForExit(Grace));
        }
    }

    [Fact]
    public async Task Letters_that_Mailgun_could_not_deliver_are_heard_of_by_the_running_engine()
    {
        await using var live = await LiveRun.StartAsync(Monday, speed: 60, mailboxes: 10, byMailgun: true);
        Assert.True(live.Verb("import", Demo.Csv("crm-export-1000.csv"), "--attest", "Demo Owner").Code is 0 or 1);
        using var process = await live.RunAsync();
        for (var i = 0; i < 600 && live.BouncedAtMailgun().Count < 2; i++) await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.True(live.BouncedAtMailgun().Count >= 2, $"{live.Lines("email")} letters, {live.Lines("bounce")} told");
        LiveRun.Terminate(process);
        Assert.True(process.WaitForExit(Grace));
        var (ledger, output) = live.Verb("verify-ledger");
        Assert.True(ledger == 0, output);
    }

    private static async Task WorkAsync(LiveRun live, int calls)
    {
        using var process = await live.RunAsync();
        for (var i = 0; i < 3600 && live.Lines("call") < calls; i++) await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.True(live.Lines("call") >= calls, "it does not call");
        LiveRun.Terminate(process);
        Assert.True(process.WaitForExit(Grace));
    }

    private static bool IsUnconfirmed(Violation violation, LiveRun live) =>
        violation.Law == "9-everybody-emailed" && live.UnconfirmedEmails().Any(address => violation.Text.StartsWith(address + " ", StringComparison.Ordinal));

    /// <summary>
    /// A call whose placing was cut short holds its person for its horizon of an hour, a minute here: until then the e-mail behind it waits.
    /// </summary>
    private static async Task EverybodyEmailedAsync(LiveRun live, string csv)
    {
        for (var i = 0; i < 300; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(2));
            if (live.Check(csv).Violations.All(v => IsUnconfirmed(v, live))) return;
        }
    }
}
