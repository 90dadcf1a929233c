using Meridian.Domain.Touches;
using Xunit;

namespace Meridian.Tests.Ledger;

public abstract partial class LedgerContract
{
    public static TheoryData<Channel, string> EveryChannelAndAlias
    {
        get
        {
            var data = new TheoryData<Channel, string>();
            foreach (var channel in Enum.GetValues<Channel>())
                foreach (var alias in new[] { "the address itself", "another address", "the person", "somebody who shares the number" }) data.Add(channel, alias);
            return data;
        }
    }

    [Theory, MemberData(nameof(EveryChannelAndAlias))]
    public async Task An_opt_out_by_any_alias_that_commits_before_any_read_of_a_begin_wins(Channel channel, string alias)
    {
        Func<Task>? optOut = null;
        var (seen, at) = (0, 0);
        await using var world = await WorldAsync(sql =>
        {
            if (optOut is null || ++seen != at) return sql;
            var act = optOut;
            optOut = null;
            act().GetAwaiter().GetResult(); // commits right before the statement runs
            return sql;
        });
        var sender = LedgerWorld.SenderOf(channel);
        for (at = 1; ; at++)
        {
            var (who, phone) = ($"p{at}", $"+130355501{at:00}");
            await world.AddPersonAsync(who, phone);
            await world.AddPersonAsync($"friend{at}", phone);
            var touch = await world.OfferAsync(who, channel);
            var (mail, own) = ($"{who}@people.example", channel == Channel.Email ? $"{who}@people.example" : phone);
            var order = alias switch
            {
                "the address itself" => OptOut(own),
                "another address" => OptOut(own == phone ? mail : phone),
                "the person" => OptOut(own) with { AddressIds = [], LeadId = who },
                _ => OptOut($"friend{at}@people.example"),
            };
            seen = 0;
            optOut = () => world.People.OptOutAsync(order);
            var begin = await world.OrderAsync(sender, touch);
            if (optOut is not null) break; // a begin reads no more often than that
            Assert.NotNull((await world.Ledger.TryBeginAsync(begin, default)).Loss);
            Assert.Equal("skipped", await world.TextAsync("select state from touch where id = @touch", new { touch }));
        }

        Assert.True(at > 5, $"only {at - 1} reads were tried");
    }
}
