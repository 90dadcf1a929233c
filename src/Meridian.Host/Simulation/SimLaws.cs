using Meridian.Adapters.Sql;
using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>A promise that a simulated world broke.</summary>
internal sealed record SimViolation(string Law, string What);

/// <summary>Everything a finished world is judged by.</summary>
/// <param name="Listed">Numbers on a do-not-call list; null: none is fresh enough to call by.</param>
internal sealed record SimRecord(
    IReadOnlyList<SimPerson> People, IReadOnlyList<Seen> Seen, IReadOnlyList<Dialled> Dialled, IReadOnlySet<string>? Listed, IReadOnlyDictionary<string, Instant> Silent, IReadOnlyList<SimEvent> Events, IReadOnlyList<SimTouch> Touches, IReadOnlySet<string> SaidNo, IReadOnlyDictionary<string, int> SenderCaps, long CampaignCap, Instant End);

/// <summary>A touch as the ledger holds it at the end.</summary>
internal sealed class SimTouch
{
    public string Id { get; init; } = "";
    public string LeadId { get; init; } = "";
    public string EnrollmentId { get; init; } = "";
    public string Channel { get; init; } = "";
    public string StepId { get; init; } = "";
    public long Round { get; init; }
    public string State { get; init; } = "";
    public string? ParkedReason { get; init; }
    public string? SkippedReason { get; init; }
    public string? FailedBecause { get; init; }
    public string? AddressId { get; init; }
    public string? SenderId { get; init; }
    public Instant DueAt { get; init; }
    public Instant ExpiresAt { get; init; }
    public Instant? BegunAt { get; init; }
    public Instant? Deadline { get; init; }
    public Instant? ClosedAt { get; init; }
    public string? Error { get; init; }
}

/// <summary>The laws, checked against what the providers saw and the order in which the ledger committed.</summary>
internal static class SimLaws
{
    private static readonly Duration PermitLife = Duration.FromTimeSpan(SendPermit.Life);

    public static readonly IReadOnlyDictionary<string, Func<SimRecord, IEnumerable<string>>> All = new Dictionary<string, Func<SimRecord, IEnumerable<string>>>
    {
        ["once per person, step and attempt"] = Once,
        ["handed over within the permit's ten seconds"] = InTime,
        ["nothing begun after an opt-out commits"] = NothingAfterNo,
        ["no machine calls or texts without a consent that stands"] = Consented,
        ["a person dials nobody who is on a do-not-call list"] = NotListed,
        ["whoever said no is opted out"] = NobodyForgotten,
        ["whom the CRM holds on do-not-disturb is left alone"] = Silence,
        ["nothing begun while something is not understood"] = Held,
        ["inside every candidate window at hand-over"] = InsideWindows,
        ["a sender's gap, hour and day"] = SenderCaps,
        ["a person's and a number's caps"] = PersonCaps,
        ["one call a company and business day"] = CompanyCaps,
        ["a campaign's day"] = CampaignCap,
        ["the day's money"] = r => r.Events.Where(e => e.Kind == "overspent").Select(e => $"more than the budget on {e.Subject}"),
        ["what was accepted counts as made"] = Accepted,
        ["every end is explained"] = Explained,
        ["paused begins nothing"] = Paused,
        ["a walk that stopped begins nothing"] = Stopped,
        ["one in the air per person"] = OneInTheAir,
        ["after calm nothing hangs"] = NothingHangs,
    };

    private static IEnumerable<string> Once(SimRecord r)
    {
        foreach (var twice in r.Seen.GroupBy(s => s.TouchId).Where(g => g.Count() > 1)) yield return $"touch {twice.Key} reached the provider {twice.Count()} times";
        var touches = r.Touches.ToDictionary(t => t.Id);
        foreach (var twice in r.Seen.Select(s => s.TouchId).Distinct().Select(id => touches[id]).GroupBy(t => (t.LeadId, t.StepId, t.Round)).Where(g => g.Count() > 1))
            yield return $"{twice.Key.LeadId} was reached {twice.Count()} times for {twice.Key.StepId}: {string.Join(", ", twice.Select(t => t.Id))}";
        foreach (var both in r.Dialled.Select(d => d.TouchId).Concat(r.Seen.Select(s => s.TouchId).Distinct()).Select(id => touches[id]).GroupBy(t => (t.LeadId, t.StepId, t.Round)).Where(g => g.Count() > 1))
            yield return $"{both.Key.LeadId} was called for {both.Key.StepId} by a person and reached {both.Count()} times in all";
    }

    private static IEnumerable<string> InTime(SimRecord r)
    {
        var touches = r.Touches.ToDictionary(t => t.Id);
        return r.Seen.Where(s => touches[s.TouchId].BegunAt is not { } begun || s.At - begun > PermitLife).Select(s => $"touch {s.TouchId} was handed over {s.At - touches[s.TouchId].BegunAt} after its begin");
    }

    private static IEnumerable<string> NothingAfterNo(SimRecord r)
    {
        var outs = r.Events.Where(e => e.Kind == "out").ToDictionary(e => e.Lead!);
        foreach (var begun in r.Events.Where(e => e.Kind is "begun" or "dialled"))
            if (outs.TryGetValue(begun.Lead!, out var no) && no.Order < begun.Order) yield return $"touch {begun.Subject} was {begun.Kind} after {begun.Lead} had opted out";
        var lead = r.Touches.ToDictionary(t => t.Id, t => t.LeadId);
        foreach (var seen in r.Seen)
            if (outs.TryGetValue(lead[seen.TouchId], out var no) && no.At + PermitLife < seen.At) yield return $"touch {seen.TouchId} reached the provider {seen.At - no.At!.Value} after the opt-out of {no.Lead}";
    }

    /// <summary>Requests that were under way when the opt-out committed: how long after it they reached a provider. The law above bounds it.</summary>
    public static IReadOnlyList<Duration> UnderWay(SimRecord r)
    {
        var outs = r.Events.Where(e => e.Kind == "out").ToDictionary(e => e.Lead!, e => e.At!.Value);
        var lead = r.Touches.ToDictionary(t => t.Id, t => t.LeadId);
        return [.. r.Seen.Where(s => outs.TryGetValue(lead[s.TouchId], out var no) && no < s.At).Select(s => s.At - outs[lead[s.TouchId]])];
    }

    private static IEnumerable<string> NobodyForgotten(SimRecord r)
    {
        var outs = r.Events.Where(e => e.Kind == "out").Select(e => e.Lead).ToHashSet();
        return r.SaidNo.Where(lead => !outs.Contains(lead)).Select(lead => $"{lead} said no and is not opted out");
    }

    /// <summary>Written consent of this person, for this number and this channel, when it is begun and when it is handed over. Nobody here has a business' landline.</summary>
    private static IEnumerable<string> Consented(SimRecord r)
    {
        var touches = r.Touches.ToDictionary(t => t.Id);
        var seen = r.Seen.ToLookup(s => s.TouchId, s => s.At);
        var stands = new Dictionary<string, SimEvent>();
        foreach (var e in r.Events)
        {
            if (e.Kind == "consent") stands[e.Subject] = e;
            if (e.Kind == "withdrawn") stands.Remove(e.Subject);
            if (e.Kind != "begun" || touches[e.Subject] is not { Channel: not "email" } touch) continue;
            var last = seen[touch.Id].Append(e.At!.Value).Max();
            if (!stands.Values.Any(c => c.Lead == e.Lead && c.Sender == $"{touch.AddressId} {touch.Channel}" && !(c.At <= last))) yield return $"{touch.Channel} {touch.Id} to {touch.AddressId} at {last} without a consent of {e.Lead}";
        }
    }

    private static IEnumerable<string> NotListed(SimRecord r) => r.Dialled.Where(d => r.Listed is null || r.Listed.Contains(d.To)).Select(d => $"{d.To} was dialled at {d.At}: {(r.Listed is null ? "no list is fresh" : "it is on the list")}");

    /// <summary>A look may be as old as it holds, and a permit is good a little longer.</summary>
    private static IEnumerable<string> Silence(SimRecord r)
    {
        var lead = r.Touches.ToDictionary(t => t.Id, t => t.LeadId);
        foreach (var seen in r.Seen)
            if (r.Silent.TryGetValue(lead[seen.TouchId], out var since) && since + Duration.FromTimeSpan(CrmLook.Holds) + PermitLife < seen.At) yield return $"touch {seen.TouchId} reached the provider {seen.At - since} after a do-not-disturb was set in the CRM";
        foreach (var d in r.Dialled)
            if (r.Silent.TryGetValue(d.LeadId, out var since) && since + Duration.FromTimeSpan(CrmLook.Holds) < d.At) yield return $"{d.TaskId} was dialled {d.At - since} after a do-not-disturb was set in the CRM";
    }

    private static IEnumerable<string> Held(SimRecord r)
    {
        var people = r.People.ToDictionary(p => p.Id);
        var held = new HashSet<string>();
        foreach (var e in r.Events)
        {
            if (e.Kind == "held") held.Add(e.Subject);
            if (e.Kind == "released") held.Remove(e.Subject);
            if (e.Kind is "begun" or "dialled" && (held.Contains(people[e.Lead!].Phone) || held.Contains(people[e.Lead!].Email))) yield return $"{e.Subject} was {e.Kind} while something of {e.Lead} was not understood";
        }
    }

    private static IEnumerable<string> InsideWindows(SimRecord r)
    {
        var people = r.People.ToDictionary(p => p.Id);
        var touches = r.Touches.ToDictionary(t => t.Id);
        foreach (var seen in r.Seen.Where(s => s.Channel != Channel.Email))
            foreach (var zone in people[touches[seen.TouchId].LeadId].Zones)
                if (SimHours.Closed(seen.At, zone) is { } why) yield return $"touch {seen.TouchId} at {seen.At}: {why}";
        foreach (var d in r.Dialled)
            foreach (var zone in people[d.LeadId].Zones)
                if (SimHours.Closed(d.At, zone) is { } why) yield return $"{d.TaskId} dialled at {d.At}: {why}";
    }

    private static IEnumerable<string> SenderCaps(SimRecord r)
    {
        var zone = DateTimeZoneProviders.Tzdb[SimWorld.Owner.Zone];
        foreach (var sender in r.Events.Where(e => e.Kind == "begun").GroupBy(e => e.Sender!))
        {
            var at = sender.Select(e => e.At!.Value).Order().ToList();
            for (var i = 1; i < at.Count; i++)
                if (at[i] - at[i - 1] < Duration.FromSeconds(SimWorld.GapSeconds)) yield return $"{sender.Key} began two within {at[i] - at[i - 1]} at {at[i]}";
            foreach (var day in at.GroupBy(a => a.InZone(zone).Date).Where(d => d.Count() > r.SenderCaps[sender.Key])) yield return $"{sender.Key} began {day.Count()} on {day.Key}, its day holds {r.SenderCaps[sender.Key]}";
            for (var i = 20; i < at.Count; i++)
                if (at[i] - at[i - 20] < Duration.FromHours(1)) yield return $"{sender.Key} began 21 within an hour at {at[i]}";
        }
    }

    /// <summary>What is proved not to have been sent reached nobody; whom a person dialled was reached.</summary>
    private static IEnumerable<Reached> Reaching(SimRecord r, string channel) => r.Touches.Where(t => t.Channel == channel && t.BegunAt is not null && t.State != "failed").Select(t => new Reached(t.Id, t.LeadId, t.AddressId!, t.BegunAt!.Value))
        .Concat(channel == "call" ? r.Dialled.Select(d => new Reached(d.TaskId, d.LeadId, d.To, d.At)) : []).OrderBy(t => t.At);

    private sealed record Reached(string Id, string LeadId, string AddressId, Instant At);

    private static IEnumerable<string> PersonCaps(SimRecord r)
    {
        foreach (var (channel, gap) in new[] { ("call", Duration.FromHours(24)), ("text", Duration.FromHours(24)), ("email", Duration.FromHours(20)) })
        {
            foreach (var who in Reaching(r, channel).GroupBy(t => t.LeadId).Concat(channel == "email" ? [] : Reaching(r, channel).GroupBy(t => t.AddressId)))
            {
                var at = who.Select(t => t.At).ToList();
                for (var i = 1; i < at.Count; i++)
                    if (at[i] - at[i - 1] < gap) yield return $"{who.Key}: two {channel}s within {at[i] - at[i - 1]}";
                for (var i = 3; channel != "email" && i < at.Count; i++)
                    if (at[i] - at[i - 3] < Duration.FromDays(7)) yield return $"{who.Key}: four {channel}s in seven days";
            }
        }
    }

    private static IEnumerable<string> CompanyCaps(SimRecord r)
    {
        var people = r.People.ToDictionary(p => p.Id);
        foreach (var company in Reaching(r, "call").GroupBy(t => people[t.LeadId].Company))
        {
            var days = company.Select(t => (t.Id, Day: t.At.InZone(DateTimeZoneProviders.Tzdb[people[t.LeadId].Zones[0]]).Date)).GroupBy(t => t.Day).Where(d => d.Count() > 1);
            foreach (var day in days) yield return $"{company.Key} was called {day.Count()} times on {day.Key}: {string.Join(", ", day.Select(t => t.Id))}";
        }
    }

    private static IEnumerable<string> CampaignCap(SimRecord r) => r.Events.Where(e => e.Kind == "begun").GroupBy(e => e.At!.Value.InZone(DateTimeZoneProviders.Tzdb[SimWorld.Owner.Zone]).Date)
        .Where(d => d.Count() > r.CampaignCap).Select(d => $"{d.Count()} begun on {d.Key}, the campaign's day holds {r.CampaignCap}");

    private static IEnumerable<string> Accepted(SimRecord r)
    {
        var touches = r.Touches.ToDictionary(t => t.Id);
        foreach (var seen in r.Seen)
            if (touches[seen.TouchId].State is not ("sent" or "unconfirmed")) yield return $"touch {seen.TouchId} reached the provider and ended {touches[seen.TouchId].State} ({touches[seen.TouchId].Error})";
        var reached = r.Seen.Select(s => s.TouchId).ToHashSet();
        foreach (var t in r.Touches.Where(t => t.State == "sent" && !reached.Contains(t.Id))) yield return $"touch {t.Id} counts as sent and no provider saw it";
    }

    private static IEnumerable<string> Explained(SimRecord r) => r.Touches.Where(t => t.State switch
    {
        "skipped" => t.SkippedReason is null,
        "failed" => t.FailedBecause is null || t.Error is null,
        "refused" => t.Error is null,
        _ => false,
    }).Select(t => $"touch {t.Id} ended {t.State} and nothing says why");

    private static IEnumerable<string> Paused(SimRecord r)
    {
        var paused = new HashSet<string>();
        foreach (var e in r.Events)
        {
            if (e.Kind == "pause") paused.Add(e.Subject);
            if (e.Kind == "resume") paused.Remove(e.Subject);
            if (e.Kind is not ("begun" or "dialled") || paused.Count == 0) continue;
            foreach (var what in new[] { "engine", $"campaign {SimWorld.Campaign}", $"sender {e.Sender}", $"lead {e.Lead}" })
                if (paused.Contains(what)) yield return $"{e.Subject} was {e.Kind} while {what} was paused";
        }
    }

    private static IEnumerable<string> Stopped(SimRecord r)
    {
        var touches = r.Touches.ToDictionary(t => t.Id);
        var dialled = r.Dialled.ToDictionary(d => d.TaskId, d => d.TouchId);
        var stopped = new HashSet<string>();
        foreach (var e in r.Events)
        {
            if (e.Kind == "stopped") stopped.Add(e.Subject);
            if (e.Kind == "begun" && stopped.Contains(touches[e.Subject].EnrollmentId)) yield return $"touch {e.Subject} was begun after its walk had stopped";
            if (e.Kind == "dialled" && dialled.TryGetValue(e.Subject, out var touch) && stopped.Contains(touches[touch].EnrollmentId)) yield return $"{e.Subject} was dialled after its walk had stopped";
        }
    }

    private static IEnumerable<string> OneInTheAir(SimRecord r)
    {
        var air = new Dictionary<string, HashSet<string>>();
        foreach (var e in r.Events.Where(e => e.Kind is "begun" or "closed" or "dialled" or "rung_off"))
        {
            if (!air.TryGetValue(e.Lead!, out var mine)) air[e.Lead!] = mine = [];
            if (e.Kind is "closed" or "rung_off") mine.Remove(e.Subject);
            else if (mine.Count > 0) yield return $"{e.Subject} was {e.Kind} while {string.Join(", ", mine)} was in the air for {e.Lead}";
            if (e.Kind is "begun" or "dialled") mine.Add(e.Subject);
        }
    }

    private static IEnumerable<string> NothingHangs(SimRecord r)
    {
        foreach (var t in r.Touches)
        {
            if (t.State == "sending" && t.Deadline < r.End - Duration.FromMinutes(2)) yield return $"touch {t.Id} is still sending, its deadline was {t.Deadline}";
            if (t.Channel == "call" && t.BegunAt is not null && t.ClosedAt is null && t.BegunAt < r.End - Duration.FromHours(2)) yield return $"call {t.Id} of {t.BegunAt} is still in the air";
            if (t.State == "planned" && t.ExpiresAt < r.End - Duration.FromMinutes(20)) yield return $"touch {t.Id} outlived its life";
        }
    }
}
