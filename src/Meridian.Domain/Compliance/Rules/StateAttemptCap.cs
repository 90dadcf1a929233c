using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>Some states count attempts in rolling 24 hours: calls and texts together, whichever number was used. The smallest cap counts.</summary>
public sealed class StateAttemptCap : StateRule
{
    private const string Source = "state caps of attempts (FL, MD, OK, OR)";
    private static readonly Duration Day = Duration.FromHours(24);

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        var capped = Laws(facts).Where(l => l.MostPerDay is not null).ToList();
        if (capped.Count == 0) return Allow("no state caps the attempts", Source);
        var made = facts.Past.Where(p => p.Channel != Channel.Email && p.BegunAt + Day > now).Select(p => p.BegunAt).OrderDescending().ToList();
        var most = capped.Min(l => l.MostPerDay!.Value);
        var source = Sources(capped, Source);
        return made.Count >= most
            ? WaitForPerson($"{made.Count} calls and texts in 24 h; {Names(capped, "allows", "allow")} {most}", source, made[most - 1] + Day)
            : Allow($"{made.Count} of {most} calls and texts in 24 h ({Names(capped)})", source);
    }
}
