using NodaTime;

namespace Meridian.Engine.Confirmations;

/// <summary>How the answer to an opt-out by text stands.</summary>
public enum ConfirmationState { Planned, Sending, Sent, Refused, Failed, Unconfirmed, ByCarrier, Expired }

/// <summary>Asks for a confirmation with an opt-out, in its transaction.</summary>
/// <param name="ByCarrier">The carrier answers its own keywords itself; only the do-not-disturb is ours to set.</param>
public sealed record ConfirmationOrder(string AddressId, string ContactRef, string FromAddress, Instant HeardAt, bool ByCarrier)
{
    /// <summary>47 CFR 64.1200(a)(12): within five minutes of the request.</summary>
    public static readonly Duration Life = Duration.FromMinutes(5);
}

/// <summary>A confirmation that is not done with.</summary>
public sealed record OpenConfirmation(string Id, string AddressId, string ContactRef, string FromAddress, ConfirmationState State, Instant ExpiresAt, Instant? BegunAt);

/// <summary>Confirmations of opt-outs. At most one a number, ever; what was begun is never begun again.</summary>
public interface IConfirmations
{
    Task<IReadOnlyList<OpenConfirmation>> DueAsync(Instant now, int most);

    Task<Instant?> NextAsync();

    /// <summary>The fence: true once, before its five minutes are over, at a revision of its sender at which neither engine nor sender was paused.</summary>
    Task<bool> TryBeginAsync(OpenConfirmation confirmation, string permitId, string body, Instant now);

    Task RecordAsync(string id, ConfirmationState state, string? providerRef, string? error);

    /// <summary>Our do-not-disturb stands at the provider: nothing is left to do.</summary>
    Task CloseAsync(string id, Instant now);

    Task LookAgainAsync(string id, Instant at);
}
