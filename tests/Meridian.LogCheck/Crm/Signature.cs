using Meridian.LogCheck.Log;

namespace Meridian.LogCheck.Crm;

/// <summary>What somebody signed on the consent page: from then on, this number, these kinds of contact.</summary>
internal sealed record Signature(string Email, string Number, bool Calls, bool Texts, DateTimeOffset At)
{
    public static IReadOnlyList<Signature> In(IEnumerable<LogLine> lines) =>
        [.. lines.Where(l => l.Kind == Kinds.Consent).Select(l => new Signature(l.From, l.To, (l.Subject ?? "").Contains("call", StringComparison.Ordinal), (l.Subject ?? "").Contains("sms", StringComparison.Ordinal), l.At))];

    /// <summary>Signed before this went out, for this number and this kind.</summary>
    public bool Covers(LogLine line) => Number == line.To && At <= line.At && (line.Kind == Kinds.Call ? Calls : Texts);
}
