using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Meridian.Host.Demo;
using Meridian.LogCheck;
using Meridian.Sandbox;
using Meridian.Tests.Ledger;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Meridian.EndToEnd;

/// <summary>
/// <c>meridian run</c> as a process of its own, and the outside world in this one. Both read one practice clock, so that hours pass in minutes
/// and it is a working Monday whenever the test runs.
/// </summary>
internal sealed partial class LiveRun : IAsyncDisposable
{
    private const int SigTerm = 15;
    private readonly string folder;
    private readonly CancellationTokenSource stop = new();
    private readonly OutsideWorld world;
    private readonly SandboxOptions options;
    private readonly Task pump;
    private readonly DateTimeOffset start;
    private readonly double speed;
    private readonly int mailboxes;

    private LiveRun(OutsideWorld world, SandboxOptions options, string folder, DateTimeOffset start, double speed, int mailboxes, int port)
    {
        (this.world, this.options, this.folder, this.start, this.speed, this.mailboxes, Port) = (world, options, folder, start, speed, mailboxes, port);
        pump = PumpAsync();
    }

    public int Port { get; }

    public string Folder => folder;

    public string LogFile => Path.Combine(folder, "world", "sandbox-log.jsonl");

    public static async Task<LiveRun> StartAsync(DateTimeOffset start, double speed, int mailboxes, string database = "sqlite", string? schema = null, bool byMailgun = false)
    {
        var folder = Directory.CreateTempSubdirectory("meridian-run-").FullName;
        var machine = TimeProvider.System.GetUtcNow();
        var port = ServerPort.Free();
        var callers = Enumerable.Range(0, 4).ToDictionary(i => $"{i + 1:00000000}-1111-4111-8111-111111111111", i => $"+1202555018{i}");
        var options = new SandboxOptions
        {
            Folder = Path.Combine(folder, "world"), Seed = 5, Clock = new ScaledClock(start, speed, TimeProvider.System), OwnerEmail = "owner@example.com",
            VapiPhoneNumbers = callers, TextNumber = "+12025550190", HighLevelRequestsPerTenSeconds = 10_000_000, HighLevelRequestsPerDay = int.MaxValue, // its clock runs faster than ours
        };
        var world = await OutsideWorld.StartAsync(options, TestContext.Current.CancellationToken);
        static object[] Papers(params string[] states) => [.. states.Select(s => new { state = s, number = $"PRACTICE-{s}" })];
        string[] registers = ["AK", "AZ", "CO", "DC", "FL", "ID", "LA", "MS", "NH", "NJ", "NV", "NY", "OH", "OR", "PA", "RI", "TN", "TX", "UT", "VT", "WA", "WI"];
        var settings = new
        {
            database,
            schema,
            port,
            owner = new
            {
                sellerName = "Example Growth LLC", postalAddress = "100 Example Way, Richmond, VA 23219", sellerPhone = "+12025550199", ownerEmail = "owner@example.com", zone = "America/New_York",
                dailyBudgetUsd = 500, publicUrl = $"http://127.0.0.1:{port}",
                law = new { permits = Papers("GA", "KY", "NE", "TN", "TX"), registrations = Papers(registers), textCampaign = new { brandId = "B1", campaignId = "C1", attestedBy = "a test" }, reassignedNumbers = new { checkedBy = "a test", checkedOn = start.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) } },
            },
            vapi = new { baseUrl = world.VapiBase, apiKey = options.VapiKey, assistantId = "5b0a4a08-133c-4146-9315-0984f8c60001" },
            highLevel = new { baseUrl = world.HighLevelBase, token = options.HighLevelToken, locationId = options.HighLevelLocation },
            mailboxes = Enumerable.Range(1, mailboxes).Select(i => byMailgun
                ? (object)new { address = $"sender{i}@growth{i}.example", name = "Ana", via = "mailgun", baseUrl = world.MailgunBase, apiKey = options.MailgunKey }
                : new { address = $"sender{i}@growth{i}.example", name = "Ana", host = "127.0.0.1", port = world.SmtpPort, security = "None" }),
            ownerMailbox = new { address = "owner@example.com", host = "127.0.0.1", port = world.SmtpPort, security = "None" },
            campaign = new { dailyCap = 10_000 },
            callerIds = callers.Select(c => new { phoneNumberId = c.Key, number = c.Value }),
            textNumbers = new[] { new { number = options.TextNumber } },
            practice = new { machine, world = start, speed },
        };
        await File.WriteAllTextAsync(Path.Combine(folder, "meridian.json"), JsonSerializer.Serialize(settings));
        return new LiveRun(world, options, folder, start, speed, mailboxes, port);
    }

    /// <summary>Another verb on the same folder.</summary>
    public (int Code, string Output) Verb(params string[] verb)
    {
        using var process = Begin([.. verb, "--data", folder]);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return (process.ExitCode, output.Result + errors.Result);
    }

    /// <summary>Starts <c>run</c> and waits until it says that it is ready.</summary>
    public async Task<Process> RunAsync()
    {
        var process = Begin(["run", "--data", folder]);
        using var http = new HttpClient();
        for (var i = 0; i < 3600; i++)
        {
            if (process.HasExited) Assert.Fail($"run ended with {process.ExitCode}: {await process.StandardOutput.ReadToEndAsync()}{await process.StandardError.ReadToEndAsync()}");
            try
            {
                if ((await http.GetAsync($"http://127.0.0.1:{Port}/health/ready")).IsSuccessStatusCode) break;
            }
            catch (HttpRequestException)
            {
                // It is not listening yet.
            }

            await Task.Delay(50);
        }

        TellTheWorld();
        return process;
    }

    /// <summary>A copy of all that is Meridian's in the folder, while it does not run.</summary>
    public string Backup()
    {
        var copy = Directory.CreateTempSubdirectory("meridian-backup-").FullName;
        foreach (var file in Directory.GetFiles(folder)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    public void Restore(string backup)
    {
        foreach (var file in Directory.GetFiles(folder)) File.Delete(file);
        foreach (var file in Directory.GetFiles(backup)) File.Move(file, Path.Combine(folder, Path.GetFileName(file)));
        Directory.Delete(backup);
    }

    public static void Terminate(Process process) => Assert.Equal(0, Kill(process.Id, SigTerm));

    public async Task<JsonElement> GetAsync(string path)
    {
        using var http = new HttpClient();
        return JsonDocument.Parse(await http.GetStringAsync($"http://127.0.0.1:{Port}{path}")).RootElement;
    }

    public int Lines(string kind)
    {
        if (!File.Exists(LogFile)) return 0;
        using var reader = new StreamReader(new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var count = 0;
        while (reader.ReadLine() is { } line)
            if (line.Contains($"\"kind\":\"{kind}\"", StringComparison.Ordinal)) count++;
        return count;
    }

    public IReadOnlyList<string> UnconfirmedEmails() => Query("select c.to_address from touch t join touch_content c on c.permit_id = t.permit_id where t.channel = 'email' and t.state = 'unconfirmed'");

    /// <summary>Addresses whose letters Mailgun said came back for good.</summary>
    public IReadOnlyList<string> BouncedAtMailgun() => Query("""
        select sa.address_id from signal g join signal_address sa on sa.signal_id = g.id join address_key a on a.id = sa.address_id
         where g.provider = 'mailgun' and g.result = 'bounced for good' and a.deliverability = 'Invalid'
        """);

    private List<string> Query(string sql)
    {
        using var db = new SqliteConnection($"Data Source={Path.Combine(folder, "meridian.db")};Mode=ReadOnly;Pooling=False");
        db.Open();
        using var command = db.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var found = new List<string>();
        while (reader.Read()) found.Add(reader.GetString(0));
        return found;
    }

    public Report Check(string csv) => LogChecker.Check(new CheckInput(
        LogFile, csv, Path.Combine(Demo.Root, "src/Meridian.Domain/Compliance/Pack/us-contact-rules.json"), Path.Combine(Demo.Root, "src/Meridian.Domain/Compliance/Pack/us-zip-zones.json"),
        Mailboxes: mailboxes, Start: start, Days: 1, InFlightSeconds: 10 * speed, ArrivalSlackSeconds: 0.1 * speed));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await pump;
        await world.DisposeAsync();
        stop.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The world learns the address of our webhooks as an owner would enter it at HighLevel.</summary>
    private void TellTheWorld()
    {
        if (options.HighLevelWebhook is not null) return;
        var (code, output) = Verb("webhooks", "--json");
        Assert.True(code == 0, output);
        options.HighLevelWebhook = new Uri(JsonDocument.Parse(output).RootElement.GetProperty("highlevel").GetString()!);
    }

    private async Task PumpAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            await world.RunDueTimersAsync(CancellationToken.None);
            await Task.Delay(10, CancellationToken.None);
        }
    }

    private static Process Begin(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Demo.Root };
        start.ArgumentList.Add(Path.Combine(Demo.Root, "artifacts/bin/Meridian.Host/release/meridian.dll"));
        foreach (var a in arguments) start.ArgumentList.Add(a);
        return Process.Start(start)!;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
