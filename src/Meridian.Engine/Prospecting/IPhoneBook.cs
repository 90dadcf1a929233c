using NodaTime;

namespace Meridian.Engine.Prospecting;

/// <summary>The store of phone orders. A person's phone is ordered at most once: that it is asked for is written before the paid request leaves.</summary>
public interface IPhoneBook
{
    /// <summary>People of the source whose call waits only because they have no number of their own, and whose phone was never ordered; by id after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<PhoneCandidate>> CandidatesAsync(string source, string after, int most);

    /// <summary>Sets credits and money for them aside, all or nothing. Null: a budget is used up, or somebody else asks for one of them just now.</summary>
    Task<PhoneOrder?> TryOrderAsync(string source, IReadOnlyList<WantedPhone> wanted, PurchaseLimits limits, int creditsEach, Instant now);

    /// <summary>The source took the order. <paramref name="requestId"/> null: only the webhook can bring it.</summary>
    Task OrderedAsync(string orderId, string? requestId, decimal credits, Instant lookAt, Instant now);

    /// <summary>Nothing was bought: everything is given back and they may be asked for again.</summary>
    /// <param name="charged">What the source says it cost all the same.</param>
    Task GiveBackAsync(string orderId, PurchaseLimits limits, decimal charged, Instant now);

    /// <summary>Somebody else's order is fetching the same people: nothing comes for this one, everything is given back, and they stay asked for until <see cref="AskAgainAsync"/>.</summary>
    Task UnderWayAsync(string orderId, PurchaseLimits limits, decimal charged, Instant now);

    /// <summary>Whoever was under way elsewhere <paramref name="before"/> this instant may be asked for again.</summary>
    Task AskAgainAsync(string source, Instant before);

    /// <summary>Nothing more will come. What was set aside stays spent unless the answers told what it cost.</summary>
    Task CloseAsync(string orderId, string result, Instant now);

    Task<IReadOnlyList<OpenPhoneOrder>> OpenAsync(string source, Instant now);

    Task LookAgainAsync(string orderId, Instant at);

    /// <summary>Attaches what was delivered for people of this order, settles the cost and closes it, once. Null: it was closed before, or is none of ours.</summary>
    Task<int?> KeepPhonesAsync(string orderId, IReadOnlyList<ProspectPhone> phones, decimal credits, Instant now);
}

/// <summary>Somebody whose phone might be worth buying.</summary>
/// <param name="TouchId">The call that waits.</param>
public sealed record PhoneCandidate(string TouchId, string LeadId, string CampaignId, string StepId, string ExternalId);

/// <summary>Somebody whose phone is worth buying, and why.</summary>
public sealed record WantedPhone(string ExternalId, string LeadId, string Why);

/// <summary>An order about to be asked for.</summary>
public sealed record PhoneOrder(string Id, string Source, IReadOnlyList<string> ExternalIds);

/// <summary>An order nothing came for yet.</summary>
/// <param name="OrderedAt">Null: nobody knows whether the source took it.</param>
public sealed record OpenPhoneOrder(string Id, string? RequestId, Instant AskedAt, Instant? OrderedAt, Instant? LookAt);
