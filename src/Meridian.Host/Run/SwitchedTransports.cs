using Meridian.Adapters.Apollo;
using Meridian.Engine.Crm;
using Meridian.Engine.Dispatch;
using Meridian.Engine.HumanCalls;
using Meridian.Engine.Inbound;
using Meridian.Engine.Lookups;
using Meridian.Domain.Pulling;
using Meridian.Engine.Prospecting;
using Meridian.Engine.Pulling;
using Meridian.Engine.Voice;
using NodaTime;

namespace Meridian.Host.Run;

/// <summary>
/// The transports of the settings in force. A reload puts new ones in their place; what was handed over before goes on with the old ones.
/// </summary>
public sealed class SwitchedTransports(LiveProviders first) : IMailTransport, IOwnerMail, ICallTransport, ITextTransport, IMailEars, ISentMail, IInboundPoll, IProspectSource, ILineLookups, ICrmTasks, ICalendar, IDoNotDisturb, ICrmBoard, ICrmSilence, IContactSource
{
    private volatile LiveProviders now = first;

    public LiveProviders Now => now;

    /// <summary>Where the outside reaches us, by the settings in force.</summary>
    public string? PublicUrl { get; set; }

    public void Become(LiveProviders next) => now = next;

    public Task<SendResult> SendAsync(SendPermit permit, OutgoingEmail email, CancellationToken cancellation) => now.Mail.SendAsync(permit, email, cancellation);

    public Task<SendResult> SendToOwnerAsync(OutgoingEmail email, CancellationToken cancellation) => now.Mail.SendToOwnerAsync(email, cancellation);

    /// <summary>What the settings in force let us ask: HighLevel three things, Vapi who called us, and every domain at Mailgun what became of its letters.</summary>
    public IReadOnlyList<IInboundPoll> Polls => [.. now.Location is null ? Array.Empty<IInboundPoll>() : [this, SilencePoll, LetterPoll], .. now.CallsToUs is { } called ? [called] : Array.Empty<IInboundPoll>(), .. now.Mail.Polls];

    string IInboundPoll.Provider => "highlevel";

    public Task<PollAnswer> FetchAsync(Instant since, CancellationToken cancellation) => now.Poll?.FetchAsync(since, cancellation) ?? Task.FromResult<PollAnswer>(new PollAnswer.NotFetched("highLevel is not set up"));

    public Task<Naming> NameAsync(string raw, string contactId, CancellationToken cancellation) => now.Poll?.NameAsync(raw, contactId, cancellation) ?? NotNamed;

    private static Task<Naming> NotNamed => Task.FromResult<Naming>(new Naming.NotNow("highLevel is not set up"));

    string IDoNotDisturb.Source => "highlevel";

    /// <summary>The same provider, asked whom it holds a do-not-disturb for.</summary>
    private IInboundPoll SilencePoll => new SwitchedPoll("highlevel-dnd", () => now.Silence, new PollAnswer.NotFetched("highLevel is not set up"));

    /// <summary>The same provider, asked for letters answered there; nothing where none are written by it.</summary>
    private IInboundPoll LetterPoll => new SwitchedPoll("highlevel-letters", () => now.Letters, new PollAnswer.Fetched([]));

    Task<Disturbance> IDoNotDisturb.LookAsync(string contactId, CancellationToken cancellation) => now.Silence?.LookAsync(contactId, cancellation) ?? Task.FromResult<Disturbance>(new Disturbance.None());

    private sealed class SwitchedPoll(string key, Func<IInboundPoll?> now, PollAnswer otherwise) : IInboundPoll
    {
        public string Provider => "highlevel";

        public string Key => key;

        public Task<PollAnswer> FetchAsync(Instant since, CancellationToken cancellation) => now()?.FetchAsync(since, cancellation) ?? Task.FromResult(otherwise);

        public Task<Naming> NameAsync(string raw, string contactId, CancellationToken cancellation) => now()?.NameAsync(raw, contactId, cancellation) ?? NotNamed;
    }

    CrmWishes? ICrmBoard.Wishes => now.Board?.Wishes;

    Task<CrmAnswer> ICrmBoard.KnowAsync(CrmPerson person, CancellationToken cancellation) => now.Board?.KnowAsync(person, cancellation) ?? NoBoard;

    Task<CrmAnswer> ICrmBoard.TagAsync(string contactId, string tag, CancellationToken cancellation) => now.Board?.TagAsync(contactId, tag, cancellation) ?? NoBoard;

    Task<CrmAnswer> ICrmBoard.NoteAsync(string contactId, string mark, string body, bool maybeThere, CancellationToken cancellation) =>
        now.Board?.NoteAsync(contactId, mark, body, maybeThere, cancellation) ?? NoBoard;

    Task<CrmAnswer> ICrmBoard.OpportunityAsync(string contactId, string name, CancellationToken cancellation) => now.Board?.OpportunityAsync(contactId, name, cancellation) ?? NoBoard;

    bool ICrmSilence.IsSetUp => now.Texts is not null;

    Task<Silencing> ICrmSilence.SilenceAsync(string contactId, CancellationToken cancellation) => now.Texts?.SilenceAsync(contactId, cancellation) ?? Task.FromResult<Silencing>(new Silencing.NotNow("highLevel is not set up"));

    private static Task<CrmAnswer> NoBoard => Task.FromResult<CrmAnswer>(new CrmAnswer.NotNow("highLevel is not set up"));

    Task<string?> ICrmTasks.OpenAsync(TextPerson person, string title, string body, Instant due, CancellationToken cancellation) =>
        now.Tasks?.OpenAsync(person, title, body, due, cancellation) ?? Task.FromResult<string?>(null);

    Task<bool> ICrmTasks.CompleteAsync(string reference, CancellationToken cancellation) => now.Tasks?.CompleteAsync(reference, cancellation) ?? Task.FromResult(false);

    Task<IReadOnlyList<OffsetDateTime>?> ICalendar.FreeAsync(Instant from, Instant to, string zone, CancellationToken cancellation) =>
        now.Calendar?.FreeAsync(from, to, zone, cancellation) ?? Task.FromResult<IReadOnlyList<OffsetDateTime>?>(null);

    Task<Booking> ICalendar.BookAsync(TextPerson person, OffsetDateTime start, string title, CancellationToken cancellation) =>
        now.Calendar?.BookAsync(person, start, title, cancellation) ?? Task.FromResult<Booking>(new Booking.NotBooked("highLevel is not set up"));

    Task<ContactPage> IContactSource.FindAsync(PullFilter filter, string zone, string? after, CancellationToken cancellation) =>
        now.Contacts?.FindAsync(filter, zone, after, cancellation) ?? Task.FromResult(ContactPage.No(new SourceRefusal(SourceTrouble.Account, NoHighLevel)));

    Task<ContactReading> IContactSource.ReadAsync(string contactId, CancellationToken cancellation) =>
        now.Contacts?.ReadAsync(contactId, cancellation) ?? Task.FromResult(new ContactReading(null, new SourceRefusal(SourceTrouble.Account, NoHighLevel)));

    Task<HistoryReading> IContactSource.HistoryAsync(string contactId, CancellationToken cancellation) =>
        now.Contacts?.HistoryAsync(contactId, cancellation) ?? Task.FromResult(new HistoryReading(null, new SourceRefusal(SourceTrouble.Account, NoHighLevel)));

    private const string NoHighLevel = "highLevel is not set up";

    string ILineLookups.Source => "twilio";

    Task<LineAnswer> ILineLookups.LookUpAsync(string e164, CancellationToken cancellation) =>
        now.Lookups?.LookUpAsync(e164, cancellation) ?? Task.FromResult<LineAnswer>(new LineAnswer.NotTold("twilio is not set up", Account: true));

    string IProspectSource.Name => "apollo";

    int IProspectSource.MostPages => ApolloProspects.LastPage;

    public Task<SearchReply> SearchAsync(SearchFilter filter, int page, CancellationToken cancellation) =>
        now.Prospects?.SearchAsync(filter, page, cancellation) ?? Task.FromResult(SearchReply.No(SourceTrouble.Account, NoApollo));

    public Task<EnrichReply> EnrichAsync(IReadOnlyList<string> externalIds, CancellationToken cancellation) =>
        now.Prospects?.EnrichAsync(externalIds, cancellation) ?? Task.FromResult(EnrichReply.No(SourceTrouble.Account, NoApollo));

    public Task<PhoneOrderReply> OrderPhonesAsync(IReadOnlyList<string> externalIds, Uri deliverTo, CancellationToken cancellation) =>
        now.Prospects?.OrderPhonesAsync(externalIds, deliverTo, cancellation) ?? Task.FromResult(PhoneOrderReply.No(SourceTrouble.Account, NoApollo));

    public Task<PhonesReply> CollectPhonesAsync(string requestId, CancellationToken cancellation) =>
        now.Prospects?.CollectPhonesAsync(requestId, cancellation) ?? Task.FromResult(new PhonesReply([], false, 0, new SourceRefusal(SourceTrouble.Account, NoApollo)));

    private const string NoApollo = "apollo is not set up";

    public IReadOnlyList<string> Mailboxes => now.Ears.Mailboxes;

    public Task<Hearing> FetchNewAsync(string mailbox, MailCursor? cursor, Instant since, CancellationToken cancellation) => now.Ears.FetchNewAsync(mailbox, cursor, since, cancellation);

    public Task<Hearing?> FetchJunkAsync(string mailbox, MailCursor? cursor, Instant since, CancellationToken cancellation) => now.Ears.FetchJunkAsync(mailbox, cursor, since, cancellation);

    public Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation) => now.Mail.FindAsync(email, cancellation);

    public Task<SendResult> PlaceAsync(SendPermit permit, OutgoingCall call, CancellationToken cancellation) =>
        now.Calls?.PlaceAsync(permit, call, cancellation) ?? Task.FromResult<SendResult>(new SendResult.NotSent(NotSentBecause.Account, "vapi is not set up"));

    public Task<bool> HangUpAsync(string controlUrl, CancellationToken cancellation) => now.Calls?.HangUpAsync(controlUrl, cancellation) ?? Task.FromResult(false);

    public Task<Meridian.Engine.Dispatch.CallStanding?> LookUpAsync(string providerRef, CancellationToken cancellation) => now.Calls?.LookUpAsync(providerRef, cancellation) ?? Task.FromResult<Meridian.Engine.Dispatch.CallStanding?>(null);

    public Task<Sighting> FindAsync(string touchId, string providerSenderKey, Instant from, Instant to, CancellationToken cancellation) =>
        now.Calls?.FindAsync(touchId, providerSenderKey, from, to, cancellation) ?? Task.FromResult<Sighting>(new Sighting.CannotTell("vapi is not set up"));

    public Task<TextContact> PrepareAsync(TextPerson person, CancellationToken cancellation) =>
        now.Texts?.PrepareAsync(person, cancellation) ?? Task.FromResult<TextContact>(new TextContact.NotReady(NotSentBecause.Account, "highLevel is not set up"));

    public Task<SendResult> SendAsync(SendPermit permit, OutgoingText text, CancellationToken cancellation) =>
        now.Texts?.SendAsync(permit, text, cancellation) ?? Task.FromResult<SendResult>(new SendResult.NotSent(NotSentBecause.Account, "highLevel is not set up"));

    public Task<Sighting> FindAsync(string contactId, string body, Instant from, CancellationToken cancellation) =>
        now.Texts?.FindAsync(contactId, body, from, cancellation) ?? Task.FromResult<Sighting>(new Sighting.CannotTell("highLevel is not set up"));

    public Task<bool> SetDoNotDisturbAsync(string contactId, CancellationToken cancellation) => now.Texts?.SetDoNotDisturbAsync(contactId, cancellation) ?? Task.FromResult(false);
}
