using Meridian.Adapters.Http;

namespace Meridian.Adapters.HighLevel;

/// <summary>Whether a request can wait for its turn.</summary>
internal enum Haste
{
    /// <summary>Somebody is contacted, or must not be: sends, looks at a do-not-disturb, listening to what people said. While we send, we listen.</summary>
    Urgent,

    /// <summary>Shows, searches and keeps books.</summary>
    Patient,
}

/// <summary>
/// How fast one location may be asked, by everybody in this process together. HighLevel allows a hundred requests in ten seconds and names what is left; it
/// does not say whether a private integration has a window of its own, and other programs may share it. So we take a share of what it announces, six
/// requests a second to begin with, half of that after a 429, and slowly more again while nothing is refused. Measured on the machine's clock: a world that
/// runs faster announces its own limits. Several processes on one location learn of each other by the headers.
/// </summary>
public sealed class HighLevelPace(TimeProvider machine)
{
    private const double FirstShare = 0.6;
    private const double MostShare = 0.9;
    private const double LeastShare = 0.05;
    private const double Regained = 0.05;

    /// <summary>Patient requests leave this many for an urgent one that comes in between.</summary>
    private const int KeptForUrgent = 2;

    private const int FewLeft = 3;
    private const int KeptOfTheDay = 2000;
    private static readonly TimeSpan AskAgainHowMuchIsLeft = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan OneStorm = TimeSpan.FromSeconds(1);

    /// <summary>A permit's life: who waits longer sends nothing any more.</summary>
    private static readonly TimeSpan UrgentWaits = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PatientWaits = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly long start = machine.GetTimestamp();
    private int most = 100;
    private TimeSpan interval = TimeSpan.FromSeconds(10);
    private double share = FirstShare;
    private double saved = double.MaxValue;
    private TimeSpan savedAt, restUntil, patientUntil, changedAt, toldToday;
    private TimeSpan halvedAt = -OneStorm;
    private long? leftToday;

    /// <summary>Requests a second.</summary>
    internal double PerSecond
    {
        get { lock (gate) return Rate; }
    }

    private double Rate => share * most / interval.TotalSeconds;

    private TimeSpan Now => machine.GetElapsedTime(start);

    /// <summary>Waits for a turn. Null: go. Else why not; nothing may be asked now.</summary>
    internal async Task<string?> EnterAsync(Haste haste, CancellationToken cancellation)
    {
        var came = Now;
        while (true)
        {
            TimeSpan wait;
            lock (gate)
            {
                if (haste == Haste.Patient && IsDayNearlyUsed()) return $"HighLevel allows {leftToday} more requests today; they are kept for sending";
                wait = WaitFor(haste);
                if (wait <= TimeSpan.Zero)
                {
                    saved--;
                    return null;
                }
            }

            if (Now - came + wait > (haste == Haste.Urgent ? UrgentWaits : PatientWaits)) return $"HighLevel asked us to slow down; the next request may go in {wait.TotalSeconds:0} s";
            await Task.Delay(wait, machine, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Learns from an answer.</summary>
    internal void Heard(int status, RateHeaders? told, TimeSpan? retryAfter)
    {
        lock (gate)
        {
            var now = Now;
            if (told is { Most: > 0 }) most = told.Most.Value;
            if (told is { Interval: { } length }) interval = length;
            if (told is { LeftToday: not null }) (leftToday, toldToday) = (told.LeftToday, now);
            if (told is { Left: <= FewLeft }) patientUntil = Later(patientUntil, now + interval);
            if (told is { Left: <= 0 }) restUntil = Later(restUntil, now + interval / 4); // when the window turns is not told
            if (status == 429)
            {
                // Those on their way when the first was refused are refused, too: one storm, one half.
                if (now - halvedAt >= OneStorm) (share, halvedAt) = (Math.Max(LeastShare, share / 2), now);
                (saved, savedAt, changedAt) = (0, now, now);
                var rest = retryAfter ?? interval;
                restUntil = Later(restUntil, now + (rest < LongestRest ? rest : LongestRest));
            }
            else if (now - changedAt >= interval)
            {
                (share, changedAt) = (Math.Min(MostShare, share + Regained), now);
            }
        }
    }

    private TimeSpan WaitFor(Haste haste)
    {
        var now = Now;
        // What was saved lasts for one second, and always for one request of either kind.
        saved = Math.Min(Math.Max(Rate, 1 + KeptForUrgent), saved + (now - savedAt).TotalSeconds * Rate);
        savedAt = now;
        if (restUntil > now) return restUntil - now;
        if (haste == Haste.Patient && patientUntil > now) return patientUntil - now;
        var lacking = (haste == Haste.Patient ? 1 + KeptForUrgent : 1) - saved;
        return lacking <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(lacking / Rate) + TimeSpan.FromMilliseconds(1);
    }

    /// <summary>Once an hour somebody patient may ask, to hear whether a new day has begun.</summary>
    private bool IsDayNearlyUsed()
    {
        if (leftToday is not < KeptOfTheDay) return false;
        if (Now - toldToday < AskAgainHowMuchIsLeft) return true;
        toldToday = Now;
        return false;
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
