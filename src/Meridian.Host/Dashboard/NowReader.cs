using Meridian.Adapters.Sql;
using Meridian.Domain.Pacing;
using Meridian.Engine;
using Meridian.Engine.Ledger;
using Meridian.Host.Composition;

namespace Meridian.Host.Dashboard;

/// <summary>Reads <see cref="NowModel"/> from the database; writes nothing.</summary>
/// <param name="errors">Errors caught since the process started.</param>
public sealed class NowReader(SqlStore store, IFacts facts, IOwner owner, Clocks clocks, Func<long> errors)
{
    private readonly SqlReports reports = new(store);
    private readonly SqlDesks desks = new(store);

    public static NowReader Of(Node node) => new(node.Store, node.Facts, node.Owner, node.Clocks, () => node.Safe.Errors);

    public async Task<NowModel> ReadAsync(int touches = 10)
    {
        var (now, machineNow) = (clocks.Now, clocks.MachineNow);
        var settings = await owner.SettingsAsync();
        var day = Pace.DayOf(now, settings.Zone);
        var today = await reports.TodayAsync(Pace.DayStarts(day, settings.Zone));
        var slots = await reports.SlotsAsync(zone => Pace.DayOf(now, zone));
        var senders = slots.ToDictionary(s => s.Id);
        return new NowModel(
            now, settings.Zone, await reports.IsPausedAsync(), (await desks.AllAsync()).Select(d => DeskGlance.Of(d, senders, now, machineNow)).ToList(), ZoneGlance.All(settings, now),
            await NextTouch.ReadAsync(reports, facts, slots, settings, now, touches), await LastTouch.ReadAsync(reports, touches), Target.Of(today), today.GetValueOrDefault("replies"),
            today.GetValueOrDefault("opt_outs"), await reports.InTheAirAsync(), await reports.SpentAsync(day) / 1_000_000m, settings.DailyBudgetUsd, errors(), await reports.OpenIncidentsAsync());
    }
}
