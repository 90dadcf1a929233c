using System.Text.RegularExpressions;

namespace Meridian.Engine.Reporting;

/// <summary>Replaces links that act for the person (opt-out, consent) so that the owner cannot press them by accident.</summary>
public static partial class DeadLinks
{
    public const string Marker = "[link removed from the copy]";

    public static string In(string text) => Acting().Replace(text, Marker);

    [GeneratedRegex(@"(https?://\S*/(u|c)/\S+|mailto:\S*unsub\S*)", RegexOptions.IgnoreCase)]
    private static partial Regex Acting();
}
