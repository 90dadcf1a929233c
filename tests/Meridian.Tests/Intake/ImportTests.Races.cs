using Meridian.Engine.Ledger;
using Xunit;

namespace Meridian.Tests.Intake;

// What happens while an import runs.
public abstract partial class ImportTests
{
    [Fact]
    public async Task An_opt_out_in_the_middle_of_an_import_reaches_whoever_the_import_attaches()
    {
        await using var w = await WorldAsync();
        string[] numbers = [.. Enumerable.Range(0, 8).Select(i => $"212-555-01{i:00}")];
        var file = w.File("x.csv", File([.. Enumerable.Range(0, 160).Select(i => Row(first: $"P{i}", email: $"p{i % 120}@a.example", mobile: numbers[i % 8], dnc: i % 40 == 7 ? "yes" : ""))]));
        var import = Task.Run(() => w.Import.ImportAsync(file, null, dryRun: false));
        var optOuts = Enumerable.Range(0, 5).Select(i => Task.Run(async () =>
        {
            await Task.Yield();
            await w.People.OptOutAsync(new OptOutOrder([$"+1212555010{i}", $"p{i * 20}@a.example"], null, "STOP", "sms", null, w.Now));
        }));
        await Task.WhenAll([import, .. optOuts]);
        AddsUp(await import);
        Assert.Equal(0, await w.CountAsync("""
            lead l join lead_address la on la.lead_id = l.id join address_key a on a.id = la.address_id
             where la.detached_at is null and a.suppressed_at is not null and l.opted_out_at is null
            """));
    }

    [Fact]
    public async Task Two_imports_of_one_file_at_once_create_everybody_once()
    {
        await using var w = await WorldAsync();
        var file = w.File("x.csv", File([.. Enumerable.Range(0, 90).Select(i => i % 3 == 0 ? Row(first: $"P{i}", mobile: $"212-555-01{i:00}", id: $"r{i}") : Row(first: $"P{i}", email: $"p{i}@a.example", company: "Acme"))]));
        var reports = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => w.Import.ImportAsync(file, null, dryRun: false))));
        Assert.All(reports, AddsUp);
        Assert.Equal(90, reports.Sum(r => r.Created));
        Assert.Equal(90, await w.CountAsync("lead"));
        Assert.Equal(0, await w.CountAsync("(select address_id from lead_address group by address_id having count(*) > 1) x"));
    }
}
