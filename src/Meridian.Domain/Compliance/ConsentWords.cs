using System.Text.RegularExpressions;

namespace Meridian.Domain.Compliance;

/// <summary>
/// What a text must say for a tick under it to be prior express written consent (47 CFR 64.1200(f)(9)(i); CTIA Messaging Principles 5.1). The consent page's own
/// words (<see cref="ConsentText"/>) pass it; words that somebody else shows are held against the same.
/// </summary>
public static partial class ConsentWords
{
    /// <summary>Everything that is missing, each with what to write; empty when all is there.</summary>
    /// <param name="seller">The one legal seller, by its registered name.</param>
    public static IReadOnlyList<string> MissingIn(string text, string seller)
    {
        var said = OneSpace(text);
        var missing = new List<string>();
        if (seller.Trim().Length == 0 || !said.Contains(OneSpace(seller), StringComparison.OrdinalIgnoreCase)) missing.Add($"name the seller as '{seller}'");
        if (!Calls().IsMatch(said)) missing.Add("say that they agree to calls");
        if (!Automatic().IsMatch(said)) missing.Add("say that calls and texts are automated");
        if (!Voice().IsMatch(said)) missing.Add("say that calls may speak with an artificial (AI) or prerecorded voice");
        if (!Texts().IsMatch(said)) missing.Add("say that they agree to text messages");
        if (!Advertising().IsMatch(said)) missing.Add("say that it is advertising, marketing or sales");
        if (!NoCondition().IsMatch(said)) missing.Add("say that agreeing is not a condition of buying anything");
        if (!Number().IsMatch(said)) missing.Add("say that it is for the telephone number they write");
        if (!Stop().IsMatch(said)) missing.Add("say how to stop: reply STOP");
        if (!Signature().IsMatch(said)) missing.Add("say that typing the name signs it electronically");
        return missing;
    }

    /// <summary>The words, however they are broken into lines.</summary>
    public static string OneSpace(string text) => Space().Replace(text, " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"\bcall(s|ed|ing)?\b", RegexOptions.IgnoreCase)]
    private static partial Regex Calls();

    [GeneratedRegex(@"\bautomat(ed|ic|ically)\b|\bautodial", RegexOptions.IgnoreCase)]
    private static partial Regex Automatic();

    [GeneratedRegex(@"\bartificial\b.*\bvoice|\bAI[- ]?(generated )?voice|\bprerecorded\b.*\bvoice", RegexOptions.IgnoreCase)]
    private static partial Regex Voice();

    [GeneratedRegex(@"\btext(s| message| messages)?\b|\bSMS\b", RegexOptions.IgnoreCase)]
    private static partial Regex Texts();

    [GeneratedRegex(@"\badvertis|\bmarketing\b|\btelemarketing\b|\bsales\b|\bpromotional\b", RegexOptions.IgnoreCase)]
    private static partial Regex Advertising();

    [GeneratedRegex(@"\bnot\b[^.]{0,40}\b(condition|required|requirement)\b|\bneed not\b[^.]{0,60}\b(buy|purchase)|\bwithout\b[^.]{0,40}\b(agree|consent)", RegexOptions.IgnoreCase)]
    private static partial Regex NoCondition();

    [GeneratedRegex(@"\bnumber\b", RegexOptions.IgnoreCase)]
    private static partial Regex Number();

    [GeneratedRegex(@"\bSTOP\b")]
    private static partial Regex Stop();

    [GeneratedRegex(@"\bsign(ed|s|ing)?\b[^.]{0,60}\belectronic|\belectronic(ally)?\b[^.]{0,40}\bsign", RegexOptions.IgnoreCase)]
    private static partial Regex Signature();
}
