using Meridian.Engine.Desks;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Crm;

/// <summary>
/// Writes opt-outs into the CRM, however they were heard: whoever works there would call or text somebody who had pressed our link. Late is harmless here, for our
/// own opt-out holds from its commit; lost is not, so each is asked for until it stands there or the contact is gone.
/// </summary>
public sealed class CrmSilenceTurn(ICrmSilence? crm, ICrmSilences book, IPeopleLedger people, Clocks clocks) : ITurn
{
    private const int MostPerTurn = 20;

    /// <summary>One contact may have something about it that HighLevel stumbles over; three mean that it is HighLevel.</summary>
    private const int MostUntaken = 3;

    private const string Unwritten = "opt-outs-not-in-crm";
    private const string Source = "highlevel";
    private static readonly Duration Soon = Duration.FromSeconds(5);
    private static readonly Duration Every = Duration.FromMinutes(1);
    private static readonly Duration Rarely = Duration.FromMinutes(10);
    private static readonly Duration LongestWait = Duration.FromHours(1);
    private static readonly Duration TooLong = Duration.FromDays(1);

    /// <summary>An opt-out is dated before it commits. Once an hour all of them are looked at: a contact may become somebody's after their opt-out.</summary>
    private static readonly Duration LooksBack = Duration.FromHours(1);

    private Instant lookedAt, lookedAtAll;

    public string Kind => "crm-silence";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        if (crm is null) return new TurnResult(TurnResult.Asleep, "there is no CRM");
        if (!crm.IsSetUp)
        {
            await people.CloseIncidentAsync(Unwritten, Source, clocks.Now);
            return new TurnResult(clocks.Now + Rarely, "there is no CRM");
        }

        var more = await CollectAsync();
        var (written, untaken) = (0, 0);
        var due = await book.DueAsync(clocks.Now, MostPerTurn);
        foreach (var silence in due)
        {
            cancellation.ThrowIfCancellationRequested();
            switch (await crm.SilenceAsync(silence.ContactRef, CancellationToken.None))
            {
                case Silencing.NotNow no:
                    await book.LookAgainAsync(silence, no.Why, clocks.Now + WaitAfter(silence.Tries));
                    untaken++;
                    break;
                case var done:
                    await book.WrittenAsync(silence, done is Silencing.Gone, clocks.Now);
                    written++;
                    break;
            }

            if (untaken == MostUntaken) break;
        }

        await TellAsync();
        var did = $"{written} opt-outs written into the CRM{(untaken > 0 ? $", {untaken} not taken" : "")}";
        return new TurnResult(clocks.Now + (untaken == 0 && (more || due.Count == MostPerTurn) ? Soon : Every), did);
    }

    private async Task<bool> CollectAsync()
    {
        var now = clocks.Now;
        var all = now - lookedAtAll >= LooksBack;
        var more = await book.CollectAsync(all ? Instant.FromUnixTimeTicks(0) : lookedAt - LooksBack, now);
        // Whatever is left is looked for from the beginning.
        if (more) return true;
        lookedAt = now;
        if (all) lookedAtAll = now;
        return false;
    }

    private async Task TellAsync()
    {
        if (await book.LateAsync(clocks.Now - TooLong) is not { } late) await people.CloseIncidentAsync(Unwritten, Source, clocks.Now);
        else await people.OpenIncidentAsync(Unwritten, Source, $"{late.Count} opt-outs could not be written into HighLevel, the first since {late.Since}: {late.Why}; we contact none of them, but whoever works there sees no do-not-disturb", clocks.Now);
    }

    private static Duration WaitAfter(long tries) => Duration.Min(LongestWait, Duration.FromMinutes(1L << (int)Math.Min(tries, 6)));
}
