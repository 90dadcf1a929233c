using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Engine.Reporting;
using Meridian.Tests.Ledger;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Engine;

/// <summary>What the owner gets of every e-mail: a copy each, or one message in the evening, or nothing.</summary>
public class OwnerCopyTests
{
    private readonly FakeTimeProvider clock = new(LedgerWorld.Now.ToDateTimeOffset());
    private readonly OwnerMail mail = new();

    [Fact]
    public async Task A_digest_names_every_email_once_at_six_in_the_evening_of_the_owner()
    {
        await using var world = await LedgerWorld.OpenAsync(new TestDatabase.Sqlite());
        foreach (var who in new[] { "ann", "bob" })
        {
            await world.AddPersonAsync(who);
            var (permit, _) = await world.BeginAsync(LedgerWorld.Mailbox, await world.OfferAsync(who, Channel.Email));
            await world.Ledger.RecordAsync(new Outcome.Accepted(permit!, LedgerWorld.Now, null, null, LedgerWorld.Now));
        }

        var turn = new OwnerCopyTurn(world.Facts, new Owner("digest"), mail, new Clocks(clock, TimeProvider.System));
        var evening = Instant.FromUtc(2026, 11, 16, 23, 0); // 18:00 in New York
        Assert.Equal(evening, (await turn.TakeAsync("all", default)).Next);
        Assert.Empty(mail.Sent);

        clock.SetUtcNow(evening.ToDateTimeOffset());
        mail.Answer = new SendResult.NotSent(NotSentBecause.Transient, "the server is away");
        await turn.TakeAsync("all", default);
        mail.Answer = new SendResult.Accepted(null);
        mail.Sent.Clear();
        Assert.Equal(evening + Duration.FromDays(1), (await turn.TakeAsync("all", default)).Next);
        var message = Assert.Single(mail.Sent);
        Assert.Equal("📧 SENT: 2 e-mails until 2026-11-16", message.Subject);
        Assert.Contains("cmp_ann (ann@people.example)", message.TextBody, StringComparison.Ordinal);
        Assert.Contains("cmp_bob (bob@people.example)", message.TextBody, StringComparison.Ordinal);

        clock.SetUtcNow((evening + Duration.FromDays(1)).ToDateTimeOffset());
        await turn.TakeAsync("all", default);
        Assert.Single(mail.Sent);
    }

    private sealed class Owner(string copies) : IOwner
    {
        public Task<OwnerSettings> SettingsAsync() => Task.FromResult(new OwnerSettings { SellerName = "Example LLC", PostalAddress = "1 Example Way", OwnerEmail = "owner@example.com", OwnerCopies = copies });
    }
}
