using NodaTime;

namespace Meridian.Engine.Inbound;

/// <summary>Asks a provider what people said since an instant. A webhook is a hurry; this is the memory that nothing is missing.</summary>
public interface IInboundPoll
{
    /// <summary>The provider's name, as its <see cref="ISignalReader"/> has it.</summary>
    string Provider { get; }

    /// <summary>Its desk and its cursor, where a provider is asked for several things.</summary>
    string Key => Provider;

    /// <summary>Indexes lag behind and clocks disagree: what was read is read again for this long.</summary>
    Duration Overlap => Duration.FromMinutes(10);

    /// <summary>How far the first look goes back; zero where nothing was sent from here before it.</summary>
    Duration FirstLook => Duration.Zero;

    /// <summary>All inbound messages since <paramref name="since"/> on the provider's clock. One answer or none: never a part of it.</summary>
    Task<PollAnswer> FetchAsync(Instant since, CancellationToken cancellation);

    /// <summary>Asks whose a signal is that names a contact nobody here knows, and no address.</summary>
    Task<Naming> NameAsync(string raw, string contactId, CancellationToken cancellation) => Task.FromResult<Naming>(new Naming.Named(raw));
}

/// <summary>What a poll brought home.</summary>
public abstract record PollAnswer
{
    /// <summary>Raw signals in the shape of the provider's webhooks, so that the same message has the same event id whichever way it came.</summary>
    public sealed record Fetched(IReadOnlyList<string> Raw) : PollAnswer;

    /// <summary>The provider could not be asked, or its answer could not be read to the end.</summary>
    public sealed record NotFetched(string Why) : PollAnswer;
}

/// <summary>Whose a signal is.</summary>
public abstract record Naming
{
    /// <summary>The same signal with the contact's addresses; as it was where the provider has none, or the contact no more.</summary>
    public sealed record Named(string Raw) : Naming;

    /// <summary>It could not be told now.</summary>
    public sealed record NotNow(string Why) : Naming;
}
