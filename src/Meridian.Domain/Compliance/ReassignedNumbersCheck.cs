using NodaTime;
using NodaTime.Text;

namespace Meridian.Domain.Compliance;

/// <summary>Somebody's word that the numbers were checked against the FCC's Reassigned Numbers Database and that those it called reassigned were taken out.</summary>
public sealed record ReassignedNumbersCheck
{
    /// <summary>
    /// Ours, for no law says how often: carriers report disconnected numbers once a month, and let them rest 45 days before somebody else has them
    /// (47 CFR 52.15(f)(1)(ii), (f)(8)), so that a monthly check sees a number before it rings elsewhere.
    /// </summary>
    public const int MostDaysOld = 31;

    /// <summary>Who checked.</summary>
    public string CheckedBy { get; init; } = "";

    /// <summary>The day, <c>2026-11-23</c>.</summary>
    public string CheckedOn { get; init; } = "";

    internal LocalDate? Day => LocalDatePattern.Iso.Parse(CheckedOn) is { Success: true } day ? day.Value : null;

    /// <summary>When it is too old, at the end of a day in UTC; null when its day cannot be read or has not come.</summary>
    internal Instant? GoodUntil(Instant now) => Day is { } day && day <= now.InUtc().Date.PlusDays(1) ? day.PlusDays(MostDaysOld + 1).AtMidnight().InUtc().ToInstant() : null;

    /// <summary>What to tell the owner, from three days before it is too old; null: nothing yet.</summary>
    public string? Warning(Instant now) => GoodUntil(now) is { } end && now + Duration.FromDays(3) < end ? null
        : $"the numbers were checked against the Reassigned Numbers Database on {CheckedOn} (owner.law.reassignedNumbers), which is good for {MostDaysOld} days: enter a fresh check, or nobody is called or texted in the states that ask for one";
}
