using System.Collections.Concurrent;
using Meridian.Engine.Desks;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Inbound;

/// <summary>
/// Listens to one mailbox. Raw signal first: a message is stored before the cursor moves past it, so a crash in between reads it again and the
/// event id shows that it is known.
/// </summary>
public sealed class EarsTurn(IMailEars ears, IMailCursors cursors, ISignals signals, ISignalReader reader, IPeopleLedger people, Clocks clocks, Duration? every = null) : ITurn
{
    /// <summary>How far back a mailbox is read at its first hearing and after it was numbered anew.</summary>
    public static readonly Duration LookBack = Duration.FromDays(7);

    /// <summary>A mailbox nobody could read for this long is an incident: opt-outs may be waiting in it.</summary>
    public static readonly Duration LongestDeafness = Duration.FromMinutes(15);

    private readonly Duration every = every ?? Duration.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Instant> deafSince = new();

    public string Kind => "mailbox";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        if (!ears.Mailboxes.Contains(key)) return new TurnResult(TurnResult.Asleep, "no IMAP is set up for it");

        var before = await cursors.FindAsync(key);
        var hearing = await ears.FetchNewAsync(key, before, clocks.Now - LookBack, cancellation);
        if (hearing is Hearing.Deaf deaf) return await DeafAsync(key, deaf.Reason);

        deafSince.TryRemove(key, out _);
        var heard = (Hearing.New)hearing;
        var fresh = 0;
        foreach (var message in heard.Messages)
            if (await signals.StoreAsync(reader.Provider, reader.Describe(message.Raw), message.Raw, clocks.Now)) fresh++;
        if (heard.Cursor != before) await cursors.MoveAsync(key, heard.Cursor, clocks.Now);
        await people.CloseIncidentAsync("mailbox-unheard", key, clocks.Now);
        return new TurnResult(heard.More ? clocks.Now : clocks.Now + every, heard.Messages.Count == 0 ? "nothing new" : $"heard {heard.Messages.Count}, {fresh} of them new");
    }

    private async Task<TurnResult> DeafAsync(string mailbox, string reason)
    {
        var now = clocks.Now;
        var since = deafSince.GetOrAdd(mailbox, now);
        if (now - since >= LongestDeafness)
            await people.OpenIncidentAsync("mailbox-unheard", mailbox, $"nothing could be read there since {since}: {reason}; replies and opt-outs may be waiting", now);
        return new TurnResult(now + every, $"could not listen: {reason}");
    }
}
