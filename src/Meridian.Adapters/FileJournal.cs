using System.Text.Json;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Adapters;

/// <summary>Outcomes the database could not take. One that is torn is not lost: its touch's deadline says "unconfirmed".</summary>
public sealed class FileJournal(string path) : IOutcomeJournal
{
    private readonly JsonLines<Outcome> lines = new(path, outcome => JsonSerializer.SerializeToUtf8Bytes(ToLine(outcome)), text => JsonSerializer.Deserialize<Line>(text) is { Permit: not null } line ? FromLine(line) : null);

    private sealed record Line(string Kind, string Permit, long AtMs, string? Ref, string? Control, long? RingEndsMs, string? Reason, string? Word);

    public void Append(Outcome outcome) => lines.Append(outcome);

    public IReadOnlyList<Outcome> Read() => lines.Read();

    public void Clear(int count) => lines.Clear(count);

    private static Line ToLine(Outcome outcome) => outcome switch
    {
        Outcome.Accepted a => new Line("accepted", a.PermitId, a.At.ToUnixTimeMilliseconds(), a.ProviderRef, a.ControlUrl, a.RingEndsAt?.ToUnixTimeMilliseconds(), null, null),
        Outcome.Refused r => new Line("refused", r.PermitId, r.At.ToUnixTimeMilliseconds(), null, null, null, r.Reason, r.Disposition?.ToString()),
        Outcome.NotSent n => new Line("not-sent", n.PermitId, n.At.ToUnixTimeMilliseconds(), null, null, null, n.Reason, n.Because.ToString()),
        Outcome.Unknown u => new Line("unknown", u.PermitId, u.At.ToUnixTimeMilliseconds(), null, null, null, u.Reason, null),
        _ => throw new InvalidOperationException($"unknown outcome {outcome}"),
    };

    private static Outcome FromLine(Line line)
    {
        var at = Instant.FromUnixTimeMilliseconds(line.AtMs);
        return line.Kind switch
        {
            "accepted" => new Outcome.Accepted(line.Permit, at, line.Ref, line.Control, line.RingEndsMs is { } ms ? Instant.FromUnixTimeMilliseconds(ms) : null),
            "refused" => new Outcome.Refused(line.Permit, at, line.Reason ?? "", line.Word is null ? null : Enum.Parse<Disposition>(line.Word)),
            "not-sent" => new Outcome.NotSent(line.Permit, at, Enum.Parse<FailedBecause>(line.Word!), line.Reason ?? ""),
            "unknown" => new Outcome.Unknown(line.Permit, at, line.Reason ?? ""),
            _ => throw new ArgumentException($"the journal holds an unknown kind '{line.Kind}'", nameof(line)),
        };
    }
}
