using System.Text.Json;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Adapters;

/// <summary>Outcomes the database could not take, one JSON line each, flushed to the disk before anybody goes on.</summary>
public sealed class FileJournal(string path) : IOutcomeJournal
{
    private readonly Lock gate = new();

    private sealed record Line(string Kind, string Permit, long AtMs, string? Ref, string? Control, long? RingEndsMs, string? Reason, string? Word);

    public void Append(Outcome outcome)
    {
        lock (gate)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
            file.Write(JsonSerializer.SerializeToUtf8Bytes(ToLine(outcome)));
            file.WriteByte((byte)'\n');
            file.Flush(flushToDisk: true);
        }
    }

    public IReadOnlyList<Outcome> Read()
    {
        lock (gate)
        {
            if (!File.Exists(path)) return [];
            var outcomes = new List<Outcome>();
            foreach (var line in File.ReadAllLines(path))
            {
                try
                {
                    outcomes.Add(FromLine(JsonSerializer.Deserialize<Line>(line)!));
                }
                catch (JsonException)
                {
                    break; // a torn last line: the crash came before its flush, and the deadline will say "unconfirmed"
                }
            }

            return outcomes;
        }
    }

    public void Clear(int count)
    {
        lock (gate)
        {
            var rest = File.ReadAllLines(path).Skip(count).ToArray();
            if (rest.Length == 0)
            {
                File.Delete(path);
                return;
            }

            var temporary = path + ".new";
            File.WriteAllLines(temporary, rest);
            File.Move(temporary, path, overwrite: true);
        }
    }

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
            _ => throw new InvalidOperationException($"the journal holds an unknown kind '{line.Kind}'"),
        };
    }
}
