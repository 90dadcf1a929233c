using System.Text.Json;
using Meridian.Domain.Compliance;
using Meridian.Domain.Pacing;
using Meridian.Domain.Time;
using Meridian.Engine.Desks;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.HumanCalls;

/// <summary>Opens a task for each call that only a person may make, as many a day as the owner wants; lets them expire after two business days.</summary>
public sealed class CallTaskTurn(ICallTasks tasks, CallDesk desk, IFacts facts, IOwner owner, Clocks clocks) : ITurn
{
    private const int MostLookedAt = 200;
    private const int BusinessDays = 2;
    private static readonly Duration Every = Duration.FromMinutes(10);
    private static readonly Duration Resting = Duration.FromHours(1);

    private string after = "";

    public string Kind => "tasks";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        await tasks.WithdrawSettledAsync(clocks.Now);
        var expired = await tasks.ExpireAsync(clocks.Now);
        await tasks.TellForgottenAsync(clocks.Now);
        var settings = await owner.SettingsAsync();
        if (!settings.HumanCalls || settings.HumanCallsPerDay == 0)
        {
            var next = await tasks.NextExpiryAsync();
            return new TurnResult(Earlier(next, clocks.Now + Resting), expired == 0 ? "nobody makes calls by hand" : $"{expired} expired");
        }

        var opened = 0;
        var candidates = await tasks.CandidatesAsync(after, MostLookedAt);
        after = candidates.Count < MostLookedAt ? "" : candidates[^1].TouchId;
        foreach (var candidate in candidates)
        {
            cancellation.ThrowIfCancellationRequested();
            var now = clocks.Now;
            if (await facts.LeadAsync(candidate.LeadId) is not { } lead || await facts.CampaignAsync(candidate.CampaignId) is not { } campaign) continue;
            if (campaign.Sequence.Find(candidate.StepId) is not { } step) continue;
            var (judged, verdict) = await desk.JudgeAsync(lead, campaign, step, candidate.TouchId, now);
            if (verdict.Ruling is Ruling.Park or Ruling.Refuse || judged.Address is not { } number) continue;
            var began = Pace.DayOf(now, settings.Zone).AtStartOfDayInZone(DateTimeZoneProviders.Tzdb[settings.Zone]).ToInstant();
            var task = new NewCallTask(
                candidate.TouchId, candidate.LeadId, number.AddressId, WindowKey.For(Domain.Touches.Channel.Call, judged.Evidence.Zones, judged.Evidence.States),
                EndOfBusinessDay(now, BusinessDays, judged.Evidence.Zones), JsonSerializer.Serialize(verdict.Findings.Select(f => new { f.Rule, ruling = f.Ruling.ToString(), f.Sentence, f.Source })));
            if (await tasks.TryOpenAsync(task, lead.Lead.Revision, began, settings.HumanCallsPerDay, now)) opened++;
        }

        return new TurnResult(Earlier(await tasks.NextExpiryAsync(), clocks.Now + Every), $"{opened} call tasks opened, {expired} expired");
    }

    /// <summary>The end of the <paramref name="days"/>th business day after today, in the westernmost of the person's zones.</summary>
    internal static Instant EndOfBusinessDay(Instant now, int days, IReadOnlyList<string> zones)
    {
        var zone = zones.Select(z => DateTimeZoneProviders.Tzdb[z]).OrderBy(z => z.GetUtcOffset(now)).First();
        var day = now.InZone(zone).Date;
        while (days > 0)
        {
            day = day.PlusDays(1);
            if (day.DayOfWeek is not IsoDayOfWeek.Saturday and not IsoDayOfWeek.Sunday && HolidayCalendar.Federal.On(day) is null) days--;
        }

        return day.PlusDays(1).AtStartOfDayInZone(zone).ToInstant();
    }

    private static Instant Earlier(Instant? a, Instant b) => a < b ? a.Value : b;
}
