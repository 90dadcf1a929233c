using Meridian.Adapters.Sql;
using Meridian.Engine.Intake;
using Meridian.Engine.Ledger;
using Xunit;

namespace Meridian.Tests.Intake;

// Opt-outs, consents, and taking an import back.
public abstract partial class ImportTests
{
    private const string ConsentHeader = "First Name,Last Name,Email,Mobile Phone,Corporate Phone,AI Voice Consent,SMS Consent,Consent Date,Consent Seller,Consent Text Version,Consent Evidence";

    private static string Consent(string evidence = "https://forms.example/1", string voice = "yes", string sms = "TRUE", string date = "3/6/2026", string email = "ana@acme.example", string mobile = "212-555-0101") =>
        $"{ConsentHeader}\nAna,Lee,{email},{mobile},212-555-0100,{voice},{sms},{date},Example Growth LLC,2026-01,{evidence}\n";

    [Fact]
    public async Task A_do_not_call_suppresses_every_address_and_everybody_who_holds_one()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(File(Row(first: "Bob", last: "Ray", email: "bob@acme.example", mobile: "212-555-0101")));
        var bob = (await w.OneAsync("select id from lead"))!;
        await w.EnrolAsync(bob);
        var report = await w.TakeAsync(File(Row(email: "ana@acme.example", mobile: "212-555-0101", dnc: "True")));
        Assert.Equal((1, 3, 2), (report.Created, report.Suppressed, report.OptedOut));
        Assert.Equal(0, await w.CountAsync("lead where opted_out_at is null"));
        Assert.Equal(3, await w.CountAsync("touch where skipped_reason = 'opted_out'"));
        Assert.Equal(1, await w.CountAsync("enrollment where state = 'stopped'"));
        Assert.Equal(3, await w.CountAsync("suppression where source = 'import' and evidence = @e", new { e = $"{report.BatchId} line 2" }));
    }

    [Fact]
    public async Task A_do_not_call_survives_undo_and_is_noted_once()
    {
        await using var w = await WorldAsync();
        var file = File(Row(email: "ana@acme.example", mobile: "212-555-0101", dnc: "x"));
        var first = await w.TakeAsync(file);
        var again = await w.TakeAsync(file);
        Assert.Equal((0, 1, 0), (again.Updated, again.Duplicate, again.Suppressed));
        Assert.Equal(2, await w.CountAsync("suppression"));

        Assert.Equal(1, (await w.Import.UndoAsync(first.BatchId!, "owner")).Deleted);
        Assert.Equal((2, 2), ((int)await w.CountAsync("address_key where suppressed_at is not null"), (int)await w.CountAsync("suppression")));

        var innocent = await w.TakeAsync(File(Row(email: "ana@acme.example")));
        Assert.Equal((1, 1), (innocent.Created, innocent.OptedOut));
        Assert.Equal(0, await w.CountAsync("lead where opted_out_at is null"));
    }

    [Fact]
    public async Task A_do_not_call_without_an_address_still_reaches_the_person_the_source_means()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(File(Row(email: "ana@acme.example", id: "r1")));
        var report = await w.TakeAsync(File(Row(email: "", id: "r1", dnc: "yes"), Row(first: "Nobody", id: "r9", dnc: "yes")));
        Assert.Equal((1, 1), (report.Updated, report.Rejected));
        Assert.Equal(1, await w.CountAsync("address_key where suppressed_at is not null"));
        Assert.Equal(1, await w.CountAsync("lead where opted_out_at is not null"));
    }

    [Fact]
    public async Task Attaching_a_suppressed_address_opts_the_person_out()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(File(Row(email: "ana@acme.example")));
        var ana = (await w.OneAsync("select id from lead"))!;
        await w.EnrolAsync(ana);
        var revision = long.Parse((await w.OneAsync("select cast(revision as text) from lead"))!);
        await w.People.OptOutAsync(new OptOutOrder(["+12125550101"], null, "STOP", "sms", null, w.Now));

        var report = await w.TakeAsync(File(Row(email: "ana@acme.example", mobile: "212-555-0101"), Row(first: "Eve", email: "eve@eve.example", mobile: "212-555-0101")));
        Assert.Equal((1, 1, 2), (report.Updated, report.Created, report.OptedOut));
        Assert.Equal(2, await w.CountAsync("lead where opted_out_at is not null"));
        Assert.Equal(3, await w.CountAsync("touch where skipped_reason = 'opted_out'"));
        Assert.True(long.Parse((await w.OneAsync("select cast(revision as text) from lead where id = @ana", new { ana }))!) > revision);
        Assert.Contains(report.Warnings, x => x.Text.Contains("never contacted"));
    }

    [Theory]
    [InlineData(false)] // known before: what they hold is closed with it
    [InlineData(true)]
    public async Task Whoever_said_no_by_one_address_does_not_come_back_under_another_whether_known_then_or_not(bool saidItFirst)
    {
        await using var w = await WorldAsync();
        if (saidItFirst) await w.People.OptOutAsync(new OptOutOrder(["bob@acme.example"], null, "wrote so", "email", null, w.Now));
        var first = await w.TakeAsync(File(Row(first: "Bob", last: "Ray", email: "bob@acme.example", mobile: "212-555-0101")));
        if (!saidItFirst) await w.People.OptOutAsync(new OptOutOrder(["bob@acme.example"], null, "wrote so", "email", null, w.Now));
        else Assert.Contains(first.Warnings, x => x.Text.Contains("never contacted"));
        await w.TakeAsync(File(Row(first: "Bob", last: "Ray", email: "bob@home.example", mobile: "212-555-0101")));
        Assert.Equal(2, await w.CountAsync("lead where opted_out_at is not null"));
        Assert.Equal(["+12125550101", "bob@acme.example", "bob@home.example"], await w.RowsAsync<string>("select id from address_key where suppressed_at is not null order by id"));
        Assert.Empty(await VerifyLedger.RunAsync(w.Store));
    }

    [Fact]
    public async Task A_suppressed_address_found_at_somebody_closes_whatever_they_share()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(File(Row(first: "Ana", last: "Ray", email: "ana@acme.example", mobile: "212-555-0101"), Row(first: "Bob", last: "Ray", email: "bob@acme.example", mobile: "212-555-0102")));
        var ana = (await w.OneAsync("select id from lead where first_name = 'Ana'"))!;
        await w.EnrolAsync(ana);
        await w.People.OptOutAsync(new OptOutOrder(["+12125550103"], null, "STOP", "sms", null, w.Now));
        var report = await w.TakeAsync(File(Row(first: "Bob", last: "Ray", email: "bob@acme.example", mobile: "212-555-0101"), Row(first: "Bob", last: "Ray", email: "bob@acme.example", mobile: "212-555-0103")));
        Assert.Equal(2, report.Updated);
        Assert.Equal(2, await w.CountAsync("lead where opted_out_at is not null"));
        Assert.Equal(1, await w.CountAsync("enrollment where state = 'stopped'"));
        Assert.Empty(await VerifyLedger.RunAsync(w.Store));
    }

    [Fact]
    public async Task A_do_not_call_for_a_company_line_alone_closes_the_line_though_nobody_is_made_of_it()
    {
        await using var w = await WorldAsync();
        var report = await w.TakeAsync("First Name,Last Name,Email,Corporate Phone,Do Not Call\nAna,Lee,,212-555-0100,true\n");
        Assert.Equal((0, 1), (report.Created, report.Rejected));
        Assert.Equal(1, await w.CountAsync("address_key where id = '+12125550100' and suppressed_at is not null"));
    }

    [Fact]
    public async Task A_no_said_after_an_import_survives_its_undo_whatever_addresses_the_mended_file_brings()
    {
        await using var w = await WorldAsync();
        var report = await w.TakeAsync(File(Row(email: "wrong@acme.example", id: "42")));
        var ana = (await w.OneAsync("select id from lead"))!;
        w.Time.Advance(TimeSpan.FromMinutes(1));
        await w.People.OptOutAsync(new OptOutOrder([], ana, "do-not-disturb in the CRM", "highlevel", null, w.Now));
        var undo = await w.Import.UndoAsync(report.BatchId!, "owner");
        Assert.Equal((0, 1), (undo.Deleted, undo.Detached));
        Assert.Contains("opted out", Assert.Single(undo.Kept).Text);

        await w.TakeAsync(File(Row(email: "ana@acme.example", mobile: "212-555-0101", id: "42")));
        Assert.Equal(0, await w.CountAsync("lead where opted_out_at is null"));
        Assert.Equal(3, await w.CountAsync("address_key where suppressed_at is not null"));
    }

    [Fact]
    public async Task A_consent_is_recorded_only_when_it_is_whole_and_attested()
    {
        await using var w = await WorldAsync();
        var claimed = await w.TakeAsync(Consent());
        Assert.Equal((0, 2), (claimed.ConsentsRecorded, claimed.ConsentsClaimed));
        Assert.Equal(["not attested", "not attested"], await w.RowsAsync<string>("select missing from consent"));

        var noEvidence = await w.TakeAsync(Consent(evidence: "", email: "bob@b.example", mobile: "212-555-0102"), "Ada Owner");
        Assert.Equal((0, 2), (noEvidence.ConsentsRecorded, noEvidence.ConsentsClaimed));
        Assert.Equal(2, await w.CountAsync("consent where missing = 'no evidence reference' and attested_by is null"));

        var whole = await w.TakeAsync(Consent(sms: "no", email: "cy@c.example", mobile: "212-555-0103"), "Ada Owner");
        Assert.Equal((1, 0), (whole.ConsentsRecorded, whole.ConsentsClaimed));
        Assert.Equal("recorded call Ada Owner 2026-03-06", await w.OneAsync("select status || ' ' || channel || ' ' || attested_by || ' ' || given_on from consent where address_id = '+12125550103'"));
        Assert.Contains("Ada Owner states", await w.OneAsync("select attestation from import_batch where id = @b", new { b = whole.BatchId }));
        Assert.Equal(0, await w.CountAsync("consent where address_id = '+12125550100'")); // never for a company line
    }

    [Fact]
    public async Task An_attested_import_completes_a_claim_and_makes_the_waiting_call_due()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(Consent());
        var ana = (await w.OneAsync("select id from lead"))!;
        await w.EnrolAsync(ana);
        var report = await w.TakeAsync(Consent(sms: ""), "Ada Owner");
        Assert.Equal((1, 1, 0), (report.Updated, report.ConsentsRecorded, report.ConsentsClaimed));
        Assert.Equal(2, await w.CountAsync("consent"));
        Assert.Equal(1, await w.CountAsync("touch where channel = 'call' and parked_reason is null and due_at = @now", new { now = w.Now }));
        Assert.Equal(1, await w.CountAsync("touch where channel = 'text' and parked_reason = 'no_legal_basis'"));
        Assert.Equal((0, 1), ((await w.TakeAsync(Consent(sms: ""), "Ada Owner")).Updated, (await w.TakeAsync(Consent())).Duplicate));

        var undo = await w.Import.UndoAsync(report.BatchId!, "owner");
        Assert.Empty(undo.Kept);
        Assert.Equal(2, await w.CountAsync("consent where status = 'claimed' and missing = 'not attested'"));
    }

    [Fact]
    public async Task A_consent_the_person_took_back_is_not_revived_by_an_old_file()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(Consent(sms: ""), "Ada Owner");
        await w.RunAsync("update consent set status = 'withdrawn', withdrawn_at = @now", new { now = w.Now });
        var old = await w.TakeAsync(Consent(sms: ""), "Ada Owner");
        Assert.Equal((1, 0), (old.Duplicate, old.ConsentsRecorded));
        Assert.Contains(old.Warnings, x => x.Text.Contains("withdrawn"));
        Assert.Equal(1, (await w.TakeAsync(Consent(sms: "", date: "2026-11-30"), "Ada Owner")).ConsentsRecorded);
    }

    [Fact]
    public async Task Undo_puts_everything_back_and_the_same_file_works_as_new()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(File(Row(email: "ana@acme.example")));
        var before = await w.PictureAsync();
        var text = $"{ConsentHeader},Title,Website,Record Id\nAna,Lee,ana@acme.example,212-555-0101,,yes,,,S,1,e,CEO,acme.example,r1\nBob,Ray,bob@b.example,212-555-0102,,yes,yes,,S,1,e,,,r2\nBob,Ray,bob@b.example,,,,,,,,,CFO,,r3\n";
        var report = await w.TakeAsync(text, "Ada Owner");
        Assert.Equal((1, 2, 0), (report.Created, report.Updated, report.Duplicate));

        var undo = await w.Import.UndoAsync(report.BatchId!, "owner");
        Assert.Equal((1, 0, 3), (undo.Deleted, undo.Detached, undo.ConsentsWithdrawn));
        Assert.Empty(undo.Kept);
        Assert.Equal(before.Split("-- select id")[0], (await w.PictureAsync()).Split("-- select id")[0]);
        Assert.True((await w.Import.UndoAsync(report.BatchId!, "owner")).WasUndone);
        Assert.Equal(1, await w.CountAsync("audit where verb = 'undo-import' and actor = 'owner'"));

        var anew = await w.TakeAsync(text, "Ada Owner");
        Assert.Equal((report.Created, report.Updated, report.ConsentsRecorded), (anew.Created, anew.Updated, anew.ConsentsRecorded));
    }

    [Fact]
    public async Task Undo_keeps_what_somebody_changed_later_and_says_so()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(File(Row(email: "ana@acme.example")));
        var report = await w.TakeAsync(File(Row(email: "ana@acme.example", title: "CEO", city: "Austin"), Row(first: "Bob", email: "bob@b.example"), Row(first: "Cy", email: "cy@c.example")));
        await w.RunAsync("update lead set title = 'Chair' where first_name = 'Ana'");
        await w.RunAsync("update lead set title = 'CFO' where first_name = 'Bob'");
        var later = await w.TakeAsync(File(Row(first: "Cy", email: "cy@c.example", mobile: "212-555-0103")));
        Assert.Equal(1, later.Updated);

        var undo = await w.Import.UndoAsync(report.BatchId!, "owner");
        Assert.Equal((0, 1, 1), (undo.Deleted, undo.Detached, undo.Restored));
        Assert.Equal([2, 3, 4], undo.Kept.Select(k => k.Line));
        Assert.Equal("Chair|", await w.OneAsync("select title || '|' || coalesce(city, '') from lead where first_name = 'Ana'"));
        Assert.Equal(1, await w.CountAsync("lead where first_name = 'Cy' and detached_at is null")); // the later import wants him
    }

    [Fact]
    public async Task Undo_detaches_whoever_was_contacted_and_nobody_is_ever_two_people()
    {
        await using var w = await WorldAsync();
        var file = File(Row(email: "ana@acme.example"), Row(first: "Bob", email: "bob@b.example"));
        var report = await w.TakeAsync(file);
        var ana = (await w.OneAsync("select id from lead where first_name = 'Ana'"))!;
        var bob = (await w.OneAsync("select id from lead where first_name = 'Bob'"))!;
        await w.EnrolAsync(ana);
        await w.EnrolAsync(bob);
        await w.BeginAsync($"tch_email_{ana}");

        var undo = await w.Import.UndoAsync(report.BatchId!, "owner");
        Assert.Equal((1, 1), (undo.Deleted, undo.Detached));
        Assert.Equal([ana], await w.RowsAsync<string>("select id from lead where detached_at is not null"));
        Assert.Equal(2, await w.CountAsync("touch where skipped_reason = 'import_undone'"));
        Assert.Equal(0, await w.CountAsync("enrollment where state = 'active'"));

        var again = await w.TakeAsync(file);
        Assert.Equal((1, 1), (again.Created, again.Updated));
        Assert.Equal(1, await w.CountAsync("lead_address where address_id = 'ana@acme.example'"));
        Assert.Contains(again.Warnings, x => x.Text.Contains("contacted before"));
    }

    [Fact]
    public async Task An_unknown_batch_cannot_be_undone()
    {
        await using var w = await WorldAsync();
        await Assert.ThrowsAsync<ImportFileException>(() => w.Import.UndoAsync("imp_nowhere", "owner"));
    }
}
