using System.Text.Json;
using Meridian.Adapters.Csv;
using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Ledger;
using Meridian.Host.Evidence;
using Meridian.Tests.Ledger;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Records;

public sealed class RecordsOnSqlite() : RecordsContract(() => new TestDatabase.Sqlite());

public sealed class RecordsOnPostgres() : RecordsContract(() => new TestDatabase.Postgres());

/// <summary>Whoever asks to be erased is gone from every table; what the law wants kept is apart, whole, and opened only in writing.</summary>
public abstract class RecordsContract(Func<TestDatabase> database)
{
    private const string Number = "+12125550111";
    private const string Mail = "ann@people.example";

    private TestDatabase Database() => database();

    [Fact]
    public async Task Nothing_of_an_erased_person_is_left_in_any_table_and_all_of_it_is_in_the_record()
    {
        await using var world = await WithHistoryAsync();
        var done = Assert.IsType<Erasure.Done>(await EraseAsync(world));

        foreach (var (table, text) in await EveryTextAsync(world))
            foreach (var secret in new[] { "Zebulon", "Quagmire", "Ask Zebulon", "9 Secret Lane", "203.0.113.9", "wants the red one" })
                Assert.False(text.Contains(secret, StringComparison.Ordinal), $"{table} still says {secret}: {text}");

        var record = Assert.Single(await new SqlRecords(world.Store, world.Ids).OpenAsync("ann", "a regulator asked", "me", LedgerWorld.Now));
        Assert.True(record.Intact);
        Assert.Equal((done.RecordId, done.Sha256), (record.Id, record.Sha256));
        foreach (var kept in new[] { "Zebulon", "Quagmire", "Ask Zebulon", "9 Secret Lane", "203.0.113.9", "wants the red one", Number, Mail }) Assert.Contains(kept, record.Pack);
        Assert.Equal($"{record.Id}: a regulator asked", await world.TextAsync("select after from audit where verb = 'read restricted record'"));
        Assert.Empty(await VerifyLedger.RunAsync(world.Store));
    }

    [Fact]
    public async Task Their_addresses_stay_closed_and_no_file_brings_them_back()
    {
        await using var world = await WithHistoryAsync();
        await EraseAsync(world);
        Assert.Equal(2, await world.CountAsync("select count(*) from address_key where suppressed_at is not null and erased_at is not null"));

        var report = await ImportAsync(world, $"First Name,Last Name,Company Name,Email,Phone,State\nZebulon,Quagmire,Acme,{Mail},{Number},NY\nBob,Other,Beta,bob@people.example,,NY\n");
        Assert.Equal((2, 1, 1), (report.Rows, report.Created, report.Rejected));
        Assert.Contains("asked to be erased", await world.TextAsync("select reason from import_row where result = 'rejected'"));
        Assert.Equal(0, await world.CountAsync("select count(*) from lead where first_name = 'Zebulon'"));
    }

    [Fact]
    public async Task A_do_not_call_in_a_later_file_closes_what_it_names_though_the_person_does_not_come_back()
    {
        await using var world = await WithHistoryAsync();
        await EraseAsync(world);
        await ImportAsync(world, $"First Name,Last Name,Company Name,Email,Phone,State,Do Not Call\nZebulon,Quagmire,Acme,{Mail},+12125550177,NY,yes\n");
        Assert.Equal(0, await world.CountAsync("select count(*) from lead where first_name = 'Zebulon'"));
        Assert.Equal(1, await world.CountAsync("select count(*) from address_key where id = '+12125550177' and suppressed_at is not null"));
    }

    [Fact]
    public async Task A_companys_line_is_not_theirs_to_be_erased_with_them()
    {
        await using var world = await WithHistoryAsync();
        await world.ExecuteAsync("insert into address_key (id, kind) values ('+12125550188', 'phone')");
        await world.ExecuteAsync("insert into lead_address (lead_id, address_id, kind, role, attached_at) values ('ann', '+12125550188', 'phone', 'company', @Now)", new { LedgerWorld.Now });
        await EraseAsync(world);
        Assert.Equal(0, await world.CountAsync("select count(*) from address_key where id = '+12125550188' and erased_at is not null"));
    }

    [Fact]
    public async Task What_others_hold_too_stays_theirs()
    {
        await using var world = await WithHistoryAsync();
        await world.AddPersonAsync("eve", Number);
        await EraseAsync(world);
        Assert.Equal(0, await world.CountAsync("select count(*) from address_key where id = @Number and erased_at is not null", new { Number }));
        Assert.Equal(1, await world.CountAsync("select count(*) from lead_address where lead_id = 'eve' and address_id = @Number", new { Number }));
        Assert.Equal("Ann", await world.TextAsync("select first_name from lead where id = 'eve'"));
    }

    [Fact]
    public async Task Nobody_is_erased_under_a_legal_hold_and_a_second_hold_is_none()
    {
        await using var world = await WithHistoryAsync();
        var records = new SqlRecords(world.Store, world.Ids);
        Assert.True(await records.PlaceHoldAsync("ann", "Doe v. Example", "me", LedgerWorld.Now));
        Assert.False(await records.PlaceHoldAsync("ann", "another", "me", LedgerWorld.Now));
        Assert.Contains("Doe v. Example", Assert.IsType<Erasure.Cannot>(await EraseAsync(world)).Why);
        Assert.Equal("Zebulon", await world.TextAsync("select first_name from lead where id = 'ann'"));

        Assert.True(await records.LiftHoldAsync("ann", "me", LedgerWorld.Now));
        Assert.IsType<Erasure.Done>(await EraseAsync(world));
    }

    [Fact]
    public async Task Nobody_is_erased_while_something_is_in_the_air_or_not_understood()
    {
        await using var world = await WithHistoryAsync(closed: false);
        Assert.Contains("no known end", Assert.IsType<Erasure.Cannot>(await EraseAsync(world)).Why);

        await using var other = await WithHistoryAsync();
        await other.ExecuteAsync("insert into signal (id, provider, event_id, kind, received_at, raw) values ('sig_open', 'highlevel', 'e9', 'text', @Now, '{}')", new { LedgerWorld.Now });
        await other.ExecuteAsync("insert into signal_address (signal_id, address_id) values ('sig_open', @Number)", new { Number });
        Assert.Contains("not understood", Assert.IsType<Erasure.Cannot>(await EraseAsync(other)).Why);
        Assert.Equal("Zebulon", await other.TextAsync("select first_name from lead where id = 'ann'"));
    }

    [Fact]
    public async Task Only_who_was_opted_out_is_erased_and_only_once()
    {
        await using var world = await WithHistoryAsync();
        Assert.IsType<Erasure.Cannot>(await new SqlRecords(world.Store, world.Ids).EraseAsync("ann", "asked", "me", LedgerWorld.Now));
        Assert.IsType<Erasure.Done>(await EraseAsync(world));
        Assert.Contains("erased before", Assert.IsType<Erasure.Cannot>(await EraseAsync(world)).Why);
        Assert.Equal(1, await world.CountAsync("select count(*) from restricted_record"));
    }

    [Fact]
    public async Task A_record_is_dropped_after_five_years_but_not_under_a_hold()
    {
        await using var world = await WithHistoryAsync();
        await EraseAsync(world);
        var records = new SqlRecords(world.Store, world.Ids);
        var almost = new LocalDateTime(2031, 11, 16, 0, 0).InUtc().ToInstant();
        Assert.Equal(0, await records.DropOutdatedAsync(almost));
        await records.PlaceHoldAsync("ann", "Doe v. Example", "me", LedgerWorld.Now);
        Assert.Equal(0, await records.DropOutdatedAsync(almost + Duration.FromDays(30)));
        await records.LiftHoldAsync("ann", "me", LedgerWorld.Now);
        Assert.Equal(1, await records.DropOutdatedAsync(almost + Duration.FromDays(30)));
        Assert.Equal(0, await world.CountAsync("select count(*) from restricted_record"));
    }

    [Fact]
    public async Task Evidence_tells_the_story_with_the_words_and_the_reasons_and_sees_a_changed_signature()
    {
        await using var world = await WithHistoryAsync();
        var pack = EvidencePack.Of("ann", "Example LLC", await new SqlEvidence(world.Store).ReadAsync("ann", TestContext.Current.CancellationToken), [], "me", "they asked", LedgerWorld.Now);
        Assert.Contains(pack.Timeline, e => e.What == "call" && e.Detail.Contains("Said: hello Ask Zebulon"));
        Assert.Contains(pack.Timeline, e => e.What == "why the call was allowed" && e.Detail.Contains("written consent [47 CFR]"));
        Assert.Contains(pack.Timeline, e => e.What == "signed");
        Assert.True(Assert.Single(pack.Signatures).WordsUnchanged);
        Assert.Equal(pack.Timeline.Select(e => e.At), pack.Timeline.Select(e => e.At).Order(StringComparer.Ordinal));
        using var json = JsonDocument.Parse(pack.Json);
        Assert.Equal("Quagmire", json.RootElement.GetProperty("sections").GetProperty("person")[0].GetProperty("last_name").GetString());
        Assert.DoesNotContain("<script", EvidencePage.Write(pack), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Ask Zebulon &lt;script&gt;", EvidencePage.Write(pack));

        await world.ExecuteAsync("update consent_signature set text = 'I agree to everything'");
        pack = EvidencePack.Of("ann", "Example LLC", await new SqlEvidence(world.Store).ReadAsync("ann", TestContext.Current.CancellationToken), [], "me", "they asked", LedgerWorld.Now);
        Assert.False(Assert.Single(pack.Signatures).WordsUnchanged);
        Assert.Contains("NOT those that were signed", EvidencePage.Write(pack));
    }

    [Fact]
    public async Task Counsel_signs_these_rules_and_papers_and_no_others()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var counsel = new SqlCounsel(world.Store, world.Ids);
        Assert.Contains("signed off by nobody", await counsel.WarningAsync("papers"));
        await counsel.SignAsync("Jane Roe", "Roe & Partners", LedgerWorld.Today, null, "papers", "me", LedgerWorld.Now);
        Assert.Null(await counsel.WarningAsync("papers"));
        Assert.Contains("were changed since Jane Roe signed", await counsel.WarningAsync("other papers"));
        await world.ExecuteAsync("update counsel_signoff set pack_sha256 = 'another'");
        Assert.Contains("this build has others", await counsel.WarningAsync("papers"));
    }

    private async Task<LedgerWorld> WithHistoryAsync(bool closed = true)
    {
        var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann", Number);
        await world.ExecuteAsync("update lead set first_name = 'Zebulon', last_name = 'Quagmire', street = '9 Secret Lane' where id = 'ann'");
        var order = await world.OrderAsync(LedgerWorld.Caller1, await world.OfferAsync("ann", Channel.Call));
        var touch = order.Touches[0] with { VerdictJson = """[{"Rule":"LegalBasis","Ruling":"Allow","Sentence":"written consent","Source":"47 CFR"}]""", Content = new TouchContent("+12025550101", Number, null, "hello Ask Zebulon <script>", null) };
        Assert.Null((await world.Ledger.TryBeginAsync(order with { Touches = [touch] }, default)).Loss);
        if (closed) await world.ExecuteAsync("update touch set state = 'sent', closed_at = @Now, error = 'wants the red one' where lead_id = 'ann'", new { LedgerWorld.Now });
        await world.ExecuteAsync("""
            insert into consent_signature (id, lead_id, address_id, channels, seller, signature, text_version, text_hash, text, from_address, signed_at)
            values ('sig_1', 'ann', @Number, 'call', 'Example LLC', 'Zebulon Quagmire', '1', @hash, 'I agree', '203.0.113.9', @Now)
            """, new { Number, hash = EvidencePack.HashOf("I agree"), LedgerWorld.Now });
        await world.ExecuteAsync("insert into import_batch (id, file_name, file_hash, started_at) values ('imp_1', 'list.csv', 'abc', @Now)", new { LedgerWorld.Now });
        await world.ExecuteAsync("insert into import_row (batch_id, line, result, lead_id, after) values ('imp_1', 1, 'created', 'ann', 'Zebulon Quagmire')");
        await world.ExecuteAsync("insert into signal (id, provider, event_id, kind, received_at, raw, touch_id, understood_at, result) values ('sig_1', 'vapi', 'e1', 'call', @Now, 'Zebulon says', 'tch_ann_call_1', @Now, 'answered')", new { LedgerWorld.Now });
        await world.ExecuteAsync("insert into audit (id, at, actor, verb, subject, after) values ('aud_1', @Now, 'me', 'note', 'ann', 'Quagmire rang')", new { LedgerWorld.Now });
        return world;
    }

    private static async Task<Meridian.Engine.Intake.ImportReport> ImportAsync(LedgerWorld world, string csv)
    {
        var folder = Directory.CreateTempSubdirectory("meridian-erased-");
        var file = Path.Combine(folder.FullName, "again.csv");
        await File.WriteAllTextAsync(file, csv, TestContext.Current.CancellationToken);
        var report = await new CsvImport(world.Store, world.Ids, new Clocks(new FakeTimeProvider(LedgerWorld.Now.ToDateTimeOffset()), TimeProvider.System)).ImportAsync(file, "Owner", dryRun: false, null, default);
        folder.Delete(recursive: true);
        return report;
    }

    private static async Task<Erasure> EraseAsync(LedgerWorld world)
    {
        await world.People.OptOutAsync(new OptOutOrder([], "ann", "asked to be erased", "owner", "letter", LedgerWorld.Now, "me"));
        return await new SqlRecords(world.Store, world.Ids).EraseAsync("ann", "asked by letter", "me", LedgerWorld.Now);
    }

    /// <summary>Every text of every table but the restricted one.</summary>
    private static async Task<IReadOnlyList<(string Table, string Text)>> EveryTextAsync(LedgerWorld world)
    {
        var tables = await world.Store.ReadAsync(s => s.QueryAsync<string>(s.Dialect == SqlDialect.Sqlite
            ? "select name from sqlite_master where type = 'table'"
            : "select table_name::text from information_schema.tables where table_schema = current_schema()"));
        var all = new List<(string, string)>();
        foreach (var table in tables.Where(t => t != "restricted_record"))
            foreach (var row in await world.Store.ReadAsync(s => s.QueryAsync<dynamic>($"select * from {table}")))
                all.Add((table, string.Join('|', ((IDictionary<string, object?>)row).Values)));
        return all;
    }
}
