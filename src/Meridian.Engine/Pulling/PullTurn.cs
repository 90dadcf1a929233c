using Meridian.Domain.Leads;
using Meridian.Domain.Pacing;
using Meridian.Domain.Pulling;
using Meridian.Engine.Desks;
using Meridian.Engine.Ledger;
using Meridian.Engine.Prospecting;
using NodaTime;

namespace Meridian.Engine.Pulling;

/// <summary>
/// When nobody is left to contact, the owner is told; and contacts of the CRM that match a filter the owner confirmed are taken in, at most fifty on the
/// owner's day. Without a confirmed filter it is told only.
/// </summary>
/// <param name="contacts">Null: there is no CRM here, and this desk rests.</param>
public sealed class PullTurn(IContactSource? contacts, IPullBook book, IPeopleLedger people, IOwner owner, IIds ids, Clocks clocks) : ITurn
{
    private const int MostLookedAt = 100;
    private const int MostPages = 20;
    private static readonly Duration Every = Duration.FromMinutes(10);
    private static readonly Duration AfterTrouble = Duration.FromMinutes(5);
    private static readonly Duration StartsAnew = Duration.FromDays(1);
    private static readonly Duration Resting = Duration.FromHours(1);

    public string Kind => "pull";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        if (contacts is null) return new TurnResult(clocks.Now + Resting, "no CRM to pull from");
        var now = clocks.Now;
        var settings = await owner.SettingsAsync();
        var day = Pace.DayOf(now, settings.Zone);
        var need = await book.NeedAsync(day, settings.Zone, now);
        if (!need.IsZero)
        {
            await people.CloseIncidentAsync("zero-leads", Kind, now);
            return new TurnResult(now + Every, need.WhyNot);
        }

        var terms = await book.TermsAsync(settings);
        var confirmed = (await book.SettingsAsync()).Confirmed;
        var stale = confirmed is not null && confirmed.Filter.HashWith(terms.NeverTags) != confirmed.Hash;
        if (need is { ToEmail: false, HadPeople: true, IsTold: false })
            await people.OpenIncidentAsync("zero-leads", Kind, $"nobody is left to e-mail: import a file, or set up or widen a search{(confirmed is null || stale ? "; or have contacts of your CRM pulled: meridian pull preview" : "")}", now);
        if (confirmed is null) return new TurnResult(now + Every, "nobody is left, and no filter is confirmed: meridian pull preview");
        if (stale) return new TurnResult(now + Every, "nobody is left, but owner.pullNeverTags was changed after the filter was confirmed: meridian pull preview");

        var most = Math.Min(settings.PullPerDay, OwnerSettings.MostPulledPerDay);
        if (need.PulledToday >= most) return new TurnResult(now + Every, $"{need.PulledToday} pulled today, the most there may be");
        return await PullAsync(contacts, new PullBatch(ids.New("imp"), confirmed, day, settings.Zone, most), terms, cancellation);
    }

    private async Task<TurnResult> PullAsync(IContactSource crm, PullBatch batch, PullTerms terms, CancellationToken cancellation)
    {
        var judge = new ContactJudge(crm, book);
        var (filter, hash) = (batch.Filter.Filter, batch.Filter.Hash);
        var walk = await book.WalkAsync(hash);
        if (walk.EndedAt + StartsAnew > clocks.Now) return new TurnResult(clocks.Now + Every, "everybody who matches was looked at today");

        var (pulled, looked, after) = (0, 0, walk.After);
        for (var pages = 0; pages < MostPages; pages++)
        {
            var page = await crm.FindAsync(filter, terms.Zone, after, cancellation);
            if (page.Refusal is { } refused) return await RefusedAsync(refused, pulled);
            foreach (var id in await book.ToLookAtAsync(page.Ids, hash, clocks.Now))
            {
                cancellation.ThrowIfCancellationRequested();
                if (looked++ == MostLookedAt) return More(pulled);
                switch (await judge.JudgeAsync(id, filter, terms, clocks.Now, cancellation))
                {
                    case ContactVerdict.NotTold nothing:
                        return await RefusedAsync(nothing.Refusal, pulled);
                    case ContactVerdict.No no:
                        await KeepNoAsync(id, no, hash);
                        break;
                    case ContactVerdict.Yes yes:
                        var taken = await book.TakeAsync(batch, yes.Contact, clocks.Now);
                        if (taken == PullTaken.Withdrawn) return new TurnResult(clocks.Now + Every, $"{pulled} pulled; the filter is no longer in force");
                        if (taken == PullTaken.NoNeed) return new TurnResult(clocks.Now + Every, $"{pulled} pulled; somebody else is left by now, or a search may bring somebody");
                        if (taken == PullTaken.DayFull) return new TurnResult(clocks.Now + Every, $"{pulled} pulled; the day's {batch.Most} are there");
                        if (taken == PullTaken.Pulled) pulled++;
                        break;
                }
            }

            await people.CloseIncidentAsync("pull-refused", "highlevel", clocks.Now);
            after = page.Next;
            await book.MoveAsync(hash, after, after is null ? clocks.Now : null);
            if (after is null) return new TurnResult(clocks.Now + Every, $"{pulled} pulled; nobody else matches");
        }

        return More(pulled);
    }

    /// <summary>Their "no" is kept first: should anything fail after it, they are only looked at once more.</summary>
    private async Task KeepNoAsync(string id, ContactVerdict.No no, string hash)
    {
        if (no is { State: PullState.OptedOut, Contact: { DoNotDisturb: { } detail } contact } && AddressesOf(contact) is { Count: > 0 } addresses)
            await people.OptOutAsync(new OptOutOrder(addresses, null, $"do-not-disturb at HighLevel: {detail}", "highlevel", id, clocks.Now));
        await book.KeepAsync(id, no.State, no.Why, no.LookAgainAt, hash, clocks.Now);
    }

    private static List<string> AddressesOf(CrmContact contact)
    {
        var addresses = new List<string>();
        if (EmailAddress.TryParse(contact.Email, out var email, out _)) addresses.Add(email.Value);
        if (PhoneNumber.TryParse(contact.Phone, out var phone, out _)) addresses.Add(phone.E164);
        return addresses;
    }

    private async Task<TurnResult> RefusedAsync(SourceRefusal refusal, int pulled)
    {
        var now = clocks.Now;
        // A missing scope or a filter HighLevel does not know heals by nobody waiting.
        if (refusal.Trouble is SourceTrouble.Account or SourceTrouble.Invalid) await people.OpenIncidentAsync("pull-refused", "highlevel", refusal.Reason, now);
        var rest = refusal.Trouble is SourceTrouble.Account or SourceTrouble.Invalid ? Resting : AfterTrouble;
        return new TurnResult(refusal.Until > now + rest ? refusal.Until.Value : now + rest, $"{pulled} pulled; {refusal.Reason}");
    }

    private TurnResult More(int pulled) => new(clocks.Now + Duration.FromSeconds(1), $"{pulled} pulled; more to look at");
}
