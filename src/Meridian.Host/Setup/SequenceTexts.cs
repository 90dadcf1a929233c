using System.Globalization;
using System.Text;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Host.Setup;

/// <summary>
/// The words of a sequence as text files the owner edits: <c>texts/sop/email-1.txt</c> and so on. The first line of an e-mail is its subject. A file
/// that is missing means the words we ship; one that lacks what the law asks for is refused with its name and the fix.
/// </summary>
public static class SequenceTexts
{
    private const string SubjectMark = "Subject:";
    private const string WaitMark = "Wait days:";

    /// <summary>Writes the files that are not there yet; never over somebody's words.</summary>
    public static IReadOnlyList<string> Write(string folder, Sequence sequence)
    {
        var written = new List<string>();
        Directory.CreateDirectory(FolderOf(folder, sequence));
        foreach (var step in sequence.Steps)
        {
            var file = FileOf(folder, sequence, step);
            if (File.Exists(file)) continue;
            var text = new StringBuilder();
            if (step.Subject is { } subject) text.Append(SubjectMark).Append(' ').AppendLine(subject);
            if (step.Delay > Duration.Zero) text.Append(WaitMark).Append(' ').AppendLine(step.Delay.TotalDays.ToString(CultureInfo.InvariantCulture));
            if (text.Length > 0) text.AppendLine();
            File.WriteAllText(file, text.Append(step.Body.Trim()).AppendLine().ToString());
            written.Add(file);
        }

        return written;
    }

    /// <summary>The sequence with the owner's words.</summary>
    /// <exception cref="UsageException">A text lacks what it must say; all problems at once.</exception>
    public static Sequence Read(string folder, Sequence sequence)
    {
        var problems = new List<string>();
        var steps = sequence.Steps.Select(step =>
        {
            var file = FileOf(folder, sequence, step);
            if (!File.Exists(file)) return step;
            var changed = Parse(File.ReadAllText(file), step, problem => problems.Add($"{Path.GetRelativePath(folder, file)}: {problem}"));
            problems.AddRange(RequiredWords.MissingIn(changed).Select(p => $"{Path.GetRelativePath(folder, file)}: {p}"));
            return changed;
        }).ToList();
        return problems.Count == 0 ? sequence with { Steps = steps } : throw new UsageException(string.Join(Environment.NewLine, problems));
    }

    private static Step Parse(string text, Step step, Action<string> problem)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').ToList();
        while (lines.Count > 0)
        {
            if (lines[0].StartsWith(SubjectMark, StringComparison.OrdinalIgnoreCase) && step.Channel == Channel.Email) step = step with { Subject = lines[0][SubjectMark.Length..].Trim() };
            else if (lines[0].StartsWith(WaitMark, StringComparison.OrdinalIgnoreCase))
            {
                if (double.TryParse(lines[0][WaitMark.Length..], CultureInfo.InvariantCulture, out var days) && days is >= 0 and <= 365) step = step with { Delay = Duration.FromDays(days) };
                else problem($"'{lines[0]}' is no number of days; write for example 'Wait days: 3'");
            }
            else if (lines[0].Trim().Length > 0) break;
            lines.RemoveAt(0);
        }

        return step with { Body = string.Join('\n', lines).Trim() };
    }

    private static string FolderOf(string folder, Sequence sequence) => Path.Combine(folder, "texts", sequence.Id);

    private static string FileOf(string folder, Sequence sequence, Step step) => Path.Combine(FolderOf(folder, sequence), $"{step.StepId}.txt");
}
