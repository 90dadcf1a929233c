using Meridian.Adapters.Sql;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Faults;

/// <summary>What must hold of ledger, wire and log after any fault, when everything has had its time.</summary>
internal static class FaultLaws
{
    /// <summary>The upkeep desk looks at least this often.</summary>
    private static readonly Duration Idle = Duration.FromMinutes(16);

    private static readonly TimeSpan InFlight = TimeSpan.FromSeconds(10);

    public static void Hold(IReadOnlyList<BegunTouch> touches, IReadOnlyList<AskedContact> wire, IReadOnlyList<LoggedContact> log, int people)
    {
        var contacts = log.Where(l => l.Kind is "call" or "sms" or "email").ToList();
        OneRequestEach(touches, wire);
        NobodyTwice(contacts);
        TheLedgerTellsTheTruth(touches, contacts);
        NothingStaysInDoubt(touches);
        StopMeansStop(contacts, log);
        Assert.Equal(people, touches.Select(t => t.LeadId).Distinct().Count());
    }

    /// <summary>Not one more than there were permits, and none without one.</summary>
    private static void OneRequestEach(IReadOnlyList<BegunTouch> touches, IReadOnlyList<AskedContact> wire)
    {
        var byId = touches.ToDictionary(t => t.Id);
        foreach (var asked in wire.Where(w => w.Request is "POST /call" or "END").GroupBy(w => w.Touch))
        {
            Assert.True(byId.ContainsKey(asked.Key ?? ""), $"a request for {asked.Key}, which never began");
            Assert.True(asked.Count() == 1, $"{asked.Count()} requests for {asked.Key}");
        }

        // No id of ours travels with a text, and RCPT comes before any id does: there the permits of a person are counted.
        foreach (var (request, channel) in new[] { ("POST /call", "call"), ("POST /conversations/messages", "text"), ("RCPT", "email") })
        {
            foreach (var to in wire.Where(w => w.Request == request).Select(w => w.To).Concat(touches.Where(t => t.Channel == channel).Select(t => t.AddressId)).Distinct())
            {
                var permits = touches.Where(t => t.Channel == channel && t.AddressId == to).ToList();
                var asked = wire.Count(w => w.Request == request && w.To == to && (channel != "text" || permits.Any(p => p.Body == w.Body)));
                Assert.True(asked <= permits.Count, $"{asked} requests to {to} under {permits.Count} permits: {string.Join("; ", permits)}");
                if (channel != "email") Assert.True(asked == permits.Count, $"{asked} requests to {to} under {permits.Count} permits: {string.Join("; ", permits)}");
            }
        }
    }

    private static void NobodyTwice(List<LoggedContact> contacts) =>
        Assert.All(contacts.GroupBy(c => (c.Kind, c.To)), c => Assert.True(c.Count() == 1, $"{c.Key.Kind} to {c.Key.To}: {c.Count()} times"));

    private static void TheLedgerTellsTheTruth(IReadOnlyList<BegunTouch> touches, List<LoggedContact> contacts)
    {
        foreach (var group in touches.GroupBy(t => (t.Channel, t.AddressId)))
        {
            var kind = group.Key.Channel == "text" ? "sms" : group.Key.Channel;
            var happened = contacts.Count(c => c.Kind == kind && c.To == group.Key.AddressId);
            var (sent, doubtful) = (group.Count(t => t.State == "sent"), group.Count(t => t.State == "unconfirmed"));
            Assert.True(happened >= sent && happened <= sent + doubtful, $"{happened} happened: {string.Join("; ", group)}");
            // After a doubt nobody tries again.
            Assert.True(sent + doubtful <= 1, $"tried again after a doubt: {string.Join("; ", group)}");
        }
    }

    private static void NothingStaysInDoubt(IReadOnlyList<BegunTouch> touches)
    {
        Assert.All(touches, t =>
        {
            Assert.True(t.State is "sent" or "refused" or "failed" or "unconfirmed", $"still {t}");
            Assert.True(t.ClosedAt is not null, $"still open: {t}");
            if (t.State != "unconfirmed") return;
            Assert.True(t.Incident is { Length: > 0 } && t.Error is { Length: > 0 }, $"a doubt nobody was told of: {t}");
            var horizon = t.Channel == "call" ? SqlTouchLedger.CallHorizon : SqlTouchLedger.Horizon;
            Assert.True(t.ClosedAt - t.BegunAt <= horizon + Idle, $"in doubt for too long: {t}");
        });
    }

    private static void StopMeansStop(List<LoggedContact> contacts, IReadOnlyList<LoggedContact> log)
    {
        foreach (var stop in log.Where(l => l.Kind == "optout"))
            Assert.DoesNotContain(contacts, c => Same(c.To, stop.From) && c.At - stop.At > InFlight);
    }

    /// <summary>Person 7 is ann7@company7.example and +15185550107.</summary>
    private static bool Same(string one, string other) => Number(one) == Number(other);

    public static string Number(string address) => address.Contains('@') ? address[3..address.IndexOf('@')] : (int.Parse(address[^4..]) - 100).ToString();
}
