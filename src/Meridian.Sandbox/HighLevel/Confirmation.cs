using System.Text.RegularExpressions;

namespace Meridian.Sandbox.HighLevel;

/// <summary>Tells the one confirmation a person gets after opting out from any other text to them, by its words.</summary>
internal static partial class Confirmation
{
    public static bool Is(string body) => Words().IsMatch(body);

    [GeneratedRegex(@"opted[ -]out|unsubscribed|removed (you )?from|(will|won't|no longer|not) .{0,20}(contact|text|call|message|messages)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
