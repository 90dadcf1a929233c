using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Touches;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>A rule that asks the law of every state concerned: the address's and the number's, whichever is stricter.</summary>
public abstract class StateRule : ContactRule
{
    /// <summary>The rows that apply; none for an e-mail, which these laws do not reach.</summary>
    protected static IReadOnlyList<Jurisdiction> Laws(ContactFacts facts) =>
        facts.Channel == Channel.Email ? [] : [.. facts.Evidence.States.Select(s => ContactRulesPack.Current.Jurisdictions[s])];

    /// <summary>For people: <c>KY and TN</c>.</summary>
    protected static string Names(IEnumerable<Jurisdiction> rows) => string.Join(" and ", rows.Select(r => r.Code));

    /// <summary>For people: <c>KY asks</c>, <c>KY and TN ask</c>.</summary>
    protected static string Names(IReadOnlyCollection<Jurisdiction> rows, string one, string many) => $"{Names(rows)} {(rows.Count == 1 ? one : many)}";

    /// <summary>All citations of these rows, with their evidence marks.</summary>
    protected static string Sources(IReadOnlyList<Jurisdiction> rows, string otherwise) => rows.Count == 0 ? otherwise : string.Join(" | ", rows.Select(r => r.Sources));
}
