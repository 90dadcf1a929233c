using System.CommandLine;
using Meridian.Adapters.Sql;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Host;
using Meridian.Host.Commands;
using Meridian.Host.Doctor;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>The verbs an owner stops with, and those about one person, on a folder of their own.</summary>
public sealed class OwnersVerbsTests : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("meridian-verbs-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(path, recursive: true);

    [Theory]
    [InlineData("engine", null, "PAUSED since", "meridian resume")]
    [InlineData("campaign", "cam_main", "PAUSED campaign cam_main Main since", "meridian resume campaign cam_main")]
    [InlineData("sender", "a@mail.example", "PAUSED sender snd_mail a@mail.example since", "meridian resume sender snd_mail")]
    [InlineData("lead", "led_1", "PAUSED person led_1 Ann Abbott since", "meridian resume lead led_1")]
    [InlineData("lead", "ann@people.example", "PAUSED person led_1 Ann Abbott since", "meridian resume lead led_1")]
    [InlineData("lead", "(202) 555-0142", "PAUSED person led_1 Ann Abbott since", "meridian resume lead led_1")]
    [InlineData("lead", "Ann Abbott", "PAUSED person led_1 Ann Abbott since", "meridian resume lead led_1")]
    public async Task What_is_paused_is_said_with_how_to_go_on(string what, string? which, string says, string resume)
    {
        await SetUpAsync();
        Assert.Equal(ExitCodes.Ok, await RunAsync(PauseCommand.Create(pause: true), which is null ? [what] : [what, which]));
        var stopped = Assert.Single(await StoppedAsync());
        Assert.StartsWith(says, stopped.Says);
        Assert.Equal(resume, stopped.Resume);
        Assert.Equal(ExitCodes.Ok, await RunAsync(PauseCommand.Create(pause: false), resume.Split(' ')[2..]));
        Assert.Empty(await StoppedAsync());
    }

    [Fact]
    public async Task After_kill_it_is_said_that_everything_is_stopped()
    {
        await SetUpAsync();
        await RunAsync(KillCommand.Create());
        var stopped = Assert.Single(await StoppedAsync());
        Assert.StartsWith("STOPPED by kill since", stopped.Says);
        Assert.Equal("meridian resume", stopped.Resume);
    }

    [Theory]
    [InlineData("campaign", "there is no campaign 'x'; there is cam_main (Main)")]
    [InlineData("sender", "there is no sender 'x'; there is snd_mail (a@mail.example)")]
    [InlineData("search", "there is no search 'x'; there is no search at all")]
    [InlineData("lead", "nobody here is 'x'")]
    public async Task A_name_that_nothing_has_is_answered_with_those_there_are(string what, string said)
    {
        await SetUpAsync();
        Assert.StartsWith(said, (await Assert.ThrowsAsync<UsageException>(() => RunAsync(PauseCommand.Create(pause: true), what, "x"))).Message);
        Assert.Empty(await StoppedAsync());
    }

    [Fact]
    public async Task Why_takes_a_name_and_lists_several_who_have_it()
    {
        await SetUpAsync();
        Assert.Equal(ExitCodes.Ok, await RunAsync(WhyCommand.Create(), "Ann Abbott"));
        var several = await Assert.ThrowsAsync<UsageException>(() => RunAsync(WhyCommand.Create(), "abbott"));
        Assert.Equal("'abbott' may be 2 people: led_1 Ann Abbott, led_2 Bob Abbott; give one of these ids", several.Message);
        Assert.StartsWith("nobody here is 'Zoe'", (await Assert.ThrowsAsync<UsageException>(() => RunAsync(WhyCommand.Create(), "Zoe"))).Message);
    }

    [Fact]
    public async Task The_dry_run_of_an_erasure_says_that_a_legal_hold_stops_it_and_what_would_happen_all_the_same()
    {
        await SetUpAsync();
        await using var folder = await OpenAsync();
        Assert.True((await EraseCommand.WouldAsync(folder, "led_1")).CanBe);
        await new SqlRecords(folder.Store, folder.Ids).PlaceHoldAsync("led_1", "Abbott v. Example", "ann", folder.Clocks.Now);
        var (says, canBe) = await EraseCommand.WouldAsync(folder, "led_1");
        Assert.False(canBe);
        Assert.Contains("legal hold", says[1]);
        Assert.Contains("Abbott v. Example", says[1]);
        Assert.Contains("meridian legal-hold led_1 --lift", says[1]);
        Assert.Contains("would erase nothing, but it would opt them out", says[2]);
    }

    [Theory]
    [InlineData("", "", "NOBODY who wants no more mail is heard")]
    [InlineData(""","publicUrl":"https://reach.example.com" """, "", "only the link in each letter opts anybody out")]
    [InlineData("", ""","imap":{"host":"imap.example"}""", null)]
    public async Task Doctor_says_when_nobody_reads_the_replies_to_a_mailbox(string owner, string mailbox, string? said)
    {
        await File.WriteAllTextAsync(Path.Combine(path, "meridian.json"), $$"""
            {"owner":{"sellerName":"Example LLC","postalAddress":"1 Example Way","ownerEmail":"owner@example.com"{{owner}}},"mailboxes":[{"address":"ann@example.com","host":"mail.example"{{mailbox}}},{"address":"here@example.com","host":"127.0.0.1"}]}
            """, Cancelled);
        var found = await Examination.RunAsync(path, "settings", new Clocks(TimeProvider.System, TimeProvider.System), Cancelled);
        if (said is null)
        {
            Assert.All(found, f => Assert.True(f.Finding.Passed, f.Finding.Found));
            return;
        }

        var finding = Assert.Single(found, f => !f.Finding.Passed).Finding;
        Assert.Contains("nobody reads the replies to ann@example.com:", finding.Found);
        Assert.Contains(said, finding.Found);
        Assert.Contains("imap", finding.Fix);
    }

    private async Task<IReadOnlyList<StoppedThing>> StoppedAsync()
    {
        await using var folder = await OpenAsync();
        return await WhatIsStopped.ReadAsync(folder);
    }

    private Task<DataFolder> OpenAsync() => DataFolder.OpenAsync(new DirectoryInfo(path), mustExist: false, Cancelled);

    private Task<int> RunAsync(Command command, params string[] arguments) =>
        command.Parse([.. arguments, "--data", path]).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, Cancelled);

    private async Task SetUpAsync()
    {
        await using var folder = await OpenAsync();
        var now = folder.Clocks.Now;
        var setup = new SqlSetup(folder.Store, folder.Ids);
        var policy = await setup.KeepOwnerAsync(new OwnerSettings { SellerName = "Example LLC", PostalAddress = "1 Example Way", OwnerEmail = "owner@example.com" }, "test", now);
        await setup.KeepCampaignAsync("cam_main", "Main", SopSequence.Default, "America/New_York", 100, now, now);
        await setup.KeepSenderAsync("cam_main", new NewSender("snd_mail", Channel.Email, "a@mail.example", null, null, "America/New_York", 0, 20, 20, null), policy, now);
        await setup.KeepDesksAsync(now);
        await folder.Store.WriteAsync(async s =>
        {
            foreach (var (id, kind) in new[] { ("+12025550142", "phone"), ("ann@people.example", "email") }) await s.ExecuteAsync("insert into address_key (id, kind) values (@id, @kind)", new { id, kind });
            foreach (var (lead, first) in new[] { ("led_1", "Ann"), ("led_2", "Bob") }) await s.ExecuteAsync("insert into lead (id, first_name, last_name, state, country, created_at) values (@lead, @first, 'Abbott', 'NY', 'US', @now)", new { lead, first, now });
            foreach (var (address, kind, role) in new[] { ("+12025550142", "phone", "mobile"), ("ann@people.example", "email", "email") })
                await s.ExecuteAsync("insert into lead_address (lead_id, address_id, kind, role, attached_at) values ('led_1', @address, @kind, @role, @now)", new { address, kind, role, now });
        });
    }
}
