using Xunit;

namespace Meridian.Tests.Intake;

// Who is who: created, merged, kept apart.
public abstract partial class ImportTests
{
    private const string Header = "First Name,Last Name,Title,Company Name,Email,Email Status,Primary Phone,Work Direct Phone,Mobile Phone,Corporate Phone,Do Not Call,Website,City,State,Country,Company Address,Record Id";

    private static string Row(
        string first = "Ana", string last = "Lee", string title = "", string company = "", string email = "", string status = "", string primary = "", string direct = "", string mobile = "",
        string corporate = "", string dnc = "", string website = "", string city = "", string state = "", string country = "US", string address = "", string id = "") =>
        string.Join(',', new[] { first, last, title, company, email, status, primary, direct, mobile, corporate, dnc, website, city, state, country, address, id }
            .Select(f => f.AsSpan().ContainsAny(',', '"', '\n') ? $"\"{f.Replace("\"", "\"\"")}\"" : f));

    private static string File(params string[] rows) => Header + "\r\n" + string.Join("\r\n", rows) + "\r\n";

    [Fact]
    public async Task Two_rows_with_one_mailbox_are_one_person_and_fill_each_other()
    {
        await using var w = await WorldAsync();
        var report = await w.TakeAsync(File(
            Row(email: "ana@acme.example", title: ""),
            Row(email: "  ANA@ACME.EXAMPLE ", title: "CEO", mobile: "(212) 555-0101"),
            Row(email: "ana@acme.example", title: "Owner")));
        Assert.Equal((1, 1, 1), (report.Created, report.Updated, report.Duplicate));
        Assert.Equal("CEO", await w.OneAsync("select title from lead"));
        Assert.Equal(2, await w.CountAsync("lead_address"));
    }

    [Fact]
    public async Task A_number_two_people_share_merges_nobody_and_a_second_import_still_creates_nobody()
    {
        await using var w = await WorldAsync();
        var file = File(
            Row(first: "Ana", last: "Lee", mobile: "212-555-0101"),
            Row(first: "Bob", last: "Ray", mobile: "212-555-0101"),
            Row(first: "Cy", last: "Dee", primary: "212 555 0102 ext. 12"),
            Row(first: "", last: "", primary: "212-555-0103"));
        Assert.Equal(4, (await w.TakeAsync(file)).Created);
        var again = await w.TakeAsync(file);
        Assert.Equal((0, 0, 4), (again.Created, again.Updated, again.Duplicate));
        Assert.Equal(1, await w.CountAsync("address_key where id = '+12125550101'"));
    }

    [Fact]
    public async Task A_number_of_ones_own_joins_rows_whose_names_agree_and_whose_mailboxes_do_not_contradict()
    {
        await using var w = await WorldAsync();
        var report = await w.TakeAsync(File(
            Row(first: "José", last: "García", mobile: "212-555-0101"),
            Row(first: "Jose", last: "GARCIA", mobile: "+1 212 555 0101", email: "jose@acme.example"),
            Row(first: "José", last: "García", mobile: "212-555-0101", email: "other@acme.example"),
            Row(first: "José", last: "García", mobile: "212-555-0101 x9")));
        Assert.Equal((3, 1), (report.Created, report.Updated)); // another mailbox and another extension are other people
    }

    [Fact]
    public async Task A_company_line_identifies_nobody_and_is_no_address_of_a_person()
    {
        await using var w = await WorldAsync();
        var report = await w.TakeAsync(File(
            Row(email: "ana@acme.example", corporate: "212-555-0100"),
            Row(email: "ana.lee@beta.example", corporate: "212-555-0100"),
            Row(corporate: "212-555-0100"),
            Row(first: "Eve", email: "eve@acme.example", corporate: "212-555-0100", mobile: "212-555-0100")));
        Assert.Equal((3, 1), (report.Created, report.Rejected));
        Assert.Contains("company line", report.RejectedRows[0].Reason);
        Assert.Contains(report.Warnings, x => x.Line == 5 && x.Text.Contains("company's line"));
        Assert.Equal(3, await w.CountAsync("lead_address where address_id = '+12125550100' and role = 'company'"));
    }

    [Fact]
    public async Task The_sources_id_finds_a_person_again_but_not_against_every_other_sign()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(File(Row(email: "ana@acme.example", id: "17", company: "Acme")));
        var second = await w.TakeAsync(File(
            Row(email: "ana.lee@acme.example", id: "17", company: "Acme"),
            Row(first: "Zed", last: "Qu", email: "zed@other.example", id: "17", company: "Other")));
        Assert.Equal((1, 1), (second.Updated, second.Created));
        Assert.Contains(second.Warnings, x => x.Text.Contains("record id 17"));
        Assert.Equal(2, await w.CountAsync("lead_address a join lead l on l.id = a.lead_id where l.first_name = 'Ana'"));
    }

    [Fact]
    public async Task What_is_known_is_not_overwritten_and_two_places_are_never_mixed()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(File(Row(email: "ana@acme.example", title: "CEO", city: "Austin", state: "Texas")));
        await w.TakeAsync(File(Row(email: "ana@acme.example", title: "Owner", state: "ME", address: "1 Main St, Bangor, ME 04401", country: "USA")));
        Assert.Equal("CEO|Austin|TX|", await w.OneAsync("select title || '|' || city || '|' || state || '|' || coalesce(street, '') from lead"));
    }

    [Fact]
    public async Task A_company_is_its_domain_whatever_it_calls_itself()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(File(
            Row(first: "A", email: "a@acme.example", company: "\"Acme\", est. 1987\nformerly Müller", website: "https://www.acme.example/about"),
            Row(first: "B", email: "b@acme.example", company: "ACME Inc."),
            Row(first: "C", email: "c@gmail.com", company: "Müller & Söhne"),
            Row(first: "D", email: "d@yahoo.com", company: "Muller & Sohne"),
            Row(first: "E", email: "e@gmail.com")));
        Assert.Equal(["acme.example", "mullersohne"], (await w.RowsAsync<string>("select natural_key from company order by natural_key")));
        Assert.Equal("\"Acme\", est. 1987\nformerly Müller", await w.OneAsync("select name from company where natural_key = 'acme.example'"));
        Assert.Equal(1, await w.CountAsync("lead where company_id is null"));
    }

    [Fact]
    public async Task The_company_address_tells_where_a_person_is_when_nothing_better_does()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(File(Row(email: "ana@acme.example", address: "8321 Hwy 9, Richmond, CA 94802", state: "calif.")));
        Assert.Equal("8321 Hwy 9, Richmond, CA 94802|94802|CA|US", await w.OneAsync("select street || '|' || postal_code || '|' || state || '|' || country from lead"));
    }

    [Fact]
    public async Task An_email_status_is_kept_as_the_source_says_it()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(File(Row(email: "a@a.example", status: "catch-all"), Row(first: "B", email: "b@b.example", status: "Extrapolated"), Row(first: "C", email: "c@c.example")));
        Assert.Equal(["Catch-all", "Extrapolated", null], await w.RowsAsync<string?>("select deliverability from lead_address order by address_id"));
        Assert.Equal(1, (await w.TakeAsync(File(Row(first: "C", email: "c@c.example", status: "VERIFIED")))).Updated);
    }

    [Fact]
    public async Task A_person_abroad_is_kept_but_a_number_abroad_is_not()
    {
        await using var w = await WorldAsync();
        var report = await w.TakeAsync(File(Row(email: "a@a.example", country: "Germany", mobile: "+44 20 7946 0958"), Row(first: "B", mobile: "+44 20 7946 0958")));
        Assert.Equal((1, 1), (report.Created, report.Rejected));
        Assert.Equal("Germany", await w.OneAsync("select country from lead"));
        Assert.Contains("outside the US", report.RejectedRows[0].Reason);
        Assert.Equal("Mobile Phone", report.RejectedRows[0].Field);
        Assert.Contains("left out", await w.OneAsync("select warnings from import_row where result = 'created'"));
    }

    [Fact]
    public async Task An_import_wakes_the_intake_desk()
    {
        await using var w = await WorldAsync();
        await w.RunAsync("insert into desk (kind, key, next_turn_at) values ('intake', 'all', @later)", new { later = w.Now + NodaTime.Duration.FromDays(9) });
        await w.TakeAsync(File(Row(email: "a@a.example")));
        Assert.Equal(1, await w.CountAsync("desk where next_turn_at <= @now", new { now = w.Now }));
    }

    [Fact]
    public async Task Learning_where_a_person_is_frees_the_call_that_waited_for_it()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(File(Row(email: "ana@acme.example", country: "")));
        var ana = (await w.OneAsync("select id from lead"))!;
        await w.EnrolAsync(ana);
        await w.RunAsync("update touch set parked_reason = 'zone_unknown', window_key = 'call||', zone_group = 'unknown' where channel = 'call'");
        var report = await w.TakeAsync(File(Row(email: "ana@acme.example", mobile: "212-555-0101", state: "NY")));
        Assert.Equal(1, report.Updated);
        Assert.Equal("call|America/New_York|NY America/New_York", await w.OneAsync("select window_key || ' ' || zone_group from touch where channel = 'call' and parked_reason is null"));
        Assert.Equal("text|America/New_York|NY no_legal_basis", await w.OneAsync("select window_key || ' ' || parked_reason from touch where channel = 'text'"));

        await w.Import.UndoAsync(report.BatchId!, "owner");
        Assert.Equal("call||", await w.OneAsync("select window_key from touch where channel = 'call'"));
    }

    [Fact]
    public async Task A_dry_run_meets_the_people_who_are_there()
    {
        await using var w = await WorldAsync();
        await w.TakeAsync(File(Row(email: "ana@acme.example", mobile: "212-555-0101"), Row(first: "Bob", last: "Ray", email: "bob@b.example", mobile: "212-555-0101", id: "r2"), Row(first: "Cy", email: "cy@c.example")));
        var file = w.File("next.csv", File(
            Row(email: "ana@acme.example"), Row(first: "Bob", last: "Ray", email: "bob.ray@b.example", id: "r2"), Row(first: "Dee", email: "dee@d.example", mobile: "212-555-0101", dnc: "yes"),
            Row(first: "Cy", email: "cy@c.example", title: "CEO")));
        var before = await w.PictureAsync();
        var trial = await w.Import.ImportAsync(file, null, dryRun: true);
        Assert.Equal(before, await w.PictureAsync());
        var real = await w.Import.ImportAsync(file, null, dryRun: false);
        Assert.Equal((1, 2, 1, 0, 5, 3), (real.Created, real.Updated, real.Duplicate, real.Rejected, real.Suppressed, real.OptedOut));
        Assert.Equal(real with { BatchId = null, RejectedRows = [], Warnings = [], Columns = null!, LiveCalls = [] }, trial with { RejectedRows = [], Warnings = [], Columns = null!, LiveCalls = [] });
    }
}
