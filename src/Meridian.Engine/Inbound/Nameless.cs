using System.Collections.Concurrent;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Inbound;

/// <summary>
/// A signal that names a contact nobody here knows and no address would be nobody's, and of somebody whom we only called or wrote to we hold no contact. So the
/// provider is asked for the contact before the signal is stored.
/// </summary>
internal sealed class Nameless(ISignals signals, Clocks clocks)
{
    /// <summary>Contacts that are asked for in one look; the others wait for the next.</summary>
    private const int MostAsked = 100;

    /// <summary>So many contacts that are not shown mean that it is the provider.</summary>
    private const int MostRefused = 3;

    /// <summary>Then the signal is stored as it is, and a person is told of words nobody can be found for.</summary>
    private static readonly Duration LongestRefused = Duration.FromDays(1);

    /// <summary>Event ids whose contact was asked for in vain.</summary>
    private readonly ConcurrentDictionary<string, Instant> refusedSince = new();

    public OneLook Look(IInboundPoll poll, ISignalReader reader) => new(this, poll, reader);

    private async Task<bool> IsNamelessAsync(string provider, SignalEnvelope envelope) =>
        envelope is { Holds: true, TouchId: null, AddressIds.Count: 0, ContactId: { } contact }
        && !await signals.IsKnownAsync(provider, envelope.IdAt(clocks.Now)) && (await signals.FindLeadsAsync(contact, null)).Count == 0;

    /// <summary>True once it was refused for so long that it is asked for no more.</summary>
    private bool IsGivenUp(string id)
    {
        var now = clocks.Now;
        if (refusedSince.GetOrAdd(id, now) + LongestRefused > now) return false;
        refusedSince.TryRemove(id, out _);
        return true;
    }

    /// <summary>One look of a poll.</summary>
    internal sealed class OneLook(Nameless all, IInboundPoll poll, ISignalReader reader)
    {
        private readonly HashSet<string> refused = [];
        private int asked, waiting;
        private string why = $"{MostAsked} contacts are asked for at a time";

        /// <summary>Null: it is known whose everything is.</summary>
        public string? WhyNot => waiting == 0 ? null : $"it is not known who wrote {waiting} of them: {why}";

        /// <summary>Who was asked for in vain comes last, or three of them would keep everybody else waiting.</summary>
        public IEnumerable<string> InTurn(IEnumerable<string> raw) => raw.OrderBy(r => all.refusedSince.ContainsKey(reader.Describe(r).EventId));

        /// <summary>The signal as it is to be stored; null: it is asked for again at the next look.</summary>
        public async Task<string?> NameAsync(string raw, CancellationToken cancellation)
        {
            var envelope = reader.Describe(raw);
            if (!await all.IsNamelessAsync(poll.Provider, envelope)) return raw;

            var contact = envelope.ContactId!;
            if (asked < MostAsked && refused.Count < MostRefused && !refused.Contains(contact))
            {
                asked++;
                var naming = await poll.NameAsync(raw, contact, cancellation);
                if (naming is Naming.Named named)
                {
                    all.refusedSince.TryRemove(envelope.EventId, out _);
                    return named.Raw;
                }

                refused.Add(contact);
                why = ((Naming.NotNow)naming).Why;
                if (all.IsGivenUp(envelope.EventId)) return raw;
            }

            waiting++;
            return null;
        }
    }
}
