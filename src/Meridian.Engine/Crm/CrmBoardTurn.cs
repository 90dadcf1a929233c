using System.Globalization;
using Meridian.Domain.Leads;
using Meridian.Domain.Touches;
using Meridian.Engine.Desks;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Engine.Crm;

/// <summary>
/// Shows what happened in the owner's CRM: tags, a note for every call, an opportunity for whoever is interested. Each once, however often an answer is lost;
/// what the CRM refuses is remembered with its reason; what it does not take now comes back after what is new. It tells and never decides, so it may be late.
/// </summary>
public sealed class CrmBoardTurn(ICrmBoard? board, ICrmBook book, IFacts facts, IOwner owner, IEnumerable<ISignalReader> readers, IPeopleLedger people, Clocks clocks) : ITurn
{
    private const int MostPerTurn = 20;

    /// <summary>One contact may have something about it that HighLevel stumbles over; three mean that it is HighLevel.</summary>
    private const int MostUntaken = 3;

    private const string Source = "highlevel";
    private const string NotShown = "crm-not-shown";
    private static readonly Duration Every = Duration.FromMinutes(2);

    /// <summary>More waits, and what was asked for was taken.</summary>
    private static readonly Duration Soon = Duration.FromSeconds(10);

    /// <summary>Longer than an offer lives and its answer takes.</summary>
    private static readonly Duration LooksBack = Duration.FromDays(60);

    private readonly IReadOnlyList<ISignalReader> readers = [.. readers];

    public string Kind => "crm";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        if (board?.Wishes is not { } wishes) return new TurnResult(TurnResult.Asleep, "nothing is shown in the CRM");
        var (shown, refused, why) = (new List<CrmItem>(), 0, "");
        var (untaken, toMend) = (new HashSet<string>(), new HashSet<CrmItem>());
        var news = await NewsAsync(wishes);
        foreach (var each in news)
        {
            cancellation.ThrowIfCancellationRequested();
            if (untaken.Contains(each.LeadId) || toMend.Contains(each.Item)) continue;
            switch (await ShowAsync(each, wishes))
            {
                case CrmAnswer.Shown done:
                    await book.ShownAsync(each, done.Reference, clocks.Now);
                    shown.Add(each.Item);
                    break;
                case CrmAnswer.Refused no:
                    await book.RefusedAsync(each, no.Reason, clocks.Now);
                    refused++;
                    break;
                case CrmAnswer.NotNow later:
                    why = later.Reason;
                    if (!later.OwnersToMend)
                    {
                        untaken.Add(each.LeadId);
                        break;
                    }

                    // It is about all things of this kind and about nobody: what else there is of them goes on.
                    toMend.Add(each.Item);
                    await people.OpenIncidentAsync(NotShown, SubjectOf(each.Item), $"what happens is not shown in the CRM: {later.Reason}", clocks.Now);
                    break;
            }

            if (untaken.Count == MostUntaken) break;
        }

        foreach (var item in Enum.GetValues<CrmItem>().Where(i => shown.Contains(i) || !IsWished(i, wishes)).Except(toMend)) await people.CloseIncidentAsync(NotShown, SubjectOf(item), clocks.Now);
        await people.CloseIncidentAsync(NotShown, Source, clocks.Now); // of an older version, which had one for everything
        var did = $"{shown.Count} shown in the CRM, {refused} refused{(untaken.Count > 0 ? $"; for {untaken.Count} people it took nothing: {why}" : toMend.Count > 0 ? $"; the owner must mend something first: {why}" : "")}";
        var more = news.Count >= MostPerTurn && shown.Count + refused > 0 && untaken.Count == 0;
        return new TurnResult(clocks.Now + (more ? Soon : Every), did);
    }

    private static string SubjectOf(CrmItem item) => $"{Source} {item.ToString().ToLowerInvariant()}";

    private static bool IsWished(CrmItem item, CrmWishes wishes) => item switch
    {
        CrmItem.Tag => wishes.Tags.Count > 0,
        CrmItem.Note => wishes.Notes,
        _ => wishes.Opportunities,
    };

    private async Task<IReadOnlyList<CrmNews>> NewsAsync(CrmWishes wishes)
    {
        var now = clocks.Now;
        var look = new CrmLook(now - LooksBack, now, wishes.Everybody, MostPerTurn);
        var news = new List<CrmNews>();
        foreach (var tag in wishes.Tags.Keys) news.AddRange(await book.TagsAsync(tag, look));
        if (wishes.Notes) news.AddRange(await book.NotesAsync(look));
        if (wishes.Opportunities) news.AddRange(await book.OpportunitiesAsync(look));
        return [.. news.OrderBy(n => n.AskedAt ?? Instant.MinValue)];
    }

    /// <summary>Null: somebody else shows it, or it was asked for a moment ago.</summary>
    private async Task<CrmAnswer?> ShowAsync(CrmNews news, CrmWishes wishes)
    {
        if (await facts.LeadAsync(news.LeadId) is not { } lead || await book.TryAskAsync(news, clocks.Now) is not { } asked) return null;
        var contact = news.ContactId ?? (await facts.RefsAsync(Source, news.LeadId) is [var first, ..] ? first : null);
        if (contact is null)
        {
            var known = await board!.KnowAsync(PersonOf(lead), CancellationToken.None);
            if (known is not CrmAnswer.Shown { Reference: { } made }) return known is CrmAnswer.Shown ? new CrmAnswer.NotNow("the CRM's answer has no contact in it") : known;
            await facts.KeepRefAsync(Source, made, news.LeadId);
            contact = made;
        }

        var name = lead.Lead.FullName.Length > 0 ? lead.Lead.FullName : lead.Addresses is [var address, ..] ? address.AddressId : contact;
        return news.Item switch
        {
            CrmItem.Tag => await board!.TagAsync(contact, wishes.Tags[Enum.Parse<CrmTag>(news.Subject)], CancellationToken.None),
            CrmItem.Opportunity => await board!.OpportunityAsync(contact, lead.Lead.CompanyName is { Length: > 0 } company ? $"{name}, {company}" : name, CancellationToken.None),
            _ => await book.CallAsync(news.Subject) is { } call
                ? await board!.NoteAsync(contact, news.Subject, NoteOf(news.Subject, call, (await owner.SettingsAsync()).Zone), asked > 0, CancellationToken.None)
                : new CrmAnswer.Refused("the call is gone"),
        };
    }

    private static CrmPerson PersonOf(LeadFacts lead) => new(
        lead.Lead.FirstName, lead.Lead.LastName, lead.Addresses.FirstOrDefault(a => a.Kind == AddressKind.Email)?.AddressId,
        lead.Addresses.FirstOrDefault(a => a.Kind == AddressKind.Phone && a.Role != AddressRole.Company)?.AddressId, lead.Lead.CompanyName);

    /// <summary>When, how it ended, what was said in short; and our id, by which it is found again.</summary>
    private string NoteOf(string touchId, CrmCall call, string zone)
    {
        var at = call.BegunAt.InZone(DateTimeZoneProviders.Tzdb[zone]);
        var lasted = call is { AnsweredAt: { } from, ClosedAt: { } to } && to > from ? $", {(to - from).TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s" : "";
        var note = $"Call by the AI voice, {ZonedDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm (z)", null).Format(at)}: {Say(call.Disposition)}{lasted}.";
        if (Summary(call) is { } summary) note += $"\n{summary}";
        return $"{note}\nMeridian {touchId}";
    }

    private string? Summary(CrmCall call) => call.Reports
        .SelectMany(raw => readers.Where(r => r.Provider == "vapi").Select(r => r.Read(raw)))
        .OfType<SignalMeaning.CallEnded>().Select(e => e.Ending.Summary).FirstOrDefault(s => !string.IsNullOrWhiteSpace(s))?.Trim();

    private static string Say(Disposition? disposition) => disposition switch
    {
        null or Disposition.Unknown => "how it ended is not known",
        Disposition.Answered => "they talked",
        Disposition.Interested => "they are interested",
        Disposition.NotInterested => "they are not interested",
        Disposition.NoAnswer => "nobody answered",
        Disposition.Voicemail => "a machine answered; nothing was left on it",
        Disposition.Busy => "busy",
        Disposition.HungUp => "they hung up within seconds",
        Disposition.WrongNumber => "somebody else has this number",
        Disposition.OptedOut => "they want no more of us",
        Disposition.Replied => "they answered",
        _ => "it failed",
    };
}
