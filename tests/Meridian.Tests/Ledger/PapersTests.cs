using Meridian.Adapters.Sql;
using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Host.Demo;
using Meridian.Host.Preview;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Meridian.Tests.Ledger;

public class PapersTests
{
    [Fact]
    public async Task A_paper_that_is_entered_frees_those_who_consented_in_that_state_and_nobody_else()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        foreach (var (lead, state) in new[] { ("tess", "TX"), ("olga", "OH"), ("tim", "TX") })
        {
            await world.AddPersonAsync(lead);
            var touch = await world.OfferAsync(lead, Channel.Call);
            await world.ExecuteAsync("update touch set window_key = @key, parked_reason = 'no_legal_basis' where id = @touch", new { key = $"call|America/Chicago|{state}", touch });
        }

        await world.ExecuteAsync("update consent set status = 'claimed' where lead_id = 'tim'");
        var revision = (await world.Facts.SenderAsync(LedgerWorld.Caller1, LedgerWorld.Now))!.Sender.Revision;
        var setup = new SqlSetup(world.Store, world.Ids);
        var owner = await world.Facts.SettingsAsync();
        await setup.KeepOwnerAsync(owner with { Law = owner.Law with { Permits = [.. PracticePapers.All.Permits.Where(p => p.State != "TX"), new StatePaper { State = "TX", Number = "55-1" }] } }, "test", LedgerWorld.Now);

        Assert.Equal("olga,tim", await world.TextAsync("select group_concat(lead_id, ',') from (select lead_id from touch where parked_reason = 'no_legal_basis' order by lead_id)"));
        Assert.True((await world.Facts.SenderAsync(LedgerWorld.Caller1, LedgerWorld.Now))!.Sender.Revision > revision, "what was judged by the old papers begins nothing");
        Assert.Equal("55-1", (await world.Facts.SettingsAsync()).Law.Permit("TX")!.Number);
    }

    [Fact]
    public async Task A_check_of_reassigned_numbers_opens_Maine_for_its_days_and_the_owner_hears_before_they_are_over()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        var clock = new FakeTimeProvider(LedgerWorld.Now.ToDateTimeOffset());
        var clocks = new Clocks(clock, clock);
        var upkeep = SendingDesks.On(world, world.Store, new PreviewTransports(), clocks, new SeededChance(1)).Upkeep;
        await world.AddPersonAsync("mae");
        var touch = await world.OfferAsync("mae", Channel.Call);
        await world.ExecuteAsync("update touch set window_key = 'call|America/New_York|ME', parked_reason = 'no_legal_basis' where id = @touch", new { touch });

        await CheckedAsync();
        Assert.Null((await world.Facts.TouchAsync(touch))!.ParkedReason); // it is judged again
        await LookAfterAsync(27, incidents: 0);
        await LookAfterAsync(3, incidents: 1);
        await LookAfterAsync(3, incidents: 1);
        await CheckedAsync();
        await LookAfterAsync(0, incidents: 0);

        async Task CheckedAsync()
        {
            var owner = await world.Facts.SettingsAsync();
            await new SqlSetup(world.Store, world.Ids).KeepOwnerAsync(owner with { Law = PracticePapers.On(clocks.Now.InUtc().Date) }, "test", clocks.Now);
        }

        async Task LookAfterAsync(int days, int incidents)
        {
            clock.Advance(TimeSpan.FromDays(days));
            await upkeep.TakeAsync("all", default);
            Assert.Equal(incidents, await world.CountAsync("select count(*) from incident where kind = 'reassigned-numbers-old' and closed_at is null"));
        }
    }
}
