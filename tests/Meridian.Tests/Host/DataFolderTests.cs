using System.CommandLine;
using System.Text.Json;
using Meridian.Adapters;
using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Ledger;
using Meridian.Host;
using Meridian.Host.Commands;
using Meridian.Host.Composition;
using Meridian.Host.Demo;
using Meridian.Host.Doctor;
using Meridian.Host.Run;
using Meridian.Tests.Ledger;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>What a verb leaves behind in the data folder, who may read it, and which folder is meant.</summary>
public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode Alone = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string People = "Email,First Name,State\nann@people.example,Ann,NY\n";

    private readonly string home = Directory.CreateTempSubdirectory("meridian-folder-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(home, "data");

    private string Leads => Write("people.csv", People);

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Theory]
    [InlineData("--leads", "nobody.csv")]
    [InlineData("--leads", "0")]
    [InlineData("--leads", "wrong.csv")]
    [InlineData("--database", "mysql://127.0.0.1/x")]
    [InlineData("--database", "postgres://user:password@127.0.0.1:1/x")]
    public async Task A_demo_that_is_refused_leaves_nothing(string option, string value)
    {
        if (value == "wrong.csv") value = Write("wrong.csv", "Colour,Size\nred,2\n");
        await Assert.ThrowsAsync<UsageException>(() => RunAsync(DemoCommand.Create(), Data, "--headless", option, value));
        Assert.False(Directory.Exists(Data));

        var mine = Directory.CreateDirectory(Path.Combine(Data, "demo-1"));
        await Assert.ThrowsAsync<UsageException>(() => RunAsync(DemoCommand.Create(), Data, "--headless", option, value));
        Assert.Empty(mine.EnumerateFileSystemInfos());
        await Assert.ThrowsAsync<UsageException>(() => RunAsync(DemoCommand.Create(), Data, option, value, "--seconds", "1"));
        Assert.Equal(["demo-1"], Directory.GetFileSystemEntries(Data).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_demo_that_is_refused_its_folder_changes_nothing_in_it()
    {
        DemoFolder.Open(Demo(seed: 1));
        var before = Contents();
        Assert.Contains("--seed 1", Assert.Throws<UsageException>(() => DemoFolder.Open(Demo(seed: 2))).Message);
        Assert.Equal(before, Contents());
        var inner = await Assert.ThrowsAsync<UsageException>(() => RunAsync(DemoCommand.Create(), Path.Combine(Data, "demo-1"), "--headless"));
        Assert.Contains($"--data {Data}", inner.Message);
        Assert.Equal(before, Contents());
    }

    [Fact]
    public async Task A_demo_that_began_while_another_was_looking_at_its_people_stays()
    {
        if (OperatingSystem.IsWindows()) return;
        var pipe = Pipe();
        var refused = Task.Run(() => RunAsync(DemoCommand.Create(), Data, "--headless", "--leads", pipe), Cancelled);
        await using (var people = new FileStream(pipe, FileMode.Open, FileAccess.Write)) // opens once the other one reads
        {
            DemoFolder.Open(Demo(seed: 1));
            File.WriteAllText(Path.Combine(Inner, "outcomes.journal"), "what is known");
            await people.WriteAsync("Colour,Size\nred,2\n"u8.ToArray(), Cancelled);
        }

        await Assert.ThrowsAsync<UsageException>(() => refused);
        Assert.True(DemoFolder.IsOne(Inner));
        Assert.Equal("what is known", File.ReadAllText(Path.Combine(Inner, "outcomes.journal")));
    }

    [Fact]
    public async Task A_demo_that_runs_is_nobody_elses_to_begin_or_to_take_back()
    {
        Assert.True(DemoFolder.Open(Demo(seed: 1)).IsNew);
        Assert.False(DemoFolder.Open(Demo(seed: 1)).IsNew);
        using (FolderLock.Take(Inner))
        {
            var before = Directory.GetFiles(Inner).Order();
            var refused = await Assert.ThrowsAsync<UsageException>(() => RunAsync(DemoCommand.Create(), Data, "--headless", "--leads", "5"));
            Assert.Contains("another Meridian", refused.Message);
            Assert.Equal(before, Directory.GetFiles(Inner).Order());
        }
    }

    [Fact]
    public async Task People_come_out_of_a_pipe_too()
    {
        if (OperatingSystem.IsWindows()) return;
        var pipe = Pipe();
        var import = Task.Run(() => RunAsync(ImportCommand.Create(), Data, pipe), Cancelled);
        await using (var people = new FileStream(pipe, FileMode.Open, FileAccess.Write)) await people.WriteAsync(System.Text.Encoding.UTF8.GetBytes(People), Cancelled);
        Assert.Equal(ExitCodes.Ok, await import);
        await using var folder = await OpenAsync();
        Assert.Equal(1, await CountAsync(folder, "lead"));
    }

    [Fact]
    public async Task A_file_is_written_whole_by_one_and_by_nobody_else()
    {
        var file = Path.Combine(home, "pack.json");
        var written = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => PrivateFile.TryWriteNew(file, new string((char)('a' + n), 100_000)))));
        Assert.Single(written, w => w);
        Assert.Equal(new string((char)('a' + Array.IndexOf(written, true)), 100_000), File.ReadAllText(file));
        Assert.False(PrivateFile.TryWriteNew(file, "x"));
        Assert.False(PrivateFile.TryMake(file));
        Assert.Equal([file], Directory.GetFiles(home));
    }

    [Fact]
    public async Task Looking_leaves_nothing_where_nothing_was()
    {
        Assert.Equal(ExitCodes.Ok, await RunAsync(ImportCommand.Create(), Data, Leads, "--dry-run"));
        Assert.False(Directory.Exists(Data));
        foreach (var looks in new[] { StatusCommand.Create(), PreviewCommand.Create(), ShadowCommand.Create(), SignalsCommand.Create(), ConsentsCommand.Create(), CounselCommand.Create(), DncCommand.Create(), VerifyLedgerCommand.Create() })
            await Assert.ThrowsAsync<UsageException>(() => RunAsync(looks, Data));
        await RunAsync(DoctorCommand.Create(), Data);
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task Looking_leaves_nothing_in_PostgreSQL_either()
    {
        var server = new NpgsqlConnectionStringBuilder(await PostgresCluster.NewSchemaAsync());
        var schema = $"{server.SearchPath}_look";
        Directory.CreateDirectory(Data);
        await File.WriteAllTextAsync(Path.Combine(Data, "meridian.json"), JsonSerializer.Serialize(new { database = $"postgres://{server.Username}:{server.Password}@{server.Host}:{server.Port}/{server.Database}", schema }), Cancelled);
        Assert.Equal(ExitCodes.Ok, await RunAsync(ImportCommand.Create(), Data, Leads, "--dry-run"));
        Assert.Contains("meridian run", (await Assert.ThrowsAsync<UsageException>(() => RunAsync(StatusCommand.Create(), Data))).Message);
        await using var store = PostgresStore.Open(server.ConnectionString);
        Assert.Equal(0, await store.ReadAsync(s => s.ScalarAsync<long>("select count(*) from information_schema.schemata where schema_name = @schema", new { schema }), Cancelled));
        Assert.Equal(["meridian.json"], Directory.GetFileSystemEntries(Data).Select(Path.GetFileName));

        Assert.Equal(ExitCodes.Ok, await RunAsync(ImportCommand.Create(), Data, Leads));
        Assert.Equal(ExitCodes.Ok, await RunAsync(StatusCommand.Create(), Data));
        Assert.Equal(ExitCodes.Ok, await RunAsync(ImportCommand.Create(), Data, Leads, "--dry-run"));
    }

    [Fact]
    public async Task What_is_refused_leaves_nothing_where_nothing_was()
    {
        var list = Write("list.txt", "2025550142\n");
        foreach (var (verb, arguments) in new (Command, string[])[]
        {
            (CounselCommand.Create(), ["sign", "--name", "Jane Roe", "--firm", "Roe", "--on", "2026-11-24"]),
            (DncCommand.Create(), ["import", list, "--list", "national", "--as-of", "2999-01-01"]),
            (DncCommand.Create(), ["import", Leads, "--list", "national", "--as-of", "2026-11-01"]),
            (ImportCommand.Create(), [Write("wrong.csv", "Colour\nred\n")]),
        })
            await Assert.ThrowsAsync<UsageException>(() => RunAsync(verb, Data, arguments));
        await Assert.ThrowsAsync<UsageException>(() => new LiveEngine(Data, null, TimeSpan.FromSeconds(1), _ => { }).RunAsync(Cancelled));
        Assert.False(Directory.Exists(Data));
    }

    [Theory, InlineData("MS"), InlineData("sd"), InlineData("TX"), InlineData("National")]
    public async Task The_list_of_every_state_that_keeps_one_is_loaded(string list)
    {
        Assert.Equal(ExitCodes.Ok, await RunAsync(DncCommand.Create(), Data, "import", Write("list.txt", "6015550142\n"), "--list", list, "--as-of", "2020-01-02"));
        await using var folder = await OpenAsync();
        Assert.Equal(list == "National" ? "national" : list.ToUpperInvariant(), Assert.Single(await new SqlDoNotCall(folder.Store, folder.Ids).AllAsync()).Name);
    }

    [Fact]
    public async Task A_state_without_a_list_of_its_own_is_refused_with_those_that_keep_one()
    {
        var refused = await Assert.ThrowsAsync<UsageException>(() => RunAsync(DncCommand.Create(), Data, "import", Write("list.txt", "4145550142\n"), "--list", "WI", "--as-of", "2020-01-02"));
        Assert.Equal("--list is 'WI': use national, or one of CO, FL, IN, LA, MA, MO, MS, OK, PA, SD, TN, TX, WY", refused.Message);
    }

    [Fact]
    public async Task A_dry_run_beside_a_ledger_writes_nothing_into_it()
    {
        await RunAsync(ImportCommand.Create(), Data, Leads);
        await using (var folder = await OpenAsync()) await folder.Store.WriteAsync(s => s.ExecuteAsync("delete from desk"), Cancelled);
        await RunAsync(ImportCommand.Create(), Data, Write("more.csv", People.Replace("ann", "bob", StringComparison.Ordinal)), "--dry-run");
        await using var after = await OpenAsync();
        Assert.Equal((1, 0), (await CountAsync(after, "lead"), await CountAsync(after, "desk")));
    }

    [Fact]
    public async Task Evidence_made_twice_in_the_same_instant_is_two_packs()
    {
        await DemoWithOnePersonAsync();
        for (var i = 0; i < 2; i++) Assert.Equal(ExitCodes.Ok, await RunAsync(EvidenceCommand.Create(), Inner, "led_1", "--reason", $"question {i}"));
        var packs = Directory.GetFiles(Path.Combine(Inner, "evidence"));
        Assert.Equal(4, packs.Length);
        foreach (var kind in new[] { ".json", ".html" })
        {
            // The second pack tells of the first, too: it is in the audit.
            var (first, second) = (Only(packs, p => p.EndsWith($"Z{kind}", StringComparison.Ordinal)), Only(packs, p => p.EndsWith($"Z-2{kind}", StringComparison.Ordinal)));
            Assert.Contains("question 0", first);
            Assert.DoesNotContain("question 1", first);
            Assert.Contains("question 1", second);
        }
    }

    [Fact]
    public async Task Counsel_can_be_tried_in_a_demo_whose_clock_is_before_the_rules()
    {
        await DemoWithOnePersonAsync();
        Assert.Equal(ExitCodes.Ok, await RunAsync(CounselCommand.Create(), Inner, "sign", "--name", "Jane Roe", "--firm", "Roe", "--on", "2026-11-24"));
        Assert.Equal(ExitCodes.Ok, await RunAsync(CounselCommand.Create(), Inner));
        Assert.Contains("not come yet", (await Assert.ThrowsAsync<UsageException>(() => RunAsync(CounselCommand.Create(), Inner, "sign", "--name", "Jane Roe", "--firm", "Roe", "--on", "2999-01-01"))).Message);
    }

    [Fact]
    public async Task The_folder_with_the_ledger_is_named_when_it_lies_below_the_one_given()
    {
        await DemoWithOnePersonAsync();
        Assert.Contains($"--data {Inner}", (await Assert.ThrowsAsync<UsageException>(() => RunAsync(StatusCommand.Create(), Data))).Message);
        Assert.Contains("meridian init", (await Assert.ThrowsAsync<UsageException>(() => RunAsync(StatusCommand.Create(), home + "-none"))).Message);
        Directory.CreateDirectory(Data + "2");
        await File.WriteAllTextAsync(Path.Combine(Data + "2", "meridian.json"), "{}", Cancelled);
        Assert.Contains("meridian run", (await Assert.ThrowsAsync<UsageException>(() => RunAsync(StatusCommand.Create(), Data + "2"))).Message);
    }

    [Fact]
    public async Task Nothing_real_is_set_up_or_begun_in_a_demos_folder()
    {
        await DemoWithOnePersonAsync();
        var answers = Write("answers.json", """{"owner":{"sellerName":"Example LLC","postalAddress":"1 Example Way","ownerEmail":"owner@example.com"},"mailboxes":[{"address":"ann@example.com","host":"127.0.0.1"}]}""");
        Assert.Contains("demo", (await Assert.ThrowsAsync<UsageException>(() => RunAsync(InitCommand.Create(), Inner, "--answers", answers))).Message);
        File.Copy(answers, Path.Combine(Inner, "meridian.json"));
        Assert.Contains("demo", (await Assert.ThrowsAsync<UsageException>(() => new LiveEngine(Inner, null, TimeSpan.FromSeconds(1), _ => { }).RunAsync(Cancelled))).Message);
        File.Delete(Path.Combine(Inner, "meridian.json"));
        Assert.Contains("demo", (await Assert.ThrowsAsync<UsageException>(() => RunAsync(TestOnMeCommand.Create(), Inner, "--attest", "Ann"))).Message);
        var found = await Examination.RunAsync(Inner, null, new Clocks(TimeProvider.System, TimeProvider.System), Cancelled);
        Assert.All(found, f => Assert.True(f.Finding.Passed, f.Finding.Found));
        Assert.Contains(found, f => f.Finding.Found.Contains("a demo", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Peoples_data_is_made_for_its_owner_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        await DemoWithOnePersonAsync();
        await RunAsync(EvidenceCommand.Create(), Inner, "led_1", "--reason", "asked");
        await RunAsync(ShadowCommand.Create(), Inner);
        await using var folder = await DataFolder.OpenAsync(new DirectoryInfo(Inner), cancellation: Cancelled);
        await folder.Store.WriteAsync(s => s.ExecuteAsync("update lead set first_name = 'Anna'"), Cancelled);
        var journal = new FileJournal(Path.Combine(Inner, "outcomes.journal"));
        journal.Append(new Outcome.Unknown("prm_1", folder.Clocks.Now, "cut off"));
        journal.Append(new Outcome.Unknown("prm_2", folder.Clocks.Now, "cut off"));
        journal.Clear(1);
        using (var logs = FileLog.Factory(Path.Combine(Inner, "meridian.log"), TimeProvider.System)) logs.CreateLogger("x").Log(LogLevel.Information, "begun");

        foreach (var made in new[] { Data, Inner, Path.Combine(Inner, "evidence") }) Assert.Equal(Alone | UnixFileMode.UserExecute, File.GetUnixFileMode(made));
        string[] files = ["meridian.db", "meridian.db-wal", "meridian.db-shm", "outcomes.journal", "meridian.log", "shadow.jsonl", .. Directory.GetFiles(Path.Combine(Inner, "evidence"))];
        foreach (var file in files) Assert.True(File.GetUnixFileMode(Path.Combine(Inner, file)) == Alone, file);
    }

    [Fact]
    public async Task A_folder_the_owner_made_keeps_its_rights_and_doctor_says_who_can_read_it()
    {
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode everybody = Alone | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(home, everybody);
        Directory.CreateDirectory(Data);
        File.SetUnixFileMode(Data, everybody);
        await RunAsync(ImportCommand.Create(), Data, Leads);
        Assert.Equal(everybody, File.GetUnixFileMode(Data));
        var only = Path.Combine(Data, "meridian.db");
        Assert.Equal(Alone, File.GetUnixFileMode(only));

        // Nothing in it can be read by others, but they see what is there: worth a word.
        var open = await FolderFindingAsync();
        Assert.True(open.Passed);
        Assert.Contains($"chmod 700 {Data}", open.Fix);
        File.SetUnixFileMode(only, Alone | UnixFileMode.OtherRead);
        var read = await FolderFindingAsync();
        Assert.False(read.Passed);
        Assert.Contains("meridian.db", read.Found);
        Assert.Contains($"chmod -R go-rwx {Data}", read.Fix);

        // A folder above it that lets nobody through protects it as well.
        File.SetUnixFileMode(home, Alone | UnixFileMode.UserExecute);
        Assert.Contains("only its owner", (await FolderFindingAsync()).Found);
        File.SetUnixFileMode(home, everybody);

        // A group is somebody the owner may mean.
        File.SetUnixFileMode(only, Alone | UnixFileMode.GroupRead);
        var shared = await FolderFindingAsync();
        Assert.True(shared.Passed);
        Assert.Contains("the group of", shared.Found);

        // Tokens are keys.
        var token = Path.Combine(Directory.CreateDirectory(Path.Combine(Data, "tokens")).FullName, "mail.json");
        File.WriteAllText(token, "{}");
        File.SetUnixFileMode(token, Alone | UnixFileMode.OtherRead);
        File.SetUnixFileMode(Path.Combine(Data, "tokens"), everybody);
        Assert.Contains(Path.Combine("tokens", "mail.json"), (await FolderFindingAsync()).Found);
        File.SetUnixFileMode(Path.Combine(Data, "tokens"), Alone | UnixFileMode.UserExecute);
        Assert.True((await FolderFindingAsync()).Passed);

        File.SetUnixFileMode(Data, Alone | UnixFileMode.UserExecute);
        var closed = await FolderFindingAsync();
        Assert.True(closed.Passed);
        Assert.Null(closed.Fix);
    }

    private async Task<Meridian.Engine.Checks.CheckFinding> FolderFindingAsync() =>
        Assert.Single(await Examination.RunAsync(Data, null, new Clocks(TimeProvider.System, TimeProvider.System), Cancelled), f => f.Provider == "folder").Finding;

    private string Inner => Path.Combine(Data, "demo-1");

    private DemoOptions Demo(ulong seed) => new(Inner, 1, "5", seed, DemoOptions.DefaultStart, "sqlite");

    /// <summary>A demo that stands at noon of its first day, with one person in it.</summary>
    private async Task DemoWithOnePersonAsync()
    {
        DemoFolder.Open(Demo(seed: 1));
        await using var folder = await DataFolder.OpenAsync(new DirectoryInfo(Inner), mustExist: false, Cancelled);
        var now = DemoOptions.DefaultStart + NodaTime.Duration.FromHours(12);
        await new SqlSetup(folder.Store, folder.Ids).KeepDesksAsync(now);
        await folder.Store.WriteAsync(async s =>
        {
            await s.ExecuteAsync("update desk set last_turn_at = @now", new { now });
            await s.ExecuteAsync("insert into lead (id, first_name, last_name, state, country, created_at) values ('led_1', 'Ann', 'Abbott', 'NY', 'US', @now)", new { now });
        }, Cancelled);
    }

    private Task<DataFolder> OpenAsync() => DataFolder.OpenAsync(new DirectoryInfo(Data), cancellation: Cancelled);

    private static Task<long> CountAsync(DataFolder folder, string table) => folder.Store.ReadAsync(s => s.ScalarAsync<long>($"select count(*) from {table}"), Cancelled);

    private static string Only(string[] files, Predicate<string> which) => File.ReadAllText(Assert.Single(files, which));

    private Dictionary<string, string> Contents() => Directory.GetFiles(Data, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllText);

    private string Pipe()
    {
        var pipe = Path.Combine(home, "people.pipe");
        using var made = System.Diagnostics.Process.Start("mkfifo", [pipe]);
        made.WaitForExit();
        return pipe;
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(home, name);
        File.WriteAllText(file, text);
        return file;
    }

    private static Task<int> RunAsync(Command command, string data, params string[] arguments) =>
        command.Parse([.. arguments, "--data", data]).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, Cancelled);
}
