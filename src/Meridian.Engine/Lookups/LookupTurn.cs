using Meridian.Domain.Compliance;
using Meridian.Domain.Pacing;
using Meridian.Domain.Time;
using Meridian.Engine.Desks;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.Lookups;

/// <summary>
/// Where the owner has signed for calls to business landlines, asks what line a waiting call would ring: only in states whose law leaves such lines open,
/// inside the day's count and money.
/// </summary>
public sealed class LookupTurn(ILineLookups? lookups, ILookupBook book, IOwner owner, IPeopleLedger people, Clocks clocks) : ITurn
{
    private const string Incident = "line-lookups-refused";
    private const int MostPerTurn = 20;
    private const int MostLookedAt = 200;
    private static readonly Duration Every = Duration.FromMinutes(10);
    private static readonly Duration Resting = Duration.FromHours(1);

    /// <summary>Who could not be told about is not asked about again sooner.</summary>
    private static readonly Duration AskAgain = Duration.FromDays(1);

    // Where the last turn ended: numbers whose states stay closed must not keep the others waiting for ever.
    private string after = "";

    public string Kind => "lookups";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var settings = await owner.SettingsAsync();
        if (lookups is null || settings.Law.BusinessLandlines is null) return new TurnResult(clocks.Now + Resting, "no line is looked up");
        var asked = 0;
        var candidates = await book.CandidatesAsync(after, clocks.Now - AskAgain, clocks.Now - LineLookup.Life, MostLookedAt);
        if (candidates.Count < MostLookedAt) after = "";
        foreach (var candidate in candidates)
        {
            cancellation.ThrowIfCancellationRequested();
            if (candidates.Count == MostLookedAt) after = candidate.AddressId;
            if (!BusinessLandlines.AreOpenIn(WindowKey.Parse(candidate.WindowKey).States)) continue;
            var now = clocks.Now;
            var limits = new LookupLimits(Pace.DayOf(now, settings.Zone), settings.LineLookupsPerDay, (long)(settings.LineLookupUsd * 1_000_000m), (long)(settings.DailyBudgetUsd * 1_000_000m));
            if (await book.TryReserveAsync(candidate.AddressId, lookups.Source, limits, now) is not { } id) return new TurnResult(now + Resting, $"asked about {asked} lines; the day has had enough");
            switch (await lookups.LookUpAsync(candidate.AddressId, cancellation))
            {
                case LineAnswer.Told told:
                    await book.KeepAsync(id, candidate.AddressId, new LineLookup(told.Type, told.IsBusiness, clocks.Now), told.Raw, clocks.Now);
                    await people.CloseIncidentAsync(Incident, lookups.Source, clocks.Now);
                    break;
                case LineAnswer.NotTold refused:
                    await book.KeepFailureAsync(id, refused.Why);
                    if (!refused.Account) break;
                    await people.OpenIncidentAsync(Incident, lookups.Source, refused.Why, clocks.Now);
                    return new TurnResult(clocks.Now + Resting, refused.Why);
            }

            if (++asked == MostPerTurn) break;
        }

        return new TurnResult(clocks.Now + Every, $"asked about {asked} lines");
    }
}
