using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>Some states ask for hours between two automated calls. Every attempt counts, answered or not.</summary>
public sealed class StateGap : StateRule
{
    private const string Source = "10 M.R.S. 1498 (statute text seen)";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Channel != Channel.Call) return Allow("only asked of calls by an AI voice", Source);
        var asking = Laws(facts).Where(l => l.MinHoursBetweenVoice is not null).ToList();
        if (asking.Count == 0) return Allow("no state asks for a gap", Source);
        var gap = Duration.FromHours(asking.Max(l => l.MinHoursBetweenVoice!.Value));
        var source = Sources(asking, Source);
        return facts.Past.Where(p => p.Channel == Channel.Call).Select(p => (Instant?)p.BegunAt).Max() is { } last && last + gap > now
            ? WaitForPerson($"last call begun {Say.Utc(last)}; {Names(asking, "asks", "ask")} for {gap.TotalHours:0} h between two", source, last + gap)
            : Allow($"no call in the last {gap.TotalHours:0} h ({Names(asking)})", source);
    }
}
