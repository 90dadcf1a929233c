using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Reporting;

/// <summary>
/// The owner's copy of every e-mail: a message of its own through the owner's own transport, after acceptance (or once nobody knows), with links replaced by a dead
/// marker, never counted against a mailbox. At least once: a copy too many harms nobody.
/// </summary>
public sealed class OwnerCopyTurn(IFacts facts, IOwner owner, IOwnerMail mail, Clocks clocks) : ITurn
{
    private const int MostPerTurn = 50;
    private static readonly Duration DigestAgain = Duration.FromMinutes(10);

    public string Kind => "owner-copy";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var settings = await owner.SettingsAsync();
        if (settings.OwnerCopies == "digest") return await DigestAsync(settings);
        if (settings.OwnerCopies != "each") return new TurnResult(TurnResult.Asleep, $"owner copies are {settings.OwnerCopies}");
        var due = await facts.OwnerCopiesDueAsync(clocks.Now, MostPerTurn);
        var sent = 0;
        foreach (var copy in due)
        {
            cancellation.ThrowIfCancellationRequested();
            var result = await mail.SendToOwnerAsync(Message(copy, settings), CancellationToken.None);
            if (result is SendResult.Accepted)
            {
                await facts.OwnerCopySentAsync(copy.TouchId, clocks.Now);
                sent++;
            }
            else
            {
                var wait = Duration.FromMinutes(Math.Min(60, Math.Pow(2, copy.Attempts)));
                await facts.OwnerCopyFailedAsync(copy.TouchId, result.ToString() ?? "failed", clocks.Now + wait);
            }
        }

        if (due.Count == MostPerTurn) return new TurnResult(clocks.Now, $"sent {sent}, more to do");
        var next = await facts.NextOwnerCopyAsync();
        return new TurnResult(next is { } n ? (n > clocks.Now ? n : clocks.Now) : TurnResult.Asleep, due.Count == 0 ? "nothing to copy" : $"sent {sent} of {due.Count}");
    }

    /// <summary>Once a day, at six in the evening of the owner's clock, one message names every e-mail since the last.</summary>
    private async Task<TurnResult> DigestAsync(OwnerSettings settings)
    {
        var (last, next) = OwnerDigest.Around(clocks.Now, settings.Zone);
        var due = await facts.OwnerCopiesDueAsync(last, OwnerDigest.MostLines);
        if (due.Count == 0) return new TurnResult(next, "nothing for the digest yet");
        var result = await mail.SendToOwnerAsync(OwnerDigest.Of(due, last, settings), CancellationToken.None);
        if (result is not SendResult.Accepted) return new TurnResult(clocks.Now + DigestAgain, $"the digest was not taken: {result}");
        foreach (var copy in due) await facts.OwnerCopySentAsync(copy.TouchId, clocks.Now);
        return new TurnResult(due.Count == OwnerDigest.MostLines ? clocks.Now : next, $"a digest of {due.Count}");
    }

    private static OutgoingEmail Message(OwnerCopyRow copy, OwnerSettings settings)
    {
        var domain = settings.OwnerEmail[(settings.OwnerEmail.IndexOf('@') + 1)..];
        var company = TemplateValues.OneLine(copy.CompanyName) is { Length: > 0 } name ? name : "unknown company";
        var doubt = copy.State == "sent" ? "" : "Nobody could confirm that the mail server took this one; it may have reached them, and it will not be sent again.\n\n";
        var body = $"{doubt}Sent to {copy.ToAddress} from {copy.FromAddress}\nSubject: {copy.Subject}\n\n{DeadLinks.In(copy.Body)}";
        return new OutgoingEmail($"own.{copy.TouchId}@{domain}", settings.OwnerEmail, "Meridian", settings.OwnerEmail, null, $"📧 SENT: {company} ({copy.ToAddress})", body);
    }
}
