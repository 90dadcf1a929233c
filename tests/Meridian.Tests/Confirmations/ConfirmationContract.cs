using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Checks;
using Meridian.Engine.Confirmations;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using Meridian.Tests.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Confirmations;

public sealed class ConfirmationsOnSqlite() : ConfirmationContract(() => new TestDatabase.Sqlite());

public sealed class ConfirmationsOnPostgres() : ConfirmationContract(() => new TestDatabase.Postgres());

/// <summary>Whoever asks by text to be left alone is told once that we have heard, within five minutes, and nothing else is ever sent.</summary>
public abstract class ConfirmationContract(Func<TestDatabase> database)
{
    private const string Number = "+12125550111";
    private const string Ours = "+12025550103";

    private TestDatabase Database() => database();

    [Fact]
    public async Task They_are_told_once_and_then_the_provider_learns_of_it()
    {
        await using var world = await OpenAsync();
        await world.HearAsync("please stop texting me");
        Assert.Equal(0, world.Texts.DoNotDisturbs); // it would let our answer not through
        await world.TurnAsync();
        await world.TurnAsync();
        var sent = Assert.Single(world.Texts.Sent);
        Assert.Equal((Number, Ours, "contact_1", "Example LLC: you are opted out and will not be contacted again."), (sent.ToE164, sent.FromE164, sent.ContactId, sent.Body));
        Assert.Equal(1, world.Texts.DoNotDisturbs);
        Assert.Equal("sent", await world.Ledger.TextAsync("select state from opt_out_confirmation"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from opt_out_confirmation where closed_at is null"));
    }

    [Fact]
    public async Task Saying_it_again_brings_no_second_one()
    {
        await using var world = await OpenAsync();
        await world.HearAsync("please stop texting me");
        await world.TurnAsync();
        await world.HearAsync("I said stop texting me");
        await world.TurnAsync();
        Assert.Single(world.Texts.Sent);
        Assert.Equal(2, world.Texts.DoNotDisturbs);
    }

    [Theory]
    [InlineData("STOP")]
    [InlineData(" unsubscribe ")]
    public async Task A_carriers_own_word_is_answered_by_the_carrier(string word)
    {
        await using var world = await OpenAsync();
        await world.HearAsync(word);
        await world.TurnAsync();
        Assert.Empty(world.Texts.Sent);
        Assert.Equal(1, world.Texts.DoNotDisturbs);
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from lead where opted_out_at is not null"));
    }

    [Fact]
    public async Task Words_that_reach_us_late_are_acted_on_and_not_answered()
    {
        await using var world = await OpenAsync();
        await world.HearAsync("please stop texting me", said: world.Clock.GetUtcNow().AddMinutes(-10));
        await world.TurnAsync();
        Assert.Empty(world.Texts.Sent);
        Assert.Equal(1, world.Texts.DoNotDisturbs);
        Assert.Equal(1, await world.Ledger.CountAsync("select count(*) from lead where opted_out_at is not null"));
    }

    [Fact]
    public async Task After_five_minutes_and_while_the_engine_is_paused_nothing_is_sent()
    {
        await using var late = await OpenAsync();
        await late.HearAsync("please stop texting me");
        late.Clock.Advance(TimeSpan.FromMinutes(5));
        await late.TurnAsync();
        Assert.Empty(late.Texts.Sent);
        Assert.Equal("expired", await late.Ledger.TextAsync("select state from opt_out_confirmation"));
        Assert.Equal(1, late.Texts.DoNotDisturbs);

        await using var paused = await OpenAsync();
        await new SqlPauses(paused.Ledger.Store, paused.Ledger.Ids).PauseEngineAsync("me", LedgerWorld.Now);
        await paused.HearAsync("please stop texting me");
        await paused.TurnAsync();
        Assert.Empty(paused.Texts.Sent);
        Assert.Equal("planned", await paused.Ledger.TextAsync("select state from opt_out_confirmation"));
    }

    [Fact]
    public async Task A_pause_that_commits_before_the_begin_wins_and_so_does_a_sender_at_fault()
    {
        await using var world = await OpenAsync();
        await world.HearAsync("please stop texting me");
        var open = Assert.Single(await world.Book.DueAsync(LedgerWorld.Now, 10));
        var read = (await world.Ledger.Facts.SenderAsync(LedgerWorld.Texter, LedgerWorld.Now))!.Sender.Revision;
        await new SqlPauses(world.Ledger.Store, world.Ledger.Ids).PauseEngineAsync("me", LedgerWorld.Now); // after the reads, before the begin
        Assert.Equal(0, await world.Ledger.Store.WriteAsync(s => s.ExecuteAsync(SqlConfirmations.TakeSender, new { sender = LedgerWorld.Texter, revision = read })));
        await new SqlPauses(world.Ledger.Store, world.Ledger.Ids).ResumeEngineAsync("me", LedgerWorld.Now);

        await world.Ledger.People.PauseSenderAsync(LedgerWorld.Texter, "the account is frozen", LedgerWorld.Now);
        Assert.False(await world.Book.TryBeginAsync(open, "prm_1", "x", LedgerWorld.Now));
        Assert.Equal("planned", await world.Ledger.TextAsync("select state from opt_out_confirmation"));
    }

    [Fact]
    public async Task What_was_begun_by_somebody_who_died_is_never_sent_again()
    {
        await using var world = await OpenAsync();
        await world.HearAsync("please stop texting me");
        var open = Assert.Single(await world.Book.DueAsync(LedgerWorld.Now, 10));
        Assert.True(await world.Book.TryBeginAsync(open, "prm_dead", "x", LedgerWorld.Now));
        Assert.False(await world.Book.TryBeginAsync(open, "prm_2", "x", LedgerWorld.Now)); // two processes with the same row
        await world.TurnAsync();
        Assert.Empty(world.Texts.Sent);
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.TurnAsync();
        Assert.Empty(world.Texts.Sent);
        Assert.Equal("unconfirmed", await world.Ledger.TextAsync("select state from opt_out_confirmation"));
        Assert.Equal(1, world.Texts.DoNotDisturbs);
    }

    [Fact]
    public async Task A_do_not_disturb_that_was_not_taken_is_tried_again_without_a_second_text()
    {
        await using var world = await OpenAsync();
        world.Texts.TakesDoNotDisturb = false;
        await world.HearAsync("please stop texting me");
        await world.TurnAsync();
        world.Texts.TakesDoNotDisturb = true;
        world.Clock.Advance(TimeSpan.FromMinutes(11));
        await world.TurnAsync();
        Assert.Single(world.Texts.Sent);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from opt_out_confirmation where closed_at is null"));
    }

    private async Task<World> OpenAsync()
    {
        var ledger = await LedgerWorld.OpenAsync(Database());
        await ledger.AddPersonAsync("ann", Number);
        return new World(ledger);
    }

    private sealed class World : TurnWorld
    {
        private readonly InboundTurn inbox;
        private readonly ConfirmationTurn turn;
        private int heard;

        public World(LedgerWorld ledger)
            : base(ledger)
        {
            Book = new SqlConfirmations(ledger.Store);
            inbox = new InboundTurn(ledger.Signals, [new HighLevelSignals()], ledger.People, ledger.Ledger, null!, Texts, ledger.Facts, new SqlPhones(ledger.Store, ledger.Ids), Clocks);
            turn = new ConfirmationTurn(Book, Texts, ledger.Facts, Capabilities.Unasked(), ledger.Ids, Clocks);
        }

        public SqlConfirmations Book { get; }

        public ScriptedTexts Texts { get; } = new();

        public async Task HearAsync(string words, DateTimeOffset? said = null)
        {
            var raw = $$"""{"type":"InboundMessage","locationId":"loc","messageId":"msg_{{++heard}}","contactId":"contact_1","messageType":"SMS","direction":"inbound","from":"{{Number}}","to":"{{Ours}}","body":"{{words}}","dateAdded":"{{(said ?? Clock.GetUtcNow()):yyyy-MM-ddTHH:mm:ssZ}}"}""";
            await Ledger.Signals.StoreAsync("highlevel", new HighLevelSignals().Describe(raw), raw, Instant.FromDateTimeOffset(Clock.GetUtcNow()));
            await inbox.TakeAsync("all", default);
        }

        public Task TurnAsync() => turn.TakeAsync("all", default);
    }

    private sealed class ScriptedTexts : ITextTransport
    {
        public List<OutgoingText> Sent { get; } = [];

        public int DoNotDisturbs { get; private set; }

        public bool TakesDoNotDisturb { get; set; } = true;

        public Task<TextContact> PrepareAsync(TextPerson person, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<SendResult> SendAsync(SendPermit permit, OutgoingText text, CancellationToken cancellation)
        {
            Assert.True(permit.TryUse());
            Sent.Add(text);
            return Task.FromResult<SendResult>(new SendResult.Accepted("message_1"));
        }

        public Task<Sighting> FindAsync(string contactId, string body, Instant from, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<bool> SetDoNotDisturbAsync(string contactId, CancellationToken cancellation)
        {
            DoNotDisturbs++;
            return Task.FromResult(TakesDoNotDisturb);
        }
    }
}
