using System.Text.RegularExpressions;

namespace Meridian.Domain.Campaigns;

/// <summary>The part of Handlebars a campaign may use: variables, <c>#if</c>, <c>#unless</c>, <c>else</c> and comments. Nothing that can reach further.</summary>
internal static partial class TemplateTags
{
    /// <summary>The first tag that is not allowed; null when all are.</summary>
    public static string? FirstForbidden(string template) =>
        Tag().Matches(template).Select(m => m.Value).FirstOrDefault(tag => !Allowed().IsMatch(tag));

    /// <summary>The variables a condition asks about: they are optional, even where nobody supplies them.</summary>
    public static IReadOnlyList<string> Conditions(string template) =>
        [.. Condition().Matches(template).Select(m => m.Groups["path"].Value).Distinct(StringComparer.Ordinal)];

    [GeneratedRegex(@"\{\{\{?.*?\}?\}\}", RegexOptions.Singleline)]
    private static partial Regex Tag();

    [GeneratedRegex(@"^\{\{~?\s*([a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*|#(if|unless)\s+[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*|else|/(if|unless)|!.*)\s*~?\}\}$",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Allowed();

    [GeneratedRegex(@"\{\{~?\s*#(if|unless)\s+(?<path>[a-z0-9_.]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Condition();
}
