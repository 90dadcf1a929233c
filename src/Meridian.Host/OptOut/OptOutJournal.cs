using System.Text.Json;
using Meridian.Adapters;
using Meridian.Engine;
using Meridian.Engine.Ledger;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Meridian.Host.OptOut;

/// <summary>Somebody pressed a link of ours.</summary>
/// <param name="AddressId">What they typed beside it; null: nothing.</param>
/// <param name="Request">The request's own id: the evidence.</param>
internal sealed record Press(string LeadId, string? AddressId, string Request, long AtMs)
{
    public Instant At => Instant.FromUnixTimeMilliseconds(AtMs);
}

/// <summary>
/// Presses the database could not take. Mail programs press once and show nobody the answer, so "please try again" would lose a "no": it is on the disk
/// before the answer, tried again every second, and brought in before anything begins at the next start.
/// </summary>
internal sealed class OptOutJournal(string path, OptOutByLink links, Clocks clocks, ILogger log)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private readonly JsonLines<Press> lines = new(path, press => JsonSerializer.SerializeToUtf8Bytes(press), text => JsonSerializer.Deserialize<Press>(text) is { LeadId: not null } press ? press : null);
    private readonly Lock gate = new();
    private bool isTrying;

    /// <summary>On the disk when this returns.</summary>
    public void Keep(Press press)
    {
        lock (gate)
        {
            lines.Append(press);
            if (!isTrying) _ = UntilTakenAsync();
            isTrying = true;
        }
    }

    /// <summary>Brings what waits into the ledger, each once or twice: a press is the same however often it is taken. Not twice at the same time. Returns how many.</summary>
    public async Task<int> ReplayAsync()
    {
        var presses = lines.Read();
        foreach (var press in presses)
        {
            await links.TakeAsync(press);
            lines.Clear(1);
        }

        return presses.Count;
    }

    private async Task UntilTakenAsync()
    {
        while (true)
        {
            await Task.Delay(Again, clocks.Machine);
            try
            {
                await ReplayAsync();
                lock (gate)
                {
                    if (lines.Read().Count > 0) continue; // somebody pressed meanwhile
                    isTrying = false;
                    return;
                }
            }
            catch (StoreAwayException e)
            {
                log.LogDebug(e, "opt-outs by link wait for the database");
            }
            catch (Exception e)
            {
                log.LogError(e, "an opt-out by link waits in the journal and is not taken; it is tried every second");
            }
        }
    }
}
