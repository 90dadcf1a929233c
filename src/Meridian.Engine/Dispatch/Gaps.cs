using Meridian.Domain.Time;
using NodaTime;

namespace Meridian.Engine.Dispatch;

/// <summary>How long a number and a company rest after a touch.</summary>
public static class Gaps
{
    /// <summary>One call and one text per number in 24 h, whoever shares it.</summary>
    public static readonly Duration Number = Duration.FromHours(24);

    /// <summary>One call per company per business day: free again when the window next opens after it closes.</summary>
    public static Instant NextBusinessDay(ContactWindow window, Instant now) =>
        window.Closes(now) is { } closes && window.NextOpening(closes) is { } opens ? opens : now + Duration.FromHours(24);
}
