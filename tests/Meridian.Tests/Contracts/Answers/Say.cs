using Meridian.Engine.Checks;
using Meridian.Engine.Crm;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Engine.Prospecting;

namespace Meridian.Tests.Contracts.Answers;

/// <summary>What came of a question, in a few words.</summary>
internal static class Say
{
    public static string Sighting(Sighting sighting) => sighting is Sighting.Found found ? $"Found {found.ProviderRef}" : sighting.GetType().Name;

    public static string Refusal(SourceRefusal refusal) => $"{refusal.Trouble}{(refusal.Until is { } until ? $" until {until:HH:mm:ss}" : "")}";

    /// <summary>Only what failed; what failed alike together.</summary>
    public static string Findings(IReadOnlyList<CheckFinding> findings) =>
        findings.All(f => f.Passed) ? "passed" : string.Join("; ", findings.Where(f => !f.Passed).GroupBy(f => $"{f.Found} {f.Fix}").Select(g => $"{string.Join(", ", g.Select(f => f.Capability.Split(':')[0]).Distinct())}: {g.Key}"));

    public static string Crm(CrmAnswer answer) => answer switch
    {
        CrmAnswer.Shown shown => $"Shown {shown.Reference}".TrimEnd(),
        CrmAnswer.NotNow { OwnersToMend: true } => "NotNow, the owner's to mend",
        _ => answer.GetType().Name,
    };

    public static string Text(TextContact contact) => contact switch
    {
        TextContact.Ready ready => $"Ready {ready.ContactId}",
        TextContact.NotReady no => $"NotReady {no.Because}",
        _ => contact.GetType().Name,
    };

    public static string Poll(PollAnswer answer) => answer is PollAnswer.Fetched fetched ? $"{fetched.Raw.Count} heard" : "not heard, asked again";
}
