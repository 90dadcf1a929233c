using Meridian.Engine.Inbound;
using NodaTime;

namespace Meridian.Engine.Ledger;

/// <summary>Raw signals: stored first, understood later. Whoever a signal names is held until it is understood.</summary>
public interface ISignals
{
    /// <summary>Stores a raw signal once by its event id and holds whom it names. False: it was known. After this commits the sender may be told 2xx.</summary>
    Task<bool> StoreAsync(string provider, SignalEnvelope envelope, string raw, Instant now);

    Task<bool> IsKnownAsync(string provider, string eventId);

    /// <summary>The oldest signals nobody has understood or given up on.</summary>
    Task<IReadOnlyList<StoredSignal>> OpenAsync(int limit);

    /// <summary>Understood: releases the holds no other open signal keeps, and un-parks what they had parked.</summary>
    Task UnderstoodAsync(StoredSignal signal, string result, Instant now);

    /// <summary>Cannot be read: the hold stays, an incident opens.</summary>
    Task UnreadableAsync(StoredSignal signal, string why, Instant now);

    /// <summary>The touch a provider's reference or our own id belongs to.</summary>
    Task<TouchRef?> FindTouchAsync(string? touchId, string? providerRef);

    /// <summary>The lead behind a provider's contact id, or behind an address when exactly one holds it.</summary>
    Task<IReadOnlyList<string>> FindLeadsAsync(string? contactRef, string? addressId);
}

public sealed class StoredSignal
{
    public string Id { get; init; } = "";
    public string Provider { get; init; } = "";
    public string EventId { get; init; } = "";
    public string Kind { get; init; } = "";
    public Instant ReceivedAt { get; init; }
    public string Raw { get; init; } = "";
    public string? TouchId { get; init; }
    public string? ContactRef { get; init; }
}

public sealed class TouchRef
{
    public string TouchId { get; init; } = "";
    public string LeadId { get; init; } = "";
    public string? AddressId { get; init; }
    public string? SenderId { get; init; }
    public Instant BegunAt { get; init; }

    /// <summary>Somebody, or a machine, picked this call up.</summary>
    public Instant? AnsweredAt { get; init; }
}
