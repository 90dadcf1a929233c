using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Providers;

internal static class Permits
{
    public const string TouchId = "tch_01890a5d-ac96-774b-bcce-b302099a8057";

    /// <summary>It stays so, however slow the machine is.</summary>
    public static SendPermit Fresh(Channel channel) => On(new FakeTimeProvider(), channel);

    public static SendPermit Expired(Channel channel)
    {
        var clock = new FakeTimeProvider();
        var permit = On(clock, channel);
        clock.Advance(SendPermit.Life);
        return permit;
    }

    public static SendPermit On(TimeProvider clock, Channel channel) => new("prm_1", TouchId, channel, clock, clock.GetTimestamp(), clock.GetUtcNow());

    /// <summary>The result in one line, so that a table of cases reads: <c>NotSent Transient 30</c>, <c>Refused OptedOut</c>, <c>Accepted call_1</c>.</summary>
    public static string Plainly(SendResult result) => result switch
    {
        SendResult.Accepted accepted => $"Accepted {accepted.ProviderRef}",
        SendResult.Refused refused => $"Refused {refused.Disposition}".TrimEnd(),
        SendResult.NotSent notSent => $"NotSent {notSent.Because} {notSent.RetryAfter?.TotalSeconds}".TrimEnd(),
        _ => "Unknown",
    };
}
