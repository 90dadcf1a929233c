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

        var heard = (Hearing.New)hearing;
        var fresh = await StoreAsync(heard.Messages);
        if (heard.Cursor != before) await cursors.MoveAsync(key, heard.Cursor, clocks.Now);

        var (junk, freshJunk, moreJunk, deafTo) = await HearJunkAsync(key, cancellation);
        if (deafTo is not null) return await DeafAsync(key, $"its junk folder, {deafTo}");
        deafSince.TryRemove(key, out _);
        await people.CloseIncidentAsync("mailbox-unheard", key, clocks.Now);
        var did = heard.Messages.Count == 0 ? "nothing new" : $"heard {heard.Messages.Count}, {fresh} of them new";
        return new TurnResult(heard.More || moreJunk ? clocks.Now : clocks.Now + every, junk == 0 ? did : $"{did}; {junk} in junk about our people, {freshJunk} of them new");
    }

    private async Task<int> StoreAsync(IEnumerable<HeardMail> messages)
    {
        var fresh = 0;
        foreach (var message in messages)
            if (await signals.StoreAsync(reader.Provider, reader.Describe(message.Raw), message.Raw, clocks.Now)) fresh++;
        return fresh;
    }

    /// <summary>A provider files a "no" or a bounce under junk as well. Of what lies there only what is about our people is kept: the rest is what the folder says.</summary>
    private async Task<(int Heard, int Fresh, bool More, string? Deaf)> HearJunkAsync(string mailbox, CancellationToken cancellation)
    {
        var key = $"{mailbox}#junk";
        var before = await cursors.FindAsync(key);
        var hearing = await ears.FetchJunkAsync(mailbox, before, clocks.Now - LookBack, cancellation);
        if (hearing is not Hearing.New junk) return (0, 0, false, (hearing as Hearing.Deaf)?.Reason);

        var ours = new List<HeardMail>();
        foreach (var message in junk.Messages)
            if (await IsAboutOursAsync(message.Raw)) ours.Add(message);
        var fresh = await StoreAsync(ours);
        if (junk.Cursor != before) await cursors.MoveAsync(key, junk.Cursor, clocks.Now);
        return (ours.Count, fresh, junk.More, null);
    }

    /// <summary>It answers or returns something of ours, uses a token of ours, or names an address that somebody holds.</summary>
    private async Task<bool> IsAboutOursAsync(string raw)
    {
        var envelope = reader.Describe(raw);
        if (envelope.TouchId is not null || reader.Read(raw) is SignalMeaning.MailOptOut { LeadId: not null }) return true;
        foreach (var address in envelope.AddressIds)
            if ((await signals.FindLeadsAsync(null, address)).Count > 0) return true;
        return false;
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
