using Meridian.Engine.Desks;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Inbound;

/// <summary>
/// Reads a provider's own record of what people said, every two minutes. What came by webhook is known by its event id and stored once; what
/// the webhooks lost is found here. The raw signal is stored first, then the cursor moves.
/// </summary>
public sealed class PollTurn(Func<IReadOnlyList<IInboundPoll>> polls, IEnumerable<ISignalReader> readers, ISignals signals, IPollCursors cursors, IPeopleLedger people, Clocks clocks) : ITurn
{
    private static readonly Duration Every = Duration.FromMinutes(2);

    private static readonly Duration Rarely = Duration.FromMinutes(10);

    /// <summary>A provider that could not be asked for so long is an incident: an opt-out may be waiting there.</summary>
    private static readonly Duration TooFarBehind = Duration.FromMinutes(30);

    private readonly Nameless nameless = new(signals, clocks);
    private readonly Dictionary<string, ISignalReader> readers = readers.ToDictionary(r => r.Provider);

    public string Kind => "poll";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        if (polls().FirstOrDefault(p => p.Key == key) is not { } poll || !readers.TryGetValue(poll.Provider, out var reader))
        {
            // Taken out of the settings: nothing waits there that anybody could still ask for.
            await people.CloseIncidentAsync("poll-behind", key, clocks.Now);
            // Not for ever: another engine on this database may have settings of its own.
            return new TurnResult(clocks.Now + Rarely, "nobody polls here");
        }

        var asked = clocks.Now;
        if (await cursors.ReadAsync(key) is not { } readUntil)
        {
            // Older words than its first look are part of other conversations. Answered or not, it is remembered.
            readUntil = asked - poll.FirstLook;
            await cursors.MoveAsync(key, readUntil);
        }

        var answer = await poll.FetchAsync(readUntil - poll.Overlap, cancellation);
        if (answer is not PollAnswer.Fetched fetched) return await BehindAsync(key, readUntil, asked, ((PollAnswer.NotFetched)answer).Why);

        // Whoever could not be named stays at the provider and the cursor with them; what others said is heard meanwhile.
        var (fresh, look) = (0, nameless.Look(poll, reader));
        foreach (var raw in look.InTurn(fetched.Raw))
        {
            if (await look.NameAsync(raw, cancellation) is { } named && await signals.StoreAsync(poll.Provider, reader.Describe(named), named, clocks.Now)) fresh++;
        }

        if (look.WhyNot is { } unnamed) return await BehindAsync(key, readUntil, asked, unnamed);
        await cursors.MoveAsync(key, asked);
        await people.CloseIncidentAsync("poll-behind", key, clocks.Now);
        return new TurnResult(clocks.Now + Every, fresh == 0 ? "nothing new" : $"found {fresh} that no webhook had told");
    }

    private async Task<TurnResult> BehindAsync(string key, Instant readUntil, Instant asked, string why)
    {
        if (readUntil + TooFarBehind < asked) await people.OpenIncidentAsync("poll-behind", key, $"{key} could not be asked what people said since {readUntil}: {why}", asked);
        return new TurnResult(clocks.Now + Every, $"not asked: {why}");
    }
}
