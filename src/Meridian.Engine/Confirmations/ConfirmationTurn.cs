using Meridian.Domain.Touches;
using Meridian.Engine.Checks;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Confirmations;

/// <summary>
/// Tells a person who asked us by text to stop that we have: once, within five minutes, without a word of advertisement. It is the only thing ever sent
/// after an opt-out. Then the provider learns of the opt-out, so that nobody texts from there either.
/// </summary>
public sealed class ConfirmationTurn(IConfirmations confirmations, ITextTransport texts, IOwner owner, Capabilities capabilities, IIds ids, Clocks clocks) : ITurn
{
    private const int MostPerTurn = 50;

    /// <summary>After this long nobody holds its permit any more: what became of it is not known, and it is not sent again.</summary>
    private static readonly Duration PermitGone = Duration.FromMinutes(1);

    private static readonly Duration AskAgain = Duration.FromMinutes(10);

    public string Kind => "confirmations";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var done = 0;
        foreach (var open in await confirmations.DueAsync(clocks.Now, MostPerTurn))
        {
            cancellation.ThrowIfCancellationRequested();
            if (open.State == ConfirmationState.Planned && !await SendAsync(open)) continue;
            done++;
            if (open.State == ConfirmationState.Sending)
            {
                if (open.BegunAt + PermitGone > clocks.Now) continue;
                await confirmations.RecordAsync(open.Id, ConfirmationState.Unconfirmed, null, "whoever sent it died before the answer came");
            }

            if (await texts.SetDoNotDisturbAsync(open.ContactRef, CancellationToken.None)) await confirmations.CloseAsync(open.Id, clocks.Now);
            else await confirmations.LookAgainAsync(open.Id, clocks.Now + AskAgain);
        }

        var next = await confirmations.NextAsync();
        return new TurnResult(next is null ? TurnResult.Asleep : next.Value > clocks.Now ? next.Value : clocks.Now + Duration.FromSeconds(5), $"saw to {done} opt-outs by text");
    }

    /// <summary>False: not now; it is looked at again until its five minutes are over.</summary>
    private async Task<bool> SendAsync(OpenConfirmation open)
    {
        var now = clocks.Now;
        if (now >= open.ExpiresAt)
        {
            await confirmations.RecordAsync(open.Id, ConfirmationState.Expired, null, "nothing could be sent within five minutes");
            return true;
        }

        if (capabilities.WhyNot(Capabilities.Of(Channel.Text, open.FromAddress)) is not null) return false;
        var body = $"{(await owner.SettingsAsync()).SellerName}: you are opted out and will not be contacted again.";
        var permitId = ids.New("prm");
        var (started, wall) = (clocks.Machine.GetTimestamp(), clocks.Machine.GetUtcNow());
        // A database that goes away here ends the turn: perhaps it began, then it is unconfirmed in a minute and never sent.
        if (!await confirmations.TryBeginAsync(open, permitId, body, now)) return false;
        var permit = new SendPermit(permitId, open.Id, Channel.Text, clocks.Machine, started, wall);
        var result = await texts.SendAsync(permit, new OutgoingText(open.Id, open.ContactRef, open.FromAddress, open.AddressId, body), CancellationToken.None);
        await (result switch
        {
            SendResult.Accepted a => confirmations.RecordAsync(open.Id, ConfirmationState.Sent, a.ProviderRef, null),
            SendResult.Refused r => confirmations.RecordAsync(open.Id, ConfirmationState.Refused, null, r.Reason),
            SendResult.NotSent n => confirmations.RecordAsync(open.Id, ConfirmationState.Failed, null, n.Reason),
            SendResult.Unknown u => confirmations.RecordAsync(open.Id, ConfirmationState.Unconfirmed, null, u.Reason),
            _ => throw new InvalidOperationException($"unknown result {result}"),
        });
        return true;
    }
}
