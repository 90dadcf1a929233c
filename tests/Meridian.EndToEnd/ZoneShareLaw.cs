using System.Globalization;
using Meridian.LogCheck.Clock;
using Microsoft.Data.Sqlite;

namespace Meridian.EndToEnd;

/// <summary>
/// The law of shares on a day that caps make scarce, measured afterwards from the rows of a run, with clocks and a division of its own: every zone's share is
/// its due people's part of the day's calls; no call goes to a window that closes later while somebody due and callable of a window that closes earlier, with
/// share left, waits; and no zone has fewer calls than its share while it has people to call. Who is in which zone is taken from the run's own window keys,
/// and shares are those that stood at the end of the day.
/// </summary>
internal sealed class ZoneShareLaw
{
    private readonly List<Call> calls;
    private readonly Dictionary<string, List<(long From, long To)>> inTheAir;
    private readonly Dictionary<string, long> shares;
    private readonly long capacity;
    private readonly long dayEnds;

    private ZoneShareLaw(List<Call> calls, Dictionary<string, List<(long From, long To)>> inTheAir, Dictionary<string, long> shares, long capacity, long dayEnds) =>
        (this.calls, this.inTheAir, this.shares, this.capacity, this.dayEnds) = (calls, inTheAir, shares, capacity, dayEnds);

    /// <summary>How many times somebody else was due and callable in an earlier-closing window when a call began.</summary>
    public int Compared { get; private set; }

    public IReadOnlyList<Call> Begun => calls.Where(c => c.BegunAt is not null).OrderBy(c => c.BegunAt).ToList();

    /// <summary>Calls the caps of the caller IDs allow on this day.</summary>
    public long Capacity => capacity;

    /// <summary>People who were called, or could still have been when the last call began.</summary>
    public int Due => DueByGroup().Values.Sum();

    /// <summary>True when there was less to give than was asked for: otherwise shares decide nothing.</summary>
    public bool IsScarce => capacity < Due;

    public static ZoneShareLaw Read(string database)
    {
        using var db = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        db.Open();
        var calls = Rows(db, """
            select t.id, t.lead_id, t.window_key, t.zone_group, t.planned_at, t.due_at, t.begun_at, t.closed_at, t.parked_reason, t.skipped_reason, t.address_id, l.company_id
              from touch t join lead l on l.id = t.lead_id where t.channel = 'call'
            """, r => new Call(
            r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4), r.GetInt64(5), Long(r, 6), Long(r, 7), Text(r, 8), Text(r, 9), Text(r, 10), Text(r, 11)));
        var air = Rows(db, "select lead_id, begun_at, closed_at from touch where begun_at is not null", r => (Lead: r.GetString(0), From: r.GetInt64(1), To: Long(r, 2) ?? long.MaxValue))
            .GroupBy(a => a.Lead).ToDictionary(g => g.Key, g => g.Select(a => (a.From, a.To)).ToList());
        var day = Rows(db, "select distinct day from zone_day where pool_id like '%/call'", r => DateOnly.Parse(r.GetString(0), CultureInfo.InvariantCulture)).Single();
        var shares = Rows(db, "select zone_group, share from zone_day where pool_id like '%/call'", r => (Group: r.GetString(0), Share: r.GetInt64(1)));
        var callers = Rows(db, "select zone, daily_cap from sender where channel = 'call' and paused_at is null and warm_since is null", r => (Zone: r.GetString(0), Cap: r.GetInt64(1)));
        var zone = TimeZoneInfo.FindSystemTimeZoneById(callers.Select(c => c.Zone).Distinct().Single());
        var midnight = day.AddDays(1).ToDateTime(TimeOnly.MinValue);
        return new ZoneShareLaw(calls, air, shares.ToDictionary(s => s.Group, s => s.Share), callers.Sum(c => c.Cap), new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUnixTimeMilliseconds());
    }

    /// <summary>The same run with other rows.</summary>
    public ZoneShareLaw With(Func<Call, Call> change) => new([.. calls.Select(change)], inTheAir, shares, capacity, dayEnds);

    /// <summary>The same run with other shares written down.</summary>
    public ZoneShareLaw WithShares(Func<string, long, long> change) => new(calls, inTheAir, shares.ToDictionary(s => s.Key, s => change(s.Key, s.Value)), capacity, dayEnds);

    /// <summary>People who waited when the last call began.</summary>
    public IReadOnlyList<Call> StillWaiting => calls.Where(c => c.BegunAt is null && IsDue(c)).ToList();

    public IReadOnlyList<string> Violations()
    {
        var found = new List<string>();
        var due = DueByGroup();
        var owed = new Dictionary<string, long>();
        foreach (var group in due.Keys.Union(shares.Keys).Order(StringComparer.Ordinal))
        {
            var people = due.GetValueOrDefault(group);
            var fair = IsScarce ? (double)capacity * people / Due : people;
            var share = shares.GetValueOrDefault(group);
            if (Math.Abs(share - fair) >= 1 || (share == 0 && people > 0 && due.Count <= capacity))
                found.Add($"{group} was given a share of {share}, fair is {fair:0.0}: {people} of {Due} people are due, {capacity} calls a day");
            owed[group] = Math.Max(share, (long)fair); // what it was given, and never less than the whole calls that are fair
            var had = calls.Count(c => c.Group == group && c.BegunAt is not null);
            if (had < Math.Min(owed[group], people)) found.Add($"{group} was starved: {had} calls of a share of {owed[group]}, {people} people could be called");
        }

        Compared = 0;
        foreach (var begun in Begun)
        {
            var at = begun.BegunAt!.Value;
            var used = calls.Where(c => c.BegunAt < at).GroupBy(c => c.Group).ToDictionary(g => g.Key, g => g.Count());
            if (Closes(begun.Window, at) is not { } closes)
            {
                found.Add($"{begun.Id} began in a window that was shut: {begun.Window}");
                continue;
            }

            foreach (var waiting in calls.Where(c => c.Id != begun.Id && WaitedAt(c, at)))
            {
                if (Closes(waiting.Window, at) is not { } earlier || earlier >= closes) continue;
                Compared++;
                if (used.GetValueOrDefault(waiting.Group) < owed[waiting.Group])
                    found.Add($"{begun.Id} in {begun.Window} began while {waiting.Id} in {waiting.Window} waited, {used.GetValueOrDefault(waiting.Group)} of {owed[waiting.Group]} used");
            }
        }

        return found;
    }

    /// <summary>Called on this day, or an offer on this day that nothing had ended when the last call began.</summary>
    private bool IsDue(Call c) => c.BegunAt is not null || (c.Parked is null && c.DueAt < dayEnds && !(c.Skipped is not null && c.ClosedAt <= calls.Max(o => o.BegunAt)));

    private Dictionary<string, int> DueByGroup() => calls.Where(IsDue).GroupBy(c => c.Group).ToDictionary(g => g.Key, g => g.DistinctBy(c => c.Lead).Count());

    /// <summary>
    /// Due, an offer, and callable. A due time lies in the past only if nobody has moved it since, for whoever moves or un-parks an offer sets it to then or
    /// later: so an offer whose due time is before this instant was an offer at this instant. Blocked are: a company or a number called before on this day, and
    /// somebody who is just being reached.
    /// </summary>
    private bool WaitedAt(Call c, long at) =>
        c.PlannedAt < at && c.DueAt < at && (c.BegunAt is null || c.BegunAt > at) && c.Parked is null && !(c.Skipped is not null && c.ClosedAt <= at)
        && !calls.Any(o => o.BegunAt < at && (o.Company == c.Company || o.Address == c.Address))
        && !inTheAir.GetValueOrDefault(c.Lead, []).Any(a => a.From <= at && at < a.To);

    /// <summary>When the first of a window's zones closes at 18:00; null when one of them is shut.</summary>
    private static long? Closes(string window, long at)
    {
        long? first = null;
        foreach (var id in window.Split('|')[1].Split('+'))
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
            var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(at), zone);
            var date = DateOnly.FromDateTime(local.DateTime);
            if (local.Hour is < 8 or >= 18 || local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || Holidays.On(date) is not null) return null;
            var evening = date.ToDateTime(new TimeOnly(18, 0));
            var closes = new DateTimeOffset(evening, zone.GetUtcOffset(evening)).ToUnixTimeMilliseconds();
            if (first is null || closes < first) first = closes;
        }

        return first;
    }

    private static List<T> Rows<T>(SqliteConnection db, string sql, Func<SqliteDataReader, T> read)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    private static long? Long(SqliteDataReader r, int i) => r.IsDBNull(i) ? null : r.GetInt64(i);

    private static string? Text(SqliteDataReader r, int i) => r.IsDBNull(i) ? null : r.GetString(i);

    /// <summary>A call or the offer of one, times in Unix milliseconds.</summary>
    internal sealed record Call(
        string Id, string Lead, string Window, string Group, long PlannedAt, long DueAt, long? BegunAt, long? ClosedAt, string? Parked, string? Skipped, string? Address, string? Company);
}
