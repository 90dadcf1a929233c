using Meridian.Tests.Ledger;
using NodaTime;
using Xunit;
using Xunit.Sdk;

namespace Meridian.Tests.Faults;

/// <summary>Each law finds the damage it is for.</summary>
public sealed class FaultLawsTests
{
    private const int People = 3;

    [Fact]
    public async Task An_honest_run_breaks_none_and_each_spoilt_one_is_found()
    {
        await using var world = await FaultWorld.OpenAsync(new TestDatabase.Sqlite(), """{ "faults": [{ "provider": "vapi", "request": "POST /call", "nth": 1, "then": "429" }] }""", People);
        await world.RunAsync(FaultWorld.Start + Duration.FromHours(2));
        var (touches, wire, log) = (await world.TouchesAsync(), world.Wire(), world.Log());
        FaultLaws.Hold(touches, wire, log, People);

        foreach (var request in new[] { "POST /call", "POST /conversations/messages", "END" })
            Finds(request, touches, [.. wire, wire.Last(w => w.Request == request)], log);
        Finds("nobody's call", touches, [.. wire, wire.First(w => w.Request == "POST /call") with { Touch = "tch_nobody" }], log);
        Finds("a call without a request", touches, [.. wire.Where(w => w.Request != "POST /call")], log);
        foreach (var kind in new[] { "call", "sms", "email" }) Finds($"a second {kind}", touches, wire, [.. log, log.First(l => l.Kind == kind)]);
        var failed = touches.Single(t => t.State == "failed");
        Finds("it failed and happened", touches, wire, [.. log, log.First(l => l.Kind == "call") with { To = failed.AddressId, Touch = failed.Id }]);
        var sent = log.First(l => l.Kind == "sms");
        Finds("it was sent and did not happen", touches, wire, [.. log.Where(l => l != sent)]);
        Finds("a text after a no", touches, wire, [log[0] with { Kind = "optout", From = sent.To, At = sent.At.AddMinutes(-1) }, .. log]);
        Finds("a doubt nobody hears of", [.. touches.Select(t => t == failed ? Changed(t, "unconfirmed", t.ClosedAt) : t)], wire, log);
        Finds("a doubt that stays", [.. touches.Select(t => t == failed ? Changed(t, "sending", null) : t)], wire, log);
    }

    private static BegunTouch Changed(BegunTouch t, string state, Instant? closed) => new() { Id = t.Id, LeadId = t.LeadId, Channel = t.Channel, State = state, BegunAt = t.BegunAt, ClosedAt = closed, AddressId = t.AddressId, Body = t.Body };

    private static void Finds(string what, IReadOnlyList<BegunTouch> touches, IReadOnlyList<AskedContact> wire, IReadOnlyList<LoggedContact> log)
    {
        try
        {
            FaultLaws.Hold(touches, wire, log, People);
        }
        catch (XunitException)
        {
            return;
        }

        Assert.Fail($"no law found {what}");
    }
}
