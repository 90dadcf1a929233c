using Meridian.Domain.Compliance;
using Meridian.Domain.Compliance.Pack;

namespace Meridian.Engine.HumanCalls;

/// <summary>Which do-not-call lists are loaded, and as of when.</summary>
public sealed class LoadedLists(IReadOnlyList<ScrubbedList> all)
{
    public IReadOnlyList<ScrubbedList> All => all;

    /// <summary>Those that cover a number, newest first.</summary>
    public IReadOnlyList<ScrubbedList> Covering(string e164) => all.Where(l => l.AreaCode is null || l.AreaCode == e164.Substring(2, 3)).OrderByDescending(l => l.AsOf).ToList();

    /// <summary>For somebody whose number nobody knows yet: those that cover an area code of one of their states.</summary>
    public NumberStanding For(IReadOnlyList<string> states) => new([], all.Where(l => l.AreaCode is null || IsIn(l.AreaCode, states)).OrderByDescending(l => l.AsOf).ToList(), null);

    private static bool IsIn(string areaCode, IReadOnlyList<string> states) => ContactRulesPack.Current.AreaCodes.TryGetValue(areaCode, out var code) && code.States.Any(states.Contains);
}
