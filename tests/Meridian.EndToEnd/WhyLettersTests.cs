using System.Text.Json;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Meridian.EndToEnd;

/// <summary>Ten people in ten situations after two days: each letter names the situation, the rule's source, and when it is looked at again.</summary>
public class WhyLettersTests
{
    /// <param name="Finds">A lead in this situation, by id; the first of many.</param>
    /// <param name="Channel">The step the letter must explain it at.</param>
    /// <param name="Standing">How the step stands.</param>
    /// <param name="Says">What one of its findings, or the step itself, says.</param>
    /// <param name="Source">The source it stands on.</param>
    private sealed record Situation(string Name, string Finds, string Channel, string Standing, string Says, string Source);

    private static readonly Situation[] Situations =
    [
        new("called", "select lead_id from touch where channel = 'call' and state = 'sent'", "Call", "sent ", "written consent of", "FCC 24-17"),
        new("opted out on the way", "select id from lead where opted_out_at is not null and id in (select lead_id from touch where begun_at is not null) and id not in (select lead_id from touch where channel = 'text' and begun_at is not null)", "Text", "", "opted out on", "47 CFR 64.1200(a)(10)"),
        new("e-mail not deliverable", "select lead_id from touch where channel = 'email' and skipped_reason = 'not_deliverable'", "Email", "skipped: not deliverable", " is Unavailable", "e-mail status of the source"),
        new("bounced", "select lead_id from touch where channel = 'email' and disposition = 'bounced'", "Email", "refused by the provider", "", ""),
        new("no legal basis", "select lead_id from touch where channel = 'call' and parked_reason = 'no_legal_basis' and address_id is not null and not exists (select 1 from consent c where c.lead_id = touch.lead_id)", "Call", "parked: no legal basis", "no recorded written consent for an AI call", "FCC 24-17"),
        new("no number of their own", "select lead_id from touch where channel = 'call' and parked_reason = 'no_legal_basis' and address_id is null", "Call", "parked: no legal basis", "there is no phone number of their own", "the lead's addresses"),
        new("claimed consent", "select t.lead_id from touch t join consent c on c.lead_id = t.lead_id and c.channel = t.channel and c.address_id = t.address_id where t.channel = 'call' and t.parked_reason = 'no_legal_basis' and c.status = 'claimed'", "Call", "parked: no legal basis", "is claimed but does not count", "FCC 24-17"),
        new("do-not-call column", "select l.id from lead l join lead_address la on la.lead_id = l.id join address_key a on a.id = la.address_id where a.suppressed_reason like 'do not call%' and l.opted_out_at is not null", "Call", "", "opted out on", "47 CFR 64.1200(a)(10)"),
        new("replied", "select lead_id from touch where disposition = 'replied'", "", "replied", "", ""),
        new("a number with an extension", "select lead_id from touch where skipped_reason = 'extension_cannot_receive_texts'", "Text", "skipped: extension cannot receive texts", "has extension", "the telephone network"),
        new("waiting for a sender or the window", "select lead_id from touch where state = 'planned' and parked_reason is null", "", "offered, due", "", ""),
    ];

    [Fact]
    public void Eleven_situations_have_a_letter_that_names_them_with_source_and_next_look()
    {
        var demo = CalmTwoDays.Demo;
        var problems = new List<string>();
        foreach (var situation in Situations) problems.AddRange(Problems(demo, situation).Select(p => $"{situation.Name}: {p}"));
        Assert.True(problems.Count == 0, string.Join("\n", problems));
    }

    private static IEnumerable<string> Problems(Demo demo, Situation situation)
    {
        if (First(demo, situation.Finds) is not { } lead)
        {
            yield return "nobody is in this situation";
            yield break;
        }

        var (code, output, errors) = demo.Verb("why", lead, "--json");
        if (code != 0)
        {
            yield return errors;
            yield break;
        }

        var letter = JsonDocument.Parse(output).RootElement[0];
        var steps = letter.GetProperty("steps").EnumerateArray().Where(s => situation.Channel is "" || s.GetProperty("channel").GetString() == situation.Channel).ToList();
        var step = steps.FirstOrDefault(s => s.GetProperty("standing").GetString()!.Contains(situation.Standing));
        if (step.ValueKind == JsonValueKind.Undefined)
        {
            yield return $"{lead}: no step stands at '{situation.Standing}', but at {string.Join("; ", steps.Select(s => s.GetProperty("standing").GetString()))}";
            yield break;
        }

        var findings = step.GetProperty("findings").EnumerateArray().ToList();
        if (situation.Says.Length > 0 && !findings.Any(f => f.GetProperty("sentence").GetString()!.Contains(situation.Says) && f.GetProperty("source").GetString()!.Contains(situation.Source)))
            yield return $"{lead}: nothing says '{situation.Says}' with '{situation.Source}' of {string.Join("; ", findings.Select(f => $"{f.GetProperty("sentence")} [{f.GetProperty("source")}]"))}";
        if (findings.Any(f => string.IsNullOrWhiteSpace(f.GetProperty("source").GetString()))) yield return $"{lead}: a finding without a source";

        // Whoever waits is told until when; whoever is done or parked is told why instead.
        var ruling = step.GetProperty("ruling").GetString();
        if (ruling == "Wait" && step.GetProperty("next_change").ValueKind == JsonValueKind.Null) yield return $"{lead}: it waits, and nothing says until when";
        if (ruling != "-" && string.IsNullOrWhiteSpace(step.GetProperty("because").GetString())) yield return $"{lead}: nothing says why";
    }

    private static string? First(Demo demo, string sql)
    {
        using var db = new SqliteConnection($"Data Source={Path.Combine(demo.Folder, "meridian.db")};Mode=ReadOnly;Pooling=False");
        db.Open();
        using var command = db.CreateCommand();
        command.CommandText = sql + " order by 1 limit 1";
        return command.ExecuteScalar() as string;
    }
}
