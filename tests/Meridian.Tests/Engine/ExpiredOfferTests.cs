using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Checks;
using Meridian.Engine.Dispatch;
using Meridian.Tests.Ledger;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Engine;

public class ExpiredOfferTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task An_offer_past_its_life_is_ended_by_whoever_meets_it_and_the_walk_is_planned_anew(int seconds)
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        await world.AddPersonAsync("ann");
        var touch = await world.OfferAsync("ann", Channel.Email);
        await world.ExecuteAsync("update touch set expires_at = @at", new { at = LedgerWorld.Now + Duration.FromSeconds(seconds) });
        // No fence and no transport: had it gone on, it would have met a null.
        var clocks = new Clocks(new FakeTimeProvider(LedgerWorld.Now.ToDateTimeOffset()), TimeProvider.System);
        var turn = new DispatchTurn(world.Facts, world.Ledger, new Picker(world.Facts), null!, null!, null!, clocks, new DispatchOptions(), Capabilities.Unasked());
        await turn.TakeAsync(LedgerWorld.Mailbox, default);

        Assert.Equal("skipped", await world.TextAsync("select state from touch where id = @touch", new { touch }));
        Assert.Equal("expired", await world.TextAsync("select skipped_reason from touch where id = @touch", new { touch }));
        Assert.Equal(1, await world.CountAsync("select count(*) from enrollment where lead_id = 'ann' and plan_at <= @Now", new { LedgerWorld.Now }));
    }
}
