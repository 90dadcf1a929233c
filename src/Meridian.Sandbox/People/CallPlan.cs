namespace Meridian.Sandbox.People;

/// <summary>How one call will go unless the caller hangs up first. The state of a call at any instant is read off its plan.</summary>
internal sealed record CallPlan(string Outcome, string EndedReason, DateTimeOffset RingsAt, DateTimeOffset? AnsweredAt, DateTimeOffset EndsAt)
{
    public static readonly TimeSpan ReportAfter = TimeSpan.FromSeconds(5);

    public IReadOnlyList<Utterance> Said { get; init; } = [];

    /// <summary>When the person asked to be left alone.</summary>
    public DateTimeOffset? OptOutSaidAt { get; init; }

    public DateTimeOffset ReportedAt => EndsAt + ReportAfter;

    public TimeSpan Talked => AnsweredAt is { } answered ? EndsAt - answered : TimeSpan.Zero;

    public string StatusAt(DateTimeOffset now) =>
        now >= EndsAt ? "ended" : now >= AnsweredAt ? "in-progress" : now >= RingsAt ? "ringing" : "queued";

    /// <summary>Cut short: what would have been said later was never said, and what was broken off is in no transcript.</summary>
    public CallPlan CutAt(DateTimeOffset at, string endedReason)
    {
        var answered = AnsweredAt is { } a && a < at ? AnsweredAt : null;
        var heard = answered is { } start ? (at - start).TotalSeconds : 0;
        return this with
        {
            EndedReason = endedReason, AnsweredAt = answered, EndsAt = at,
            Said = [.. Said.Where(u => u.FromStart + u.Seconds < heard + 0.001)],
            OptOutSaidAt = OptOutSaidAt <= at ? OptOutSaidAt : null,
        };
    }
}
