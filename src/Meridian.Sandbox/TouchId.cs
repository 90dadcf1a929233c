using System.Text.RegularExpressions;

namespace Meridian.Sandbox;

/// <summary>Finds the sender's own touch id in whatever field carried it over the wire.</summary>
internal static partial class TouchId
{
    public static string? In(string? text) => text is not null && Shape().Match(text) is { Success: true } match ? match.Value : null;

    [GeneratedRegex("tch_[0-9A-Za-z_-]+?(?=[^0-9A-Za-z_-]|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
