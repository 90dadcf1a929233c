using System.Text.Json;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Adapters;

/// <summary>
/// Outcomes the database could not take, one JSON line each, flushed to the disk before anybody goes on. A line torn by a crash hides no other: it goes to
/// <c>.torn</c> beside the journal, and its touch's deadline says "unconfirmed".
/// </summary>
public sealed class FileJournal(string path) : IOutcomeJournal
{
    private readonly Lock gate = new();

    private sealed record Line(string Kind, string Permit, long AtMs, string? Ref, string? Control, long? RingEndsMs, string? Reason, string? Word);

    public void Append(Outcome outcome)
    {
        lock (gate)
        {
            PrivateFolder.Make(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var isTorn = EndsInTheMiddle();
            using var file = PrivateFile.Open(path, FileMode.Append);
            if (isTorn) file.WriteByte((byte)'\n');
            file.Write(JsonSerializer.SerializeToUtf8Bytes(ToLine(outcome)));
            file.WriteByte((byte)'\n');
            file.Flush(flushToDisk: true);
        }
    }

    public IReadOnlyList<Outcome> Read()
    {
        lock (gate)
        {
            return File.Exists(path) ? [.. File.ReadAllLines(path).Select(Parse).OfType<Outcome>()] : [];
        }
    }

    public void Clear(int count)
    {
        lock (gate)
        {
            var (rest, torn) = (new List<string>(), new List<string>());
            foreach (var line in File.ReadAllLines(path).Where(l => l.Length > 0))
            {
                if (Parse(line) is null) torn.Add(line);
                else if (count > 0) count--;
                else rest.Add(line);
            }

            if (torn.Count > 0) Write(path + ".torn", FileMode.Append, torn);
            if (rest.Count == 0)
            {
                File.Delete(path);
                return;
            }

            var temporary = path + ".new";
            Write(temporary, FileMode.Create, rest);
            File.Move(temporary, path, overwrite: true);
        }
    }

    private static void Write(string path, FileMode mode, IEnumerable<string> lines)
    {
        using var file = new StreamWriter(PrivateFile.Open(path, mode));
        foreach (var line in lines) file.WriteLine(line);
    }

    private bool EndsInTheMiddle()
    {
        if (!File.Exists(path)) return false;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length == 0) return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    /// <summary>Null: not a whole line of ours.</summary>
    private static Outcome? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Line>(text) is { Permit: not null } line ? FromLine(line) : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
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
            _ => throw new ArgumentException($"the journal holds an unknown kind '{line.Kind}'", nameof(line)),
        };
    }
}
