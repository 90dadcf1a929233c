namespace Meridian.Sandbox.HighLevel;

/// <summary>The location appends its opt-out line to the first text of a conversation, unless the text already says how to stop.</summary>
internal static class OptOutSuffix
{
    private const string Suffix = " Reply STOP to opt out";

    public static string On(string body, bool first) => first && !body.Contains("Reply STOP", StringComparison.OrdinalIgnoreCase) ? body + Suffix : body;
}
