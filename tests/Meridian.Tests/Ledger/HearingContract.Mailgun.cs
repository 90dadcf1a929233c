using Meridian.Adapters.Mail;
using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using Meridian.Sandbox;
using Meridian.Sandbox.Scripts;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Ledger;

public abstract partial class HearingContract
{
    [Theory]
    [InlineData("bounce", "bounced for good", "Invalid", 0)]
    [InlineData("mailbox-full", "bounced for now", null, 0)]
    [InlineData("blocked", "bounced, our sender is blocked", null, 0)]
    [InlineData("greylisted", "not delivered yet", null, 0)]
    [InlineData("complained", "opted out by e-mail", null, 1)]
    [InlineData("unsubscribed", "opted out by e-mail", null, 1)]
    public async Task What_Mailgun_keeps_to_itself_is_heard_and_has_the_same_effect_as_by_mail(string fate, string did, string? deliverability, long optedOut)
    {
        await using var post = await MailgunPost.OpenAsync(Database(), Fate(fate));
        await post.WriteAsync("ann");
        await post.World.OfferAsync("ann", Channel.Text);
        await post.PassAndHearAsync(TimeSpan.FromMinutes(30));
        Assert.StartsWith(did, await post.World.TextAsync("select result from signal"), StringComparison.Ordinal);
        Assert.Equal(deliverability, await post.World.TextAsync("select deliverability from address_key where id = 'ann@people.example'"));
        Assert.Equal(optedOut, await post.World.CountAsync("select count(*) from lead where id = 'ann' and opted_out_at is not null"));
        Assert.Equal(optedOut == 1 ? "opted_out" : null, await post.World.TextAsync("select skipped_reason from touch where channel = 'text'"));
        Assert.Equal(fate == "bounce" ? 1 : 0, await post.World.CountAsync("select count(*) from touch where channel = 'email' and disposition = 'bounced'"));
        Assert.Equal(fate == "blocked" ? "mail-blocked" : null, await post.World.TextAsync("select kind from incident"));
        Assert.Equal(0, await post.World.CountAsync("select count(*) from address_key where held_at is not null"));
    }

    [Fact]
    public async Task An_event_is_heard_once_however_often_it_is_read_and_over_restarts()
    {
        await using var post = await MailgunPost.OpenAsync(Database(), Fate("bounce"));
        await post.WriteAsync("ann");
        await post.PassAndHearAsync(TimeSpan.FromMinutes(10));
        for (var i = 0; i < 3; i++)
        {
            post.StartAnew();
            await post.PassAndHearAsync(TimeSpan.FromMinutes(2));
        }

        Assert.Equal(1, await post.World.CountAsync("select count(*) from signal"));
        Assert.Equal("nothing new", post.Did);
        await post.PassAndHearAsync(TimeSpan.FromDays(2)); // as long as nobody listened
        await post.WriteAsync("bob");
        await post.PassAndHearAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(2, await post.World.CountAsync("select count(*) from address_key where deliverability = 'Invalid'"));
    }

    [Fact]
    public async Task An_event_that_comes_later_than_others_of_its_time_is_heard_all_the_same()
    {
        await using var post = await MailgunPost.OpenAsync(Database(), Fate("bounce"));
        await post.HearAsync();
        await post.WriteAsync("ann");
        post.Outside.MailgunEventLag = TimeSpan.FromMinutes(50);
        for (var i = 0; i < 20; i++) await post.PassAndHearAsync(TimeSpan.FromMinutes(2)); // the cursor is far beyond it
        Assert.Equal(0, await post.World.CountAsync("select count(*) from signal"));
        await post.PassAndHearAsync(TimeSpan.FromMinutes(12));
        Assert.Equal("Invalid", await post.World.TextAsync("select deliverability from address_key where id = 'ann@people.example'"));
    }

    [Fact]
    public async Task An_event_nobody_can_read_is_one_incident_and_those_beside_it_are_heard()
    {
        await using var post = await MailgunPost.OpenAsync(Database(), """{ "faults": [ { "provider": "mailgun", "request": "POST *", "then": "error", "error": "mailgun.bounce" }, { "provider": "mailgun", "request": "GET */events", "then": "error", "error": "mailgun.unreadable-event" } ] }""");
        await post.WriteAsync("ann");
        for (var i = 0; i < 3; i++) await post.PassAndHearAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("Invalid", await post.World.TextAsync("select deliverability from address_key where id = 'ann@people.example'"));
        Assert.Equal(1, await post.World.CountAsync("select count(*) from signal where unreadable_at is not null"));
        Assert.Equal("unreadable-signal", await post.World.TextAsync("select kind from incident"));
        Assert.Equal(1, await post.World.CountAsync("select count(*) from incident"));
    }

    [Fact]
    public async Task A_crash_between_the_pages_and_the_cursor_loses_nothing_and_doubles_nothing()
    {
        await using var post = await MailgunPost.OpenAsync(Database(), Fate("bounce"));
        await post.WriteAsync("ann");
        await post.WriteAsync("bob");
        post.Clock.Advance(TimeSpan.FromMinutes(10));
        post.StartAnew(stores: 1);
        await Assert.ThrowsAnyAsync<IOException>(post.HearAsync);
        Assert.Equal(1, await post.World.CountAsync("select count(*) from signal"));
        post.StartAnew();
        await post.HearAsync();
        Assert.Equal(2, await post.World.CountAsync("select count(*) from signal"));
        Assert.Equal(2, await post.World.CountAsync("select count(*) from address_key where deliverability = 'Invalid'"));
    }

    [Fact]
    public async Task Letters_of_the_days_before_anybody_listened_are_heard_of_at_the_first_look()
    {
        await using var post = await MailgunPost.OpenAsync(Database(), Fate("bounce"));
        await post.WriteAsync("ann");
        post.Clock.Advance(TimeSpan.FromDays(2));
        await post.HearAsync();
        Assert.Equal("Invalid", await post.World.TextAsync("select deliverability from address_key where id = 'ann@people.example'"));
    }

    [Fact]
    public async Task A_domain_that_cannot_be_asked_is_an_incident_until_it_can()
    {
        await using var post = await MailgunPost.OpenAsync(Database(), """{ "faults": [ { "provider": "mailgun", "request": "POST *", "then": "error", "error": "mailgun.bounce" }, { "provider": "mailgun", "request": "GET */events", "nth": [2, 3], "then": "500" } ] }""");
        await post.HearAsync();
        await post.WriteAsync("ann");
        await post.PassAndHearAsync(TimeSpan.FromMinutes(20));
        Assert.Equal(0, await post.World.CountAsync("select count(*) from incident"));
        await post.PassAndHearAsync(TimeSpan.FromMinutes(20));
        Assert.Contains("mailgun-mail.example could not be asked", await post.World.TextAsync("select detail from incident where kind = 'poll-behind'"), StringComparison.Ordinal);
        await post.PassAndHearAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(0, await post.World.CountAsync("select count(*) from incident where closed_at is null"));
        Assert.Equal("Invalid", await post.World.TextAsync("select deliverability from address_key where id = 'ann@people.example'"));
    }

    [Fact]
    public async Task A_domain_taken_out_of_the_settings_leaves_no_incident_and_goes_on_where_it_stood_when_it_is_back()
    {
        await using var post = await MailgunPost.OpenAsync(Database(), """{ "faults": [ { "provider": "mailgun", "request": "POST *", "then": "error", "error": "mailgun.bounce" }, { "provider": "mailgun", "request": "GET */events", "nth": 2, "then": "500" } ] }""");
        await post.HearAsync();
        await post.WriteAsync("ann");
        await post.PassAndHearAsync(TimeSpan.FromMinutes(40));
        Assert.Equal(1, await post.World.CountAsync("select count(*) from incident where closed_at is null"));
        post.IsSetUp = false;
        await post.HearAsync();
        Assert.Equal("nobody polls here", post.Did);
        Assert.Equal(0, await post.World.CountAsync("select count(*) from incident where closed_at is null"));
        post.IsSetUp = true;
        await post.PassAndHearAsync(TimeSpan.FromHours(20));
        Assert.Equal("Invalid", await post.World.TextAsync("select deliverability from address_key where id = 'ann@people.example'"));
    }

    private static string Fate(string name) => $$"""{ "faults": [ { "provider": "mailgun", "request": "POST *", "then": "error", "error": "mailgun.{{name}}" } ] }""";

    /// <summary>A ledger whose one mailbox sends by the outside world's Mailgun, and the turns that hear what came of it.</summary>
    private sealed class MailgunPost : IAsyncDisposable
    {
        private readonly OutsideWorld outside;
        private readonly RoutedMail mail;
        private PollTurn poll = null!;
        private InboundTurn inbox = null!;

        private MailgunPost(LedgerWorld world, SandboxOptions options, OutsideWorld outside, FakeTimeProvider clock)
        {
            (World, Outside, this.outside, Clock) = (world, options, outside, clock);
            mail = new RoutedMail([new MailboxOptions { Address = "a@mail.example", Via = MailVia.Mailgun, BaseUrl = outside.MailgunBase, ApiKey = options.MailgunKey }], null, new ImapEars([], TimeProvider.System), clock, TimeProvider.System);
            StartAnew();
        }

        public LedgerWorld World { get; }

        public SandboxOptions Outside { get; }

        public FakeTimeProvider Clock { get; }

        public bool IsSetUp { get; set; } = true;

        /// <summary>What the last look said of itself.</summary>
        public string? Did { get; private set; }

        public static async Task<MailgunPost> OpenAsync(TestDatabase database, string script)
        {
            var world = await LedgerWorld.OpenAsync(database);
            var clock = new FakeTimeProvider(LedgerWorld.Now.ToDateTimeOffset());
            var options = new SandboxOptions { Folder = Directory.CreateTempSubdirectory("meridian-mailgun-").FullName, Seed = 7, Clock = clock, OwnerEmail = "owner@example.com", Script = FaultScript.Read(script) };
            return new MailgunPost(world, options, await OutsideWorld.StartAsync(options, default), clock);
        }

        /// <summary>Another process, which knows only what the ledger knows.</summary>
        /// <param name="stores">How many signals it stores before it dies; null: it lives.</param>
        public void StartAnew(int? stores = null)
        {
            var clocks = new Clocks(Clock, TimeProvider.System);
            ISignalReader[] readers = [new MailgunSignals()];
            poll = new PollTurn(() => IsSetUp ? mail.Polls : [], readers, stores is { } most ? new DyingSignals(World.Signals, most) : World.Signals, new SqlPollCursors(World.Store), World.People, clocks);
            inbox = new InboundTurn(World.Signals, readers, World.People, World.Ledger, new ScriptedCalls(), new NoTexts(), World.Facts, new SqlPhones(World.Store, World.Ids), clocks);
        }

        public async Task WriteAsync(string lead)
        {
            await World.AddPersonAsync(lead);
            var touch = await World.OfferAsync(lead, Channel.Email);
            var (permit, loss) = await World.BeginAsync(LedgerWorld.Mailbox, touch);
            Assert.Null(loss);
            var letter = new OutgoingEmail(MessageIds.For(touch, "a@mail.example"), "a@mail.example", null, $"{lead}@people.example", null, "Hello", "hello");
            Assert.IsType<SendResult.Accepted>(await mail.SendAsync(new SendPermit(permit!, touch, Channel.Email, TimeProvider.System, TimeProvider.System.GetTimestamp(), TimeProvider.System.GetUtcNow()), letter, default));
            await World.Ledger.RecordAsync(new Outcome.Accepted(permit!, LedgerWorld.Now, "ok", null, null));
        }

        public async Task HearAsync()
        {
            Did = (await poll.TakeAsync("mailgun-mail.example", default)).Did;
            await inbox.TakeAsync("all", default);
        }

        public Task PassAndHearAsync(TimeSpan time)
        {
            Clock.Advance(time);
            return HearAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await mail.DisposeAsync();
            await outside.DisposeAsync();
            await World.DisposeAsync();
            Directory.Delete(Outside.Folder, recursive: true);
        }
    }

    private sealed class DyingSignals(ISignals signals, int most) : ISignals
    {
        private int stored;

        public Task<bool> StoreAsync(string provider, SignalEnvelope envelope, string raw, Instant now) => stored++ < most ? signals.StoreAsync(provider, envelope, raw, now) : throw new IOException("the process is gone");

        public Task<bool> IsKnownAsync(string provider, string eventId) => signals.IsKnownAsync(provider, eventId);

        public Task<IReadOnlyList<StoredSignal>> OpenAsync(int limit) => signals.OpenAsync(limit);

        public Task UnderstoodAsync(StoredSignal signal, string result, Instant now) => signals.UnderstoodAsync(signal, result, now);

        public Task UnreadableAsync(StoredSignal signal, string why, Instant now) => signals.UnreadableAsync(signal, why, now);

        public Task<TouchRef?> FindTouchAsync(string? touchId, string? providerRef) => signals.FindTouchAsync(touchId, providerRef);

        public Task<IReadOnlyList<string>> FindLeadsAsync(string? contactRef, string? addressId) => signals.FindLeadsAsync(contactRef, addressId);
    }
}
