using System.Text.Json;
using Meridian.Adapters.Sql;
using Meridian.Domain.Compliance;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Host.Commands;
using NodaTime;

namespace Meridian.Host.Why;

/// <summary>One step of one person, judged now.</summary>
public sealed record WhyStep(string Channel, string Step, string Standing, string Ruling, string? Because, Instant? NextChange, IReadOnlyList<Finding> Findings);

/// <summary>Everything Meridian can say about one person: where they stand, every rule's finding per channel, and when that can next change.</summary>
public sealed record WhyLetter(
    string LeadId, string Name, string? Company, IReadOnlyList<string> Addresses, IReadOnlyList<string> Zones, IReadOnlyList<string> LocalTimes,
    IReadOnlyList<string> Evidence, string Walk, IReadOnlyList<TouchLine> Touches, IReadOnlyList<WhyStep> Steps, Instant At)
{
    public static Task<IReadOnlyList<WhyLetter>> ReadAsync(DataFolder folder, string leadId) => ReadAsync(folder.Facts, new SqlReports(folder.Store), folder.Clocks.Now, leadId);

    /// <exception cref="UsageException">There is no such lead, or no campaign.</exception>
    public static async Task<IReadOnlyList<WhyLetter>> ReadAsync(IFacts facts, SqlReports reports, Instant now, string leadId)
    {
        var lead = await facts.LeadAsync(leadId) ?? throw new UsageException($"there is no lead '{leadId}'");
        var touches = await reports.TouchesOfAsync(leadId);
        var walks = await reports.WalksOfAsync(leadId);
        var letters = new List<WhyLetter>();
        var campaigns = walks.Count > 0 ? walks.Select(w => w.CampaignId).ToList() : await reports.CampaignsAsync();
        foreach (var id in campaigns)
        {
            var campaign = (await facts.CampaignAsync(id))!;
            var walk = walks.LastOrDefault(w => w.CampaignId == id);
            letters.Add(Write(lead, campaign, walk, touches.Where(t => t.CampaignId == id).ToList(), now));
        }

        return letters.Count > 0 ? letters : throw new UsageException("there is no campaign yet, so nothing is planned for anybody");
    }

    private static WhyLetter Write(LeadFacts lead, CampaignFacts campaign, WalkRow? walk, IReadOnlyList<TouchLine> touches, Instant now)
    {
        var steps = new List<WhyStep>();
        Judgement? phone = null;
        foreach (var step in campaign.Sequence.Steps)
        {
            var last = touches.LastOrDefault(t => t.StepId == step.StepId);
            var judged = Judge.Of(lead, campaign, step, null, now, last?.Id);
            if (phone is null || judged.Facts.Evidence.Clues.Count > phone.Facts.Evidence.Clues.Count) phone = judged;
            var verdict = judged.Verdict;
            // A skip keeps no verdict of its own; what the rules say now explains it, unless they have changed their mind since.
            var done = last is { State: not ("planned" or "skipped") } || (last is { State: "skipped" } && verdict.Ruling == Ruling.Allow);
            var next = done ? null : verdict.Ruling == Ruling.Wait ? verdict.WaitUntil : last is not null && last.DueAt > now ? last.DueAt : null;
            steps.Add(new WhyStep(
                step.Channel.ToString(), step.StepId, Standing(last, now), done ? "-" : verdict.Ruling.ToString(), done ? null : Because(verdict, last, now), next, done ? Kept(last!) : verdict.Findings));
        }

        var l = lead.Lead;
        return new WhyLetter(
            l.Id, l.FullName, TemplateValues.OneLine(l.CompanyName),
            lead.Addresses.Select(a => $"{a.AddressId}{(a.Extension is { } x ? $" ext. {x}" : "")} ({a.Role.ToString().ToLowerInvariant()}{(a.Deliverability is { } d ? $", {d}" : "")}{(a.SuppressedAt is not null ? ", suppressed" : "")}{(a.HeldAt is not null ? ", held" : "")})").ToList(),
            phone!.Facts.Evidence.Zones,
            phone.Facts.Evidence.Zones.Select(z => $"{now.InZone(DateTimeZoneProviders.Tzdb[z]).LocalDateTime:ddd HH:mm} in {z}").ToList(),
            phone.Facts.Evidence.Clues.Select(c => $"{c.Source} {c.Value} says {string.Join(" or ", c.Zones)}").ToList(),
            walk is null ? "not enrolled" : $"{walk.State} in {walk.CampaignName} since {walk.EnrolledAt}{(walk.StopReason is { } r ? $": {r}" : "")}",
            touches, steps, now);
    }

    /// <summary>For what is done: the findings of the moment it was begun, as the ledger kept them.</summary>
    private static IReadOnlyList<Finding> Kept(TouchLine touch) => touch.Verdict is null
        ? []
        : JsonSerializer.Deserialize<List<KeptFinding>>(touch.Verdict)!.Select(f => new Finding(f.Rule, Enum.Parse<Ruling>(f.Ruling), f.Sentence, f.Source)).ToList();

    private sealed record KeptFinding(string Rule, string Ruling, string Sentence, string Source);

    private static string Standing(TouchLine? t, Instant now) => t switch
    {
        null => "not planned yet",
        { State: "planned", ParkedReason: { } parked } => $"parked: {parked.Replace('_', ' ')}",
        { State: "planned" } => t.DueAt > now ? $"offered, due {t.DueAt}" : "offered, due now",
        { State: "skipped" } => $"skipped: {t.SkippedReason!.Replace('_', ' ')}",
        { State: "refused" } => $"refused by the provider at {t.BegunAt}: {t.Error}",
        { State: "failed" } => $"failed at {t.BegunAt}, nothing was sent: {t.Error}",
        { State: "unconfirmed" } => $"unconfirmed since {t.BegunAt}: nobody knows whether it arrived; it counts as made",
        _ => $"{t.State} {t.BegunAt} from {t.Sender} to {t.AddressId}{(t.Disposition is { } d ? $", {d.Replace('_', ' ')}" : "")}",
    };

    private static string? Because(Verdict verdict, TouchLine? touch, Instant now)
    {
        if (verdict.Decisive is { } decisive) return $"{decisive.Sentence} [{decisive.Source}]";
        return touch is null ? "nothing forbids it; it comes after the steps before it" : touch.DueAt > now ? "nothing forbids it; it waits for its time" : "nothing forbids it; it waits for a free sender";
    }

    public IEnumerable<string> Lines()
    {
        yield return $"{(Name.Length > 0 ? Name : LeadId)}{(Company is { } c ? $", {c}" : "")}";
        yield return $"  {LeadId}; {Walk}";
        yield return $"  addresses: {(Addresses.Count == 0 ? "none" : string.Join("; ", Addresses))}";
        yield return $"  it is now {(LocalTimes.Count == 0 ? "an unknown hour there" : string.Join(" and ", LocalTimes))} ({At:uuuu-MM-dd HH:mm} UTC)";
        foreach (var evidence in Evidence) yield return $"    {evidence}";
        foreach (var step in Steps)
        {
            yield return "";
            yield return $"  {step.Channel} ({step.Step}): {step.Standing}";
            if (step.Because is { } because) yield return $"    {step.Ruling}: {because}";
            if (step.NextChange is { } next) yield return $"    looked at again: {next:uuuu-MM-dd HH:mm} UTC{Local(next)}";
            if (step.Because is null && step.Findings.Count > 0) yield return "    what was found when it was begun:";
            foreach (var f in step.Findings.OrderByDescending(f => f.Ruling)) yield return $"      {Mark(f.Ruling)} {f.Rule}: {f.Sentence} [{f.Source}]";
        }
    }

    private string Local(Instant at) => Zones.Count == 0 ? "" : $" = {string.Join(" and ", Zones.Select(z => $"{at.InZone(DateTimeZoneProviders.Tzdb[z]).LocalDateTime:ddd HH:mm} in {z}"))}";

    private static string Mark(Ruling ruling) => ruling switch { Ruling.Allow => "ok    ", Ruling.Wait => "wait  ", Ruling.Park => "park  ", _ => "refuse" };
}
