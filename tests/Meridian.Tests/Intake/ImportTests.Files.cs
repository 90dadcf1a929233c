using System.Text;
using Meridian.Engine.Intake;
using Xunit;

namespace Meridian.Tests.Intake;

// Files as programs and people write them.
public abstract partial class ImportTests
{
    [Theory]
    [InlineData("utf-8", true, "UTF-8"), InlineData("utf-8", false, "UTF-8"), InlineData("utf-16", true, "UTF-16 LE"), InlineData("utf-16", false, "UTF-16 LE")]
    [InlineData("utf-16BE", true, "UTF-16 BE"), InlineData("utf-16BE", false, "UTF-16 BE"), InlineData("windows-1252", false, "Windows-1252")]
    public async Task Every_encoding_people_save_in_is_read(string encoding, bool mark, string said)
    {
        await using var w = await WorldAsync();
        var writer = encoding == "windows-1252" ? CodePagesEncodingProvider.Instance.GetEncoding(1252)! : Encoding.GetEncoding(encoding);
        var bytes = writer.GetBytes(File(Row(first: "Zoë", last: "Müller", email: "zoe@acme.example")));
        var report = await w.Import.ImportAsync(w.File("x.csv", mark ? [.. writer.GetPreamble(), .. bytes] : bytes), null, dryRun: false);
        Assert.Equal((1, said), (report.Created, report.Encoding));
        Assert.Equal("Zoë Müller", await w.OneAsync("select first_name || ' ' || last_name from lead"));
    }

    [Theory, InlineData(","), InlineData(";"), InlineData("\t")]
    public async Task The_separator_is_guessed(string separator)
    {
        await using var w = await WorldAsync();
        var report = await w.TakeAsync($"Name{separator}E-Mail Address{separator}\"Company, or; other\tname\"{separator}Favourite Colour\nAna Lee{separator}ana@acme.example{separator}x{separator}blue\n");
        Assert.Equal(1, report.Created);
        Assert.Equal(["Company, or; other\tname", "Favourite Colour"], report.Columns.Ignored);
        Assert.Equal("full name", report.Columns.Mapped["Name"]);
        Assert.Equal("Lee", await w.OneAsync("select last_name from lead"));
    }

    [Fact]
    public async Task Every_line_is_accounted_for_by_the_line_it_begins_on()
    {
        await using var w = await WorldAsync();
        var report = await w.TakeAsync(
            Header + "\n"
            + Row(email: "a@a.example", company: "two\nlines") + "\n"            // 2-3
            + "\n"                                                                // 4: nothing
            + Row(first: "", last: "", country: "") + "\n"                        // 5: only separators
            + Row(first: "B", email: "b at b.example") + "\n"                     // 6
            + Row(first: "C", email: "c@c.example") + ",surplus\n"                // 7
            + "D,Dee,,,d@d.example\n"                                             // 8: short
            + Row(first: "E", email: "e@e.example") + ",,\n"                      // 9: blanks too many
            + "F,\"never closed,,,f@f.example\nG,Gee,,,g@g.example\n");           // 10 to the end
        AddsUp(report);
        Assert.Equal((8, 3, 5), (report.Rows, report.Created, report.Rejected));
        Assert.Equal([(4, "empty"), (5, "empty")], report.RejectedRows.Take(2).Select(r => (r.Line, r.Reason)));
        Assert.Equal((6, "Email", "b at b.example", "no @"), (report.RejectedRows[2].Line, report.RejectedRows[2].Field, report.RejectedRows[2].Value, report.RejectedRows[2].Reason));
        Assert.Equal([7, 10], report.RejectedRows.Skip(3).Select(r => r.Line));
        Assert.Equal([2L, 4, 5, 6, 7, 8, 9, 10], await w.RowsAsync<long>("select line from import_row order by line"));
        Assert.Equal("8 3 0 0 5", await w.OneAsync("select row_count || ' ' || created || ' ' || updated || ' ' || duplicate || ' ' || rejected from import_batch"));
    }

    [Fact]
    public async Task A_file_that_is_no_list_of_people_is_refused_with_its_name_and_what_to_do()
    {
        await using var w = await WorldAsync();
        async Task Refused(string path, string says)
        {
            var e = await Assert.ThrowsAsync<ImportFileException>(() => w.Import.ImportAsync(path, null, dryRun: false));
            Assert.Contains(path, e.Message);
            Assert.Contains(says, e.Message);
        }

        await Refused(Path.Combine(w.Folder, "nowhere.csv"), "does not exist");
        await Refused(w.Folder, "folder");
        await Refused(w.File("empty.csv", ""), "empty");
        await Refused(w.File("blank.csv", "\r\n\r\n"), "empty");
        await Refused(w.File("book.xlsx", "PK\u0003\u0004\0\0\0\0\0"u8.ToArray()), "Excel");
        await Refused(w.File("nul.csv", "Email\na\0@b.example\n"u8.ToArray()), "NUL");
        await Refused(w.File("plants.csv", "Plant,Colour\nrose,red\n"), "no column is recognised");
        Assert.Equal(0, await w.CountAsync("import_batch"));
    }

    [Theory]
    [InlineData("Apollo Contact Id,First Name,Email,Corporate Phone", "import:apollo")]
    [InlineData("Record ID,First Name,Last Name,Email,Phone Number,Lifecycle Stage,Associated Company", "import:hubspot")]
    [InlineData("Contact Id,First Name,Last Name,Phone,Email,Business Name,DND,Tags", "import:highlevel")]
    [InlineData("record_id,first_name,E-MAIL", "import:crm")]
    public async Task The_source_is_told_by_its_header(string header, string source)
    {
        await using var w = await WorldAsync();
        Assert.Equal(source, (await w.TakeAsync(header + "\n")).Columns.Source);
    }

    [Fact]
    public async Task A_dry_run_counts_the_same_and_writes_nothing()
    {
        await using var w = await WorldAsync();
        var file = w.File("x.csv", File(Row(email: "a@a.example"), Row(email: "a@a.example"), Row(email: "a@a.example", title: "CEO"), Row(first: "B", email: "b@b.example", dnc: "yes"), Row(first: "", email: "no")));
        var seen = new List<ImportProgress>();
        var before = await w.PictureAsync();
        var trial = await w.Import.ImportAsync(file, null, dryRun: true, new Listener(seen));
        Assert.True(trial.IsDryRun);
        Assert.Equal((2, 1, 1, 1), (trial.Created, trial.Updated, trial.Duplicate, trial.Rejected));
        Assert.Equal(before, await w.PictureAsync());
        Assert.Equal(0, await w.CountAsync("import_row"));
        Assert.Equal(0, await w.CountAsync("suppression"));
        Assert.Equal(new ImportProgress(5, 5), seen[^1]);
        var real = await w.Import.ImportAsync(file, null, dryRun: false);
        Assert.Equal((2, 1, 1, 1), (real.Created, real.Updated, real.Duplicate, real.Rejected));
    }

    [Fact]
    public async Task An_import_that_stops_half_way_can_be_taken_back_or_gone_on_with()
    {
        await using var w = await WorldAsync();
        var file = w.File("x.csv", File([.. Enumerable.Range(0, 180).Select(i => Row(first: $"P{i}", email: $"p{i}@a{i}.example"))]));
        using var stop = new CancellationTokenSource();
        var seen = new List<ImportProgress>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => w.Import.ImportAsync(file, null, dryRun: false, new Listener(seen, p => { if (p.RowsDone >= 60) stop.Cancel(); }), stop.Token));
        var had = await w.CountAsync("lead");
        Assert.InRange(had, 60, 120);

        var batch = (await w.OneAsync("select id from import_batch"))!;
        var rest = await w.Import.ImportAsync(file, null, dryRun: false);
        Assert.Equal((180 - (int)had, (int)had), (rest.Created, rest.Duplicate));
        var undo = await w.Import.UndoAsync(batch, "test");
        Assert.Equal(had, undo.Deleted);
        Assert.Equal(180, (await w.Import.ImportAsync(file, null, dryRun: false)).Created + (int)await w.CountAsync("lead") - (int)had);
    }

    private sealed class Listener(List<ImportProgress> seen, Action<ImportProgress>? then = null) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            seen.Add(value);
            then?.Invoke(value);
        }
    }
}
