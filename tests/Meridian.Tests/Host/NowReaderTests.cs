using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Host.Dashboard;
using Meridian.Tests.Ledger;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>On a real ledger, Monday 2026-11-16 at 09:00 Eastern.</summary>
public class NowReaderTests
{
    private readonly FakeTimeProvider clock = new(LedgerWorld.Now.ToDateTimeOffset());
    private readonly FakeTimeProvider machine = new(LedgerWorld.Now.ToDateTimeOffset());

    [Fact]
    public async Task The_strip_says_of_each_zone_what_time_it_is_there_and_until_when_it_is_open_or_closed()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        var zones = (await Reader(world).ReadAsync()).Zones;
        Assert.Equal(
            ["Eastern 09:00 open until 18:00", "Central 08:00 open until 18:00", "Mountain 07:00 closed until 08:00", "Arizona 07:00 closed until 08:00", "Pacific 06:00 closed until 08:00", "Alaska 05:00 closed until 08:00", "Hawaii 04:00 closed until 08:00"],
            zones.Select(z => $"{z.Name} {z.Local:HH:mm} {z.Standing}"));
    }

    [Fact]
    public void In_summer_Arizona_keeps_its_clock_and_Hawaii_is_six_hours_behind()
    {
        var zones = ZoneGlance.All(new OwnerSettings(), Instant.FromUtc(2026, 7, 15, 15, 30)).ToDictionary(z => z.Name, z => $"{z.Local:HH:mm} {z.Standing}");
        Assert.Equal("09:30 open until 18:00", zones["Mountain"]);
        Assert.Equal("08:30 open until 18:00", zones["Arizona"]);
        Assert.Equal("05:30 closed until 08:00", zones["Hawaii"]);
    }

    [Fact]
    public void A_holiday_is_named_and_the_next_working_day_too()
    {
        var eastern = ZoneGlance.All(new OwnerSettings(), Instant.FromUtc(2026, 11, 26, 15, 0))[0];
        Assert.False(eastern.IsOpen);
        Assert.StartsWith("closed until Fri 08:00, Thanksgiving Day", eastern.Standing);
    }

    [Fact]
    public async Task The_window_that_closes_soonest_comes_first_and_senders_slots_are_given_out_one_by_one()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        await world.ExecuteAsync("update sender set gap_seconds = 180");
        foreach (var (lead, window) in new[] { ("c1", "call|America/Chicago|WI"), ("n1", "call|America/New_York|NY"), ("n2", "call|America/New_York|NY"), ("h1", "call|Pacific/Honolulu|HI") }) await OfferAsync(world, lead, window);

        var next = (await Reader(world).ReadAsync()).Next;

        Assert.Equal(["n1 09:00 until 18:00", "n2 09:00 until 18:00", "c1 09:03 until 18:00", "h1 13:00 opens 08:00"], next.Select(n => $"{n.LeadId} {Eastern(n.Expected)} {n.Short}"));
        Assert.Equal("the window closes Mon 18:00 in New York, the soonest to close goes first; priority 2", next[0].Because);
        Assert.Equal("the window closes Mon 18:00 in Chicago, the soonest to close goes first; +12025550101 has its next slot then; priority 2", next[2].Because);
        Assert.Equal("the window opens Mon 08:00 in Honolulu; priority 2", next[3].Because);
    }

    [Fact]
    public async Task An_offer_that_is_not_due_waits_for_its_time_and_a_sender_that_has_had_its_day_for_the_next()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        await OfferAsync(world, "later", "always", Channel.Email, LedgerWorld.Now + Duration.FromMinutes(20));
        var later = Assert.Single((await Reader(world).ReadAsync()).Next);
        Assert.Equal(("09:20", "not yet due"), (Eastern(later.Expected), later.Short));

        await world.ExecuteAsync("insert into sender_day (sender_id, day, begun) values (@Mailbox, @Today, 1000)", new { LedgerWorld.Mailbox, LedgerWorld.Today });
        var full = Assert.Single((await Reader(world).ReadAsync()).Next);
        Assert.Equal(Instant.FromUtc(2026, 11, 17, 5, 0), full.Expected);
        Assert.Equal("day is full", full.Short);
    }

    [Fact]
    public async Task Paused_senders_and_campaigns_promise_nothing()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        await OfferAsync(world, "ann", "always", Channel.Email);
        await new SqlPauses(world.Store, world.Ids).SetCampaignAsync(LedgerWorld.Campaign, paused: true, "test", LedgerWorld.Now);
        Assert.Empty((await Reader(world).ReadAsync()).Next);
    }

    [Fact]
    public async Task What_was_begun_is_counted_and_told_with_its_outcome_the_newest_first()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        await OfferAsync(world, "ann", "always", Channel.Email);
        await OfferAsync(world, "bob", "call|America/New_York|NY");
        Assert.Null((await world.BeginAsync(LedgerWorld.Mailbox, "tch_ann_email_1")).Loss);
        Assert.Null((await world.BeginAsync(LedgerWorld.Caller1, "tch_bob_call_1")).Loss);
        await world.ExecuteAsync("update touch set state = 'sent', disposition = 'no_answer', closed_at = @at, begun_at = @at where id = 'tch_bob_call_1'", new { at = LedgerWorld.Now + Duration.FromSeconds(1) });

        var now = await Reader(world).ReadAsync();

        Assert.Equal(["bob call no answer", "ann email being sent"], now.Last.Select(l => $"{l.LeadId} {l.Channel} {l.Outcome}"));
        Assert.Equal(["people found 2 below", "e-mails 1 below", "texts 0 below", "calls 1 below"], now.Today.Select(t => $"{t.Name} {t.Done} {t.Standing}"));
        Assert.Equal(1, now.InTheAir);
        Assert.Equal((0.1m, 1000m), (now.Spent, now.Budget));
    }

    [Fact]
    public async Task A_pause_an_incident_and_a_desk_that_is_late_are_said()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        Assert.Equal("RUNNING", (await Reader(world).ReadAsync()).Standing);

        clock.Advance(TimeSpan.FromMinutes(6));
        var late = await Reader(world).ReadAsync();
        Assert.Equal($"{late.Desks.Count} DESKS LATE", late.Standing);

        await world.People.OpenIncidentAsync("mail-blocked", "snd_1", "a mail server refuses us", LedgerWorld.Now);
        await new SqlPauses(world.Store, world.Ids).PauseEngineAsync("test", LedgerWorld.Now);
        var paused = await Reader(world).ReadAsync();
        Assert.Equal("PAUSED: nothing begins", paused.Standing);
        Assert.Equal("mail-blocked", Assert.Single(paused.Incidents).Kind);
    }

    [Fact]
    public async Task A_desk_says_what_it_did_without_ids_and_is_named_after_what_it_sends()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        await world.ExecuteAsync("update desk set last_result = 'Email tch_01a1e48ffeac7000b0cce5888cf6797e: accepted' where kind = 'sender' and key = @Mailbox", new { LedgerWorld.Mailbox });
        await world.ExecuteAsync("update desk set last_result = 'overdue 0, calls looked at 2, settled 0' where kind = 'upkeep'");
        var desks = (await Reader(world).ReadAsync()).Desks;
        Assert.Equal("Email: accepted", Assert.Single(desks, d => d.Name == "e-mails").Did);
        Assert.Equal("calls looked at 2", Assert.Single(desks, d => d.Name == "upkeep").Did);
        Assert.Equal("a@mail.example", Assert.Single(desks, d => d.Name == "e-mails").Key);
    }

    [Fact]
    public async Task Somebody_is_found_by_any_part_of_the_name_and_a_percent_sign_is_only_a_sign()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        await world.AddPersonAsync("led_1");
        await world.ExecuteAsync("update lead set first_name = 'Ana', last_name = 'Abbott' where id = 'led_1'");
        var reports = new SqlReports(world.Store);
        Assert.Equal(["led_1"], await Meridian.Host.Why.WhoIsMeant.FindOrNameAsync(reports, "ana abb", 5));
        Assert.Equal(["led_1"], await Meridian.Host.Why.WhoIsMeant.FindOrNameAsync(reports, "LED_1@people.example", 5));
        Assert.Empty(await Meridian.Host.Why.WhoIsMeant.FindOrNameAsync(reports, "%%", 5));
    }

    private NowReader Reader(LedgerWorld world) => new(world.Store, world.Facts, world.Facts, new Clocks(clock, machine), () => 0);

    private static string Eastern(Instant at) => at.InZone(DateTimeZoneProviders.Tzdb["America/New_York"]).ToString("HH:mm", null);

    private static async Task OfferAsync(LedgerWorld world, string lead, string window, Channel channel = Channel.Call, Instant? due = null)
    {
        await world.AddPersonAsync(lead);
        var id = await world.OfferAsync(lead, channel, due: due);
        await world.ExecuteAsync("update touch set window_key = @window where id = @id", new { window, id });
    }
}
