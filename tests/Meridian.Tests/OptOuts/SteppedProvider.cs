using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Tests.OptOuts;

/// <summary>All three providers of one engine. Each stage of a request is a step, and what reached a person is written down.</summary>
internal sealed class SteppedProvider(Func<Task> step) : IMailTransport, ICallTransport, ITextTransport, ISentMail
{
    /// <summary>Touches that reached a person.</summary>
    public List<string> Reached { get; } = [];

    public List<string> HungUp { get; } = [];

    /// <summary>When the last one reached a person, on the machine's clock.</summary>
    public long LastReachedAt { get; private set; }

    private async Task<SendResult> TakeAsync(SendPermit permit)
    {
        await step(); // the request is made
        if (!permit.TryUse()) return new SendResult.NotSent(NotSentBecause.PermitExpired, "expired");
        await step(); // it is on its way
        Reached.Add(permit.TouchId);
        LastReachedAt = TimeProvider.System.GetTimestamp();
        await step(); // its answer is on its way
        return new SendResult.Accepted($"ref_{permit.TouchId}", $"control_{permit.TouchId}");
    }

    public Task<SendResult> SendAsync(SendPermit permit, OutgoingEmail email, CancellationToken cancellation) => TakeAsync(permit);

    public Task<SendResult> PlaceAsync(SendPermit permit, OutgoingCall call, CancellationToken cancellation) => TakeAsync(permit);

    public Task<SendResult> SendAsync(SendPermit permit, OutgoingText text, CancellationToken cancellation) => TakeAsync(permit);

    public async Task<TextContact> PrepareAsync(TextPerson person, CancellationToken cancellation)
    {
        await step();
        return new TextContact.Ready($"contact_{person.LeadId}");
    }

    public Task<bool> HangUpAsync(string controlUrl, CancellationToken cancellation)
    {
        HungUp.Add(controlUrl);
        return Task.FromResult(true);
    }

    public Task<CallStanding?> LookUpAsync(string providerRef, CancellationToken cancellation) => Task.FromResult<CallStanding?>(null);

    public Task<Sighting> FindAsync(string touchId, string providerSenderKey, Instant from, Instant to, CancellationToken cancellation) => Task.FromResult<Sighting>(new Sighting.CannotTell("test"));

    public Task<Sighting> FindAsync(string contactId, string body, Instant from, CancellationToken cancellation) => Task.FromResult<Sighting>(new Sighting.CannotTell("test"));

    public Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation) => Task.FromResult<Sighting>(new Sighting.NotFound());

    public Task<bool> SetDoNotDisturbAsync(string contactId, CancellationToken cancellation) => Task.FromResult(true);
}
