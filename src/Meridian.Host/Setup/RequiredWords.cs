using System.Text.RegularExpressions;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Touches;

namespace Meridian.Host.Setup;

/// <summary>What each kind of message must say whatever else it says, with the law that asks for it.</summary>
public static partial class RequiredWords
{
    public static IEnumerable<string> MissingIn(Step step)
    {
        var body = step.Body;
        if (body.Length == 0)
        {
            yield return "the text is empty";
            yield break;
        }

        if (!body.Contains("{{seller.name}}", StringComparison.Ordinal)) yield return "say who writes or calls: put {{seller.name}} into it";
        switch (step.Channel)
        {
            case Channel.Email:
                if (string.IsNullOrWhiteSpace(step.Subject)) yield return "the e-mail has no subject: begin the file with 'Subject: ...'";
                if (!body.Contains("{{seller.postal_address}}", StringComparison.Ordinal)) yield return "put {{seller.postal_address}} into it: every commercial e-mail carries a physical address (15 USC 7704(a)(5))";
                if (!body.Contains("{{unsubscribe_url}}", StringComparison.Ordinal)) yield return "put {{unsubscribe_url}} into it: every commercial e-mail carries a way out (15 USC 7704(a)(3))";
                if (!Advertisement().IsMatch(body)) yield return "say that it is an advertisement (15 USC 7704(a)(5)(A)(i))";
                break;
            case Channel.Text:
                if (!Stop().IsMatch(body)) yield return "say how to stop: 'Reply STOP to opt out' (47 CFR 64.1200(a)(10); CTIA 5.1.3)";
                break;
            default:
                if (!Machine().IsMatch(Beginning(body))) yield return "say in the first sentence that an AI is calling (47 CFR 64.1200(b)(1); state bot laws)";
                if (!Recorded().IsMatch(Beginning(body))) yield return "say in the first sentence that the line is recorded (Cal. Penal Code 632; all-party states)";
                if (!body.Contains("{{seller.phone}}", StringComparison.Ordinal)) yield return "put {{seller.phone}} into it: a call says a number to call back (47 CFR 64.1200(b)(2))";
                if (!OptOut().IsMatch(body)) yield return "say how to opt out during the call (47 CFR 64.1200(b)(3))";
                break;
        }
    }

    /// <summary>The first sentence, however names inside it are abbreviated.</summary>
    private static string Beginning(string body) => body.Length <= 200 ? body : body[..200];

    [GeneratedRegex(@"\badvertis", RegexOptions.IgnoreCase)]
    private static partial Regex Advertisement();

    [GeneratedRegex(@"\bSTOP\b")]
    private static partial Regex Stop();

    [GeneratedRegex(@"\b(AI|artificial|automated|virtual)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Machine();

    [GeneratedRegex(@"\brecord", RegexOptions.IgnoreCase)]
    private static partial Regex Recorded();

    [GeneratedRegex(@"\b(stop|opt out|press 9)\b", RegexOptions.IgnoreCase)]
    private static partial Regex OptOut();
}
