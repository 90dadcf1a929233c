using Meridian.Domain.Touches;
using Meridian.Engine.Confirmations;
using NodaTime;

namespace Meridian.Engine.Ledger;

/// <summary>Facts about people, their addresses and senders. Every verb bumps the revisions that rest on what it writes.</summary>
public interface IPeopleLedger
{
    /// <summary>Suppresses addresses and opts out everybody who holds them, with all their other addresses: no touch begins after this commits.</summary>
    Task<OptOutResult> OptOutAsync(OptOutOrder order);

    /// <summary>It rings at somebody else's: never used again for anybody, and taken from everybody who held it as their own. They said nothing.</summary>
    Task TakeAwayNumberAsync(string addressId, string reason, string source, string evidence, string actor, Instant now);

    /// <summary>Ends a person's walks (a reply, a person's decision) and skips their offers. A reaction is kept on the last touch of its channel;
    /// a reply also ends the walks of the colleagues where the owner wants that (<see cref="OwnerSettings.StopCompanyOnReply"/>).</summary>
    Task StopAsync(string leadId, string reason, Reaction? reaction, Instant now);

    /// <summary>What a mailbox itself told us about an address; outlives every import.</summary>
    /// <param name="touchId">The accepted e-mail that came back, when that is known.</param>
    Task MarkUndeliverableAsync(string addressId, string detail, Instant now, string? touchId = null);

    /// <summary>Pauses a sender; its desk sleeps until somebody resumes it.</summary>
    Task PauseSenderAsync(string senderId, string reason, Instant now);

    /// <summary>Nothing was sent: frees exactly the gaps this touch took.</summary>
    Task GiveBackGapsAsync(string touchId, Instant now);

    /// <summary>Opens an incident once per kind and subject.</summary>
    Task OpenIncidentAsync(string kind, string subject, string detail, Instant now);

    /// <summary>What it was about is over; nothing happens when there is none open.</summary>
    Task CloseIncidentAsync(string kind, string subject, Instant now);
}

/// <summary>What a person's answer says about the touch they answer.</summary>
public sealed record Reaction(Channel Channel, Disposition Disposition);

/// <summary>An opt-out, by address or by person.</summary>
/// <param name="Source">Who or what told us: <c>sms</c>, <c>call</c>, <c>import</c>, <c>owner</c>, ...</param>
/// <param name="LeadId">Who said it. Null: an address was named and whoever holds it may have said it.</param>
/// <param name="Actor">For the audit, when a person did it; null when the engine understood it.</param>
/// <param name="Confirm">They asked by text and are told that we have heard; null: nothing is sent.</param>
/// <param name="CompanyLines">Those of the addresses that are a company's: suppressed, but their other holders said nothing.</param>
public sealed record OptOutOrder(
    IReadOnlyList<string> AddressIds, string? LeadId, string Reason, string Source, string? Evidence, Instant At, string? Actor = null, IReadOnlyList<string>? CompanyLines = null,
    ConfirmationOrder? Confirm = null);

/// <summary>Whom an opt-out reached; nobody when no such person and no address is known.</summary>
/// <param name="LiveCalls">Control URLs of calls in the air to these people: to be ended.</param>
public sealed record OptOutResult(IReadOnlyList<string> LeadIds, IReadOnlyList<string> AddressIds, IReadOnlyList<string> LiveCalls)
{
    /// <summary>A confirmation was planned, and with it the provider's do-not-disturb.</summary>
    public bool Confirms { get; init; }
}
