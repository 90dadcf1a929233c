using Meridian.Adapters.Mail;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using Meridian.Adapters.Sql;
using Meridian.Host.Preview;
using Meridian.Tests.Ledger;
using Meridian.Tests.Providers;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Engine;

/// <summary>From a message in a mailbox to the facts about its writer, on a real ledger.</summary>
public class EarsTurnTests
{
    private const string Mailbox = "a@mail.example";

    [Fact]
    public async Task A_reply_stops_the_walk_and_is_kept_on_the_email_it_answers()
    {
        await using var room = await Room.OpenAsync();
        await room.EmailedAsync("ann");
        await room.World.OfferAsync("ann", Channel.Text);
        await room.HearAsync(Letter("ann@people.example", "Interested, tell me more.", "tch_ann_email_1"));
        Assert.Equal("replied by e-mail", await room.ResultAsync());
        Assert.Equal("stopped", await room.World.TextAsync("select state from enrollment"));
        Assert.Equal("skipped", await room.World.TextAsync("select state from touch where channel = 'text'"));
        Assert.Equal("replied", await room.World.TextAsync("select disposition from touch where channel = 'email'"));
        Assert.Equal(0, await room.World.CountAsync("select count(*) from address_key where held_at is not null"));
        Assert.Equal(0, await room.World.CountAsync("select count(*) from lead where opted_out_at is not null"));
    }

    [Fact]
    public async Task Until_it_is_understood_the_writer_and_whoever_was_written_to_are_held()
    {
        await using var room = await Room.OpenAsync();
        await room.EmailedAsync("ann");
        await room.ListenAsync(Letter("ann.home@elsewhere.example", "STOP", "tch_ann_email_1"));
        Assert.Equal(3, await room.World.CountAsync("select count(*) from address_key where held_at is not null")); // the alias, her e-mail, her phone
        await room.UnderstandAsync();
        Assert.Equal(0, await room.World.CountAsync("select count(*) from address_key where held_at is not null"));
    }

    [Fact]
    public async Task An_opt_out_from_another_address_of_hers_suppresses_both_and_the_phone()
    {
        await using var room = await Room.OpenAsync();
        await room.EmailedAsync("ann");
        await room.HearAsync(Letter("ann.home@elsewhere.example", "Please remove me from your list.", "tch_ann_email_1"));
        Assert.Equal("opted out by e-mail", await room.ResultAsync());
        Assert.Equal(3, await room.World.CountAsync("select count(*) from address_key where suppressed_at is not null"));
        Assert.Equal(1, await room.World.CountAsync("select count(*) from lead where id = 'ann' and opted_out_at is not null"));
    }

    [Fact]
    public async Task The_token_in_our_unsubscribe_address_is_enough()
    {
        await using var room = await Room.OpenAsync();
        await room.EmailedAsync("ann");
        await room.HearAsync(Letter("who@elsewhere.example", "", null, subject: "unsubscribe tch_ann_email_1"));
        Assert.Equal(1, await room.World.CountAsync("select count(*) from lead where id = 'ann' and opted_out_at is not null"));
    }

    [Fact]
    public async Task A_no_and_a_bounce_under_junk_are_heard_and_what_is_junk_is_kept_nowhere()
    {
        await using var room = await Room.OpenAsync();
        foreach (var lead in new[] { "ann", "bob", "cat" }) await room.EmailedAsync(lead);
        room.Ears.AddJunk(Letter("win@lottery.example", "You won. To unsubscribe write STOP.", null, id: "spam"));
        room.Ears.AddJunk(Letter("ann.home@elsewhere.example", "Please remove me from your list.", "tch_ann_email_1"));
        room.Ears.AddJunk(Letter("cat@people.example", "STOP", null, id: "fresh")); // no answer of ours, but hers
        room.Ears.AddJunk(Bounce("bob@people.example", "5.1.1", "tch_bob_email_1"));
        await room.HearAsync();
        Assert.Equal(3, await room.World.CountAsync("select count(*) from signal"));
        Assert.Equal(2, await room.World.CountAsync("select count(*) from lead where opted_out_at is not null"));
        Assert.Equal("bob@people.example", await room.World.TextAsync("select id from address_key where deliverability = 'Invalid'"));
        Assert.Equal(0, await room.World.CountAsync("select count(*) from incident"));
        Assert.Equal(new MailCursor(9, 4), await room.Cursors.FindAsync($"{Mailbox}#junk"));
        Assert.Equal(new MailCursor(1, 0), await room.Cursors.FindAsync(Mailbox));
    }

    [Fact]
    public async Task A_message_that_is_moved_between_the_folders_is_heard_once()
    {
        await using var room = await Room.OpenAsync();
        await room.EmailedAsync("ann");
        var letter = Letter("ann@people.example", "Interested, tell me more.", "tch_ann_email_1");
        room.Ears.AddJunk(letter);
        await room.HearAsync();
        await room.HearAsync(letter);
        Assert.Equal(1, await room.World.CountAsync("select count(*) from signal"));
    }

    [Fact]
    public async Task A_junk_folder_that_cannot_be_read_keeps_nothing_of_the_inbox_back_and_becomes_an_incident()
    {
        await using var room = await Room.OpenAsync();
        await room.EmailedAsync("ann");
        room.Ears.DeafToJunk = "no such folder";
        await room.HearAsync(Letter("ann@people.example", "STOP", "tch_ann_email_1"));
        Assert.Equal(1, await room.World.CountAsync("select count(*) from lead where opted_out_at is not null"));
        room.Clock.Advance(TimeSpan.FromMinutes(16));
        await room.HearAsync();
        Assert.Contains("its junk folder, no such folder", await room.World.TextAsync("select detail from incident where kind = 'mailbox-unheard' and closed_at is null"), StringComparison.Ordinal);
        room.Ears.DeafToJunk = null;
        await room.HearAsync();
        Assert.Equal(0, await room.World.CountAsync("select count(*) from incident where closed_at is null"));
    }

    [Fact]
    public async Task Nobody_we_know_is_counted_and_an_opt_out_of_theirs_still_suppresses_and_is_an_incident()
    {
        await using var room = await Room.OpenAsync();
        await room.HearAsync(Letter("zoe@elsewhere.example", "Hello, who is this?", null, id: "1", subject: "Hello"));
        Assert.Equal("unmatched reply by e-mail", await room.ResultAsync());
        Assert.Equal(0, await room.World.CountAsync("select count(*) from incident"));
        await room.HearAsync(Letter("zoe@elsewhere.example", "Thank you, I will think it over.", null, id: "3"));
        Assert.Equal(1, await room.World.CountAsync("select count(*) from incident where kind = 'unmatched-signal'"));
        await room.World.Store.WriteAsync(async s => { await s.ExecuteAsync("delete from incident"); });
        await room.HearAsync(Letter("zoe@elsewhere.example", "unsubscribe", null, id: "2"));
        Assert.Equal(1, await room.World.CountAsync("select count(*) from incident where kind = 'unmatched-signal'"));
        Assert.Equal(1, await room.World.CountAsync("select count(*) from address_key where id = 'zoe@elsewhere.example' and suppressed_at is not null"));
    }

    [Fact]
    public async Task A_hard_bounce_closes_the_address_and_no_other_bounce_does()
    {
        await using var room = await Room.OpenAsync();
        foreach (var lead in new[] { "ann", "bob", "cat" }) await room.EmailedAsync(lead);
        await room.HearAsync(Bounce("ann@people.example", "5.1.1", "tch_ann_email_1"), Bounce("bob@people.example", "5.2.2", "tch_bob_email_1"), Bounce("cat@people.example", "5.7.1", "tch_cat_email_1"));
        Assert.Equal("ann@people.example", await room.World.TextAsync("select id from address_key where deliverability = 'Invalid'"));
        Assert.Equal("ann", await room.World.TextAsync("select lead_id from touch where disposition = 'bounced'"));
        Assert.Equal(1, await room.World.CountAsync("select count(*) from incident where kind = 'mail-blocked'"));
        Assert.Equal(3, await room.World.CountAsync("select count(*) from touch where state = 'sent'"));
    }

    [Fact]
    public async Task A_forged_bounce_about_somebody_else_closes_nothing()
    {
        await using var room = await Room.OpenAsync();
        await room.EmailedAsync("ann");
        await room.HearAsync(Bounce("boss@elsewhere.example", "5.1.1", "tch_ann_email_1"));
        Assert.Equal(0, await room.World.CountAsync("select count(*) from address_key where deliverability = 'Invalid'"));
    }

    [Fact]
    public async Task An_automatic_answer_changes_nothing_whatever_it_says()
    {
        await using var room = await Room.OpenAsync();
        await room.EmailedAsync("ann");
        await room.HearAsync(Letter("ann@people.example", "I am away. unsubscribe", "tch_ann_email_1", extra: "Auto-Submitted: auto-replied"));
        Assert.Equal("active", await room.World.TextAsync("select state from enrollment"));
        Assert.Equal(0, await room.World.CountAsync("select count(*) from suppression"));
    }

    [Fact]
    public async Task The_same_message_twice_and_a_mailbox_numbered_anew_bring_nothing_new()
    {
        await using var room = await Room.OpenAsync();
        await room.EmailedAsync("ann");
        var letter = Letter("ann@people.example", "STOP", "tch_ann_email_1");
        await room.HearAsync(letter);
        var revision = await room.World.CountAsync("select revision from lead where id = 'ann'");
        await room.HearAsync(letter);
        room.Ears.Validity++;
        await room.HearAsync(letter);
        Assert.Equal(1, await room.World.CountAsync("select count(*) from signal"));
        Assert.Equal(2, await room.World.CountAsync("select count(*) from suppression"));
        Assert.Equal(revision, await room.World.CountAsync("select revision from lead where id = 'ann'"));
    }

    [Fact]
    public async Task A_message_three_days_late_and_one_overtaken_by_a_later_one_change_nothing_wrongly()
    {
        await using var room = await Room.OpenAsync();
        await room.EmailedAsync("ann");
        // The opt-out, written second, arrives first; the friendly word before it does not undo it.
        await room.HearAsync(Letter("ann@people.example", "STOP", "tch_ann_email_1", id: "2"));
        room.Clock.Advance(TimeSpan.FromDays(3));
        await room.HearAsync(Letter("ann@people.example", "Interested, tell me more.", "tch_ann_email_1", id: "1"));
        Assert.Equal(1, await room.World.CountAsync("select count(*) from lead where opted_out_at is not null"));
        Assert.Equal(2, await room.World.CountAsync("select count(*) from address_key where suppressed_at is not null"));

        // A reply proves the address; a bounce that comes after it does not close it.
        await room.EmailedAsync("bob");
        await room.HearAsync(Letter("bob@people.example", "Sounds good", "tch_bob_email_1", id: "3"));
        room.Clock.Advance(TimeSpan.FromDays(3));
        await room.HearAsync(Bounce("bob@people.example", "5.1.1", "tch_bob_email_1"));
        Assert.Equal("replied", await room.World.TextAsync("select disposition from touch where lead_id = 'bob'"));
        Assert.Equal(0, await room.World.CountAsync("select count(*) from address_key where deliverability = 'Invalid'"));
    }

    [Fact]
    public async Task The_cursor_moves_only_after_the_signals_are_stored()
    {
        await using var room = await Room.OpenAsync();
        room.Ears.Add(Letter("ann@people.example", "hello", null));
        room.Signals.Fails = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => room.Turn.TakeAsync(Mailbox, default));
        Assert.Null(await room.Cursors.FindAsync(Mailbox));
        room.Signals.Fails = false;
        await room.Turn.TakeAsync(Mailbox, default);
        Assert.Equal(new MailCursor(1, 1), await room.Cursors.FindAsync(Mailbox));
        Assert.Equal(1, await room.World.CountAsync("select count(*) from signal"));
    }

    [Fact]
    public async Task A_mailbox_nobody_can_read_for_a_quarter_of_an_hour_is_an_incident_and_one_without_ears_sleeps()
    {
        await using var room = await Room.OpenAsync();
        room.Ears.Deaf = "no route";
        var first = await room.Turn.TakeAsync(Mailbox, default);
        Assert.Equal(room.Clocks.Now + Duration.FromMinutes(1), first.Next);
        Assert.Equal(0, await room.World.CountAsync("select count(*) from incident"));
        room.Clock.Advance(TimeSpan.FromMinutes(15));
        await room.Turn.TakeAsync(Mailbox, default);
        Assert.Equal(1, await room.World.CountAsync("select count(*) from incident where kind = 'mailbox-unheard'"));
        Assert.Equal(TurnResult.Asleep, (await room.Turn.TakeAsync("other@mail.example", default)).Next);
        room.Ears.Deaf = null;
        await room.Turn.TakeAsync(Mailbox, default);
        Assert.Equal(0, await room.World.CountAsync("select count(*) from incident where closed_at is null")); // heard again
    }

    [Theory]
    [InlineData(true, "sent")]
    [InlineData(false, "unconfirmed")]
    public async Task An_email_nobody_confirmed_is_settled_by_the_Sent_folder_and_by_nothing_else(bool isThere, string state)
    {
        await using var room = await Room.OpenAsync();
        await room.World.AddPersonAsync("ann");
        var touch = await room.World.OfferAsync("ann", Channel.Email);
        var (permit, _) = await room.World.BeginAsync(LedgerWorld.Mailbox, touch);
        await room.World.ExecuteAsync("update touch_content set message_id = @id", new { id = $"{touch}@mail.example" });
        await room.World.Ledger.RecordAsync(new Outcome.Unknown(permit!, LedgerWorld.Now, "the line broke"));
        if (isThere) room.Ears.Sent.Add($"{touch}@mail.example");
        await room.Upkeep.TakeAsync("all", default);
        Assert.Equal(state, await room.World.TextAsync("select state from touch"));
    }

    private static string Letter(string from, string words, string? answers, string id = "1", string subject = "Re: hello", string extra = "X: y") => $"""
        From: {from}
        To: {Mailbox}
        Subject: {subject}
        Message-ID: <{id}@elsewhere.example>
        {extra}
        {(answers is null ? "X-No: thread" : $"In-Reply-To: <{answers}@mail.example>")}
        Content-Type: text/plain; charset=utf-8

        {words}

        """;

    private static string Bounce(string recipient, string status, string touch) => $"""
        From: mailer-daemon@people.example
        To: {Mailbox}
        Subject: Undelivered
        Message-ID: <b-{recipient}>
        Content-Type: multipart/report; report-type=delivery-status; boundary="b"

        --b
        Content-Type: text/plain

        Sorry.

        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.people.example

        Final-Recipient: rfc822; {recipient}
        Action: failed
        Status: {status}

        --b
        Content-Type: text/rfc822-headers

        Message-ID: <{touch}@mail.example>

        --b--

        """;

    /// <summary>A ledger, a mailbox a test fills by hand, and the turns between them.</summary>
    private sealed class Room : TurnWorld
    {
        private Room(LedgerWorld world)
            : base(world)
        {
            Signals = new Breaking(world.Signals);
            Cursors = new SqlMailCursors(world.Store);
            Turn = new EarsTurn(Ears, Cursors, Signals, new MailSignals(), world.People, Clocks);
            var outside = new PreviewTransports();
            Inbound = new InboundTurn(world.Signals, [new MailSignals()], world.People, world.Ledger, outside, outside, world.Facts, new SqlPhones(world.Store, world.Ids), Clocks);
            var recorder = new OutcomeRecorder(world.Ledger, new NoJournal(), Microsoft.Extensions.Logging.Abstractions.NullLogger<OutcomeRecorder>.Instance);
            Upkeep = new Meridian.Engine.Upkeep.UpkeepTurn(world.Facts, world.Ledger, outside, outside, Ears, recorder, world.People, world.Facts, Clocks);
        }

        public LedgerWorld World => Ledger;
        public ByHand Ears { get; } = new();
        public Breaking Signals { get; }
        public SqlMailCursors Cursors { get; }
        public EarsTurn Turn { get; }
        public InboundTurn Inbound { get; }
        public Meridian.Engine.Upkeep.UpkeepTurn Upkeep { get; }

        public static async Task<Room> OpenAsync() => new(await LedgerWorld.OpenAsync(new TestDatabase.Sqlite()));

        public async Task EmailedAsync(string lead)
        {
            await World.AddPersonAsync(lead);
            var touch = await World.OfferAsync(lead, Channel.Email);
            var (permit, loss) = await World.BeginAsync(LedgerWorld.Mailbox, touch);
            Assert.Null(loss);
            await World.Ledger.RecordAsync(new Outcome.Accepted(permit!, LedgerWorld.Now, "ok", null, null));
        }

        public async Task ListenAsync(params string[] letters)
        {
            foreach (var letter in letters) Ears.Add(letter);
            await Turn.TakeAsync(Mailbox, default);
        }

        public async Task HearAsync(params string[] letters)
        {
            await ListenAsync(letters);
            await UnderstandAsync();
        }

        public Task UnderstandAsync() => Inbound.TakeAsync("all", default);

        public Task<string?> ResultAsync() => World.TextAsync("select result from signal order by id desc limit 1");
    }

    private sealed class ByHand : IMailEars, ISentMail
    {
        private readonly List<string> letters = [];

        public long Validity { get; set; } = 1;
        public string? Deaf { get; set; }
        public HashSet<string> Sent { get; } = [];
        public IReadOnlyList<string> Mailboxes => [Mailbox];

        public void Add(string letter) => letters.Add(letter);

        private readonly List<string> junk = [];

        public string? DeafToJunk { get; set; }

        public void AddJunk(string letter) => junk.Add(letter);

        public Task<Hearing?> FetchJunkAsync(string mailbox, MailCursor? cursor, Instant since, CancellationToken cancellation)
        {
            if (DeafToJunk is not null) return Task.FromResult<Hearing?>(new Hearing.Deaf(DeafToJunk));
            var from = (int)(cursor?.LastUid ?? 0);
            return Task.FromResult<Hearing?>(new Hearing.New(junk.Skip(from).Select((l, i) => new HeardMail(9, from + i + 1, MailSignalsTests.Raw(l, 100 + from + i))).ToList(), new MailCursor(9, junk.Count), false));
        }

        public Task<Hearing> FetchNewAsync(string mailbox, MailCursor? cursor, Instant since, CancellationToken cancellation)
        {
            if (Deaf is not null) return Task.FromResult<Hearing>(new Hearing.Deaf(Deaf));
            var from = cursor?.UidValidity == Validity ? (int)cursor.LastUid : 0;
            var heard = letters.Skip(from).Select((l, i) => new HeardMail(Validity, from + i + 1, MailSignalsTests.Raw(l, from + i + 1))).ToList();
            return Task.FromResult<Hearing>(new Hearing.New(heard, new MailCursor(Validity, letters.Count), false));
        }

        public Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation) =>
            Task.FromResult<Sighting>(Sent.Contains(email.MessageId) ? new Sighting.Found("Sent") : new Sighting.NotFound());
    }

    private sealed class Breaking(ISignals signals) : ISignals
    {
        public bool Fails { get; set; }

        public Task<bool> StoreAsync(string provider, SignalEnvelope envelope, string raw, Instant now) =>
            Fails ? throw new InvalidOperationException("the database is away") : signals.StoreAsync(provider, envelope, raw, now);

        public Task<bool> IsKnownAsync(string provider, string eventId) => signals.IsKnownAsync(provider, eventId);

        public Task<IReadOnlyList<StoredSignal>> OpenAsync(int limit) => signals.OpenAsync(limit);

        public Task UnderstoodAsync(StoredSignal signal, string result, Instant now) => signals.UnderstoodAsync(signal, result, now);

        public Task UnreadableAsync(StoredSignal signal, string why, Instant now) => signals.UnreadableAsync(signal, why, now);

        public Task<TouchRef?> FindTouchAsync(string? touchId, string? providerRef) => signals.FindTouchAsync(touchId, providerRef);

        public Task<IReadOnlyList<string>> FindLeadsAsync(string? contactRef, string? addressId) => signals.FindLeadsAsync(contactRef, addressId);
    }
}
