using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>Per person: 1 call and 1 text per 24 h, 3 of each per 7 days, 1 e-mail per 20 h. Rolling, whatever became of the attempt.</summary>
public sealed class PersonGap : ContactRule
{
    private const string Source = "owner's caps; stricter than FL 501.059, OK 775C.4, MD 14-4502 (3 per 24 h)";
    private const int MostPerWeek = 3;

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        var gap = facts.Channel == Channel.Email ? Duration.FromHours(20) : Duration.FromHours(24);
        var same = facts.Past.Where(p => p.Channel == facts.Channel).OrderByDescending(p => p.BegunAt).ToList();
        if (same.Count > 0 && same[0].BegunAt + gap > now)
            return WaitForPerson($"last {facts.Channel} begun {Say.Utc(same[0].BegunAt)}; at least {gap.TotalHours:0} h between two", Source, same[0].BegunAt + gap);
        if (facts.Channel != Channel.Email && same.Count >= MostPerWeek && same[MostPerWeek - 1].BegunAt + Duration.FromDays(7) > now)
            return WaitForPerson($"{MostPerWeek} in the last 7 days", Source, same[MostPerWeek - 1].BegunAt + Duration.FromDays(7));
        return Allow(same.Count == 0 ? $"no {facts.Channel} begun before" : $"last {facts.Channel} begun {Say.Utc(same[0].BegunAt)}", Source);
    }
}
