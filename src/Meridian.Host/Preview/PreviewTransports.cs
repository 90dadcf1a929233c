using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using NodaTime;

namespace Meridian.Host.Preview;

/// <summary>Transports of a preview: nothing leaves; every message arrives, every call rings out.</summary>
public sealed class PreviewTransports : IMailTransport, IOwnerMail, ICallTransport, ITextTransport, IMailEars, ISentMail
{
    public Task<SendResult> SendAsync(SendPermit permit, OutgoingEmail email, CancellationToken cancellation) => Accept();

    public Task<SendResult> SendToOwnerAsync(OutgoingEmail email, CancellationToken cancellation) => Accept();

    public Task<SendResult> PlaceAsync(SendPermit permit, OutgoingCall call, CancellationToken cancellation) => Accept(call.TouchId);

    public Task<bool> HangUpAsync(string controlUrl, CancellationToken cancellation) => Task.FromResult(true);

    public Task<CallStanding?> LookUpAsync(string providerRef, CancellationToken cancellation) => Task.FromResult<CallStanding?>(
        new CallStanding(providerRef, "ended", new CallEnding("preview", Disposition.NoAnswer, null, 0, "", null, null, false)));

    public Task<Sighting> FindAsync(string touchId, string providerSenderKey, Instant from, Instant to, CancellationToken cancellation) =>
        Task.FromResult<Sighting>(new Sighting.CannotTell("preview"));

    public Task<TextContact> PrepareAsync(TextPerson person, CancellationToken cancellation) => Task.FromResult<TextContact>(new TextContact.Ready(person.LeadId));

    public Task<SendResult> SendAsync(SendPermit permit, OutgoingText text, CancellationToken cancellation) => Accept();

    public Task<Sighting> FindAsync(string contactId, string body, Instant from, CancellationToken cancellation) =>
        Task.FromResult<Sighting>(new Sighting.CannotTell("preview"));

    public Task<bool> SetDoNotDisturbAsync(string contactId, CancellationToken cancellation) => Task.FromResult(true);

    public IReadOnlyList<string> Mailboxes => [];

    public Task<Hearing> FetchNewAsync(string mailbox, MailCursor? cursor, Instant since, CancellationToken cancellation) => Task.FromResult<Hearing>(new Hearing.Deaf("preview"));

    public Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation) => Task.FromResult<Sighting>(new Sighting.CannotTell("preview"));

    private static Task<SendResult> Accept(string? reference = null) => Task.FromResult<SendResult>(new SendResult.Accepted(reference));
}
