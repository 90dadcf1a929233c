using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Adapters.Sql;
using Meridian.Engine.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Ledger;

public abstract partial class LedgerContract
{
    [Fact]
    public async Task The_database_itself_stops_a_fourth_touch_of_a_channel_in_a_day_whatever_the_code_does()
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann");
        for (var i = 1; i <= 5; i++) await world.OfferAsync("ann", Channel.Email, attempt: i);
        async Task BeginAsync(int attempt, string state, Duration after) => await world.ExecuteAsync(
            "update touch set state = @state, begun_at = @at, closed_at = @at, permit_id = @permit, sender_id = 'snd_mail_1' where id = @id",
            new { state, at = LedgerWorld.Now + after, permit = $"p{attempt}", id = $"tch_ann_email_{attempt}" });

        await BeginAsync(1, "sent", Duration.Zero);
        await BeginAsync(2, "failed", Duration.FromHours(1)); // proved not to have been sent
        await BeginAsync(3, "sent", Duration.FromHours(2));
        await BeginAsync(4, "unconfirmed", Duration.FromHours(3));
        var fourth = await Assert.ThrowsAnyAsync<Exception>(() => BeginAsync(5, "sent", Duration.FromHours(23)));
        Assert.Contains("tripwire", fourth.Message + fourth.InnerException?.Message);
        Assert.Equal("planned", await world.TextAsync("select state from touch where id = 'tch_ann_email_5'"));
        await BeginAsync(5, "sent", Duration.FromHours(25)); // the first of them is a day old
    }

    [Theory]
    [InlineData(true, "ann,bob")]
    [InlineData(false, "ann")]
    public async Task A_reply_ends_the_walks_of_the_whole_company_where_the_owner_wants_that(bool wanted, string stopped)
    {
        await using var world = await WorldAsync();
        await world.AddPersonAsync("ann", company: "cmp_one");
        await world.AddPersonAsync("bob", company: "cmp_one");
        await world.AddPersonAsync("eve", company: "cmp_two");
        await world.OfferAsync("bob", Channel.Email);
        await new SqlSetup(world.Store, world.Ids).KeepOwnerAsync(await world.Facts.SettingsAsync() with { StopCompanyOnReply = wanted }, "test", LedgerWorld.Now);
        await world.People.StopAsync("ann", "replied by e-mail", new Reaction(Channel.Email, Disposition.Replied), LedgerWorld.Now);
        var ended = await world.Store.ReadAsync(s => s.QueryAsync<string>("select lead_id from enrollment where state = 'stopped' order by lead_id"));
        Assert.Equal(stopped, string.Join(',', ended));
        Assert.Equal(wanted ? "skipped" : "planned", await world.TextAsync("select state from touch where lead_id = 'bob'"));
    }
}
