using System.Text.Json;
using Meridian.LogCheck;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Meridian.EndToEnd;

/// <summary>With nothing imported: it finds its own people, and what that cost is the outside world's own count.</summary>
public class WholeDayTests
{
    [Fact]
    public void Two_days_without_a_file_find_buy_and_email_people_inside_credits_and_money()
    {
        using var demo = new Demo(null, seed: 7, days: 2);
        var summary = demo.Run();
        var lines = File.ReadLines(demo.LogFile).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        var sold = lines.Where(l => l.GetProperty("kind").GetString() == "enrich").Sum(l => decimal.Parse(l.GetProperty("outcome").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(sold, summary.GetProperty("credits").GetDecimal());
        Assert.InRange(sold, 500, 600);
        Assert.Equal(lines.Count(l => l.GetProperty("kind").GetString() == "email"), summary.GetProperty("emails").GetInt32());
        Assert.Equal(sold * 0.02m, Money(demo));
        Demo.Holds(demo.Check());
        var (code, output, errors) = demo.Verb("verify-ledger");
        Assert.True(code == 0, output + errors);
    }

    [Fact]
    public void Where_a_person_calls_too_phones_are_bought_inside_the_same_budget_and_become_tasks()
    {
        using var demo = new Demo(null, seed: 7, days: 1, humanCalls: true);
        var summary = demo.Run();
        var sold = File.ReadLines(demo.LogFile).Select(l => JsonDocument.Parse(l).RootElement)
            .Where(l => l.GetProperty("kind").GetString() is "enrich" or "phone_order" or "phones").Sum(l => decimal.Parse(l.GetProperty("outcome").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(sold, summary.GetProperty("credits").GetDecimal());
        Assert.Equal(sold * 0.02m, Money(demo));
        Assert.Equal(0, summary.GetProperty("calls").GetInt32());
        Demo.Holds(demo.Check());
        var (code, output, errors) = demo.Verb("tasks", "--json");
        Assert.True(code == 0, output + errors);
        Assert.NotEmpty(JsonDocument.Parse(output).RootElement.EnumerateArray());
        (code, output, errors) = demo.Verb("verify-ledger");
        Assert.True(code == 0, output + errors);
    }

    private static decimal Money(Demo demo)
    {
        using var db = new SqliteConnection($"Data Source={Path.Combine(demo.Folder, "meridian.db")};Mode=ReadOnly;Pooling=False");
        db.Open();
        using var command = db.CreateCommand();
        command.CommandText = "select sum(micro) from spend_day where channel = 'all'";
        return (long)command.ExecuteScalar()! / 1_000_000m;
    }
}
