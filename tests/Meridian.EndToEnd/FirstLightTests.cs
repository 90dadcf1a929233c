using System.Text.Json;
using Meridian.Tests.Ledger;
using Npgsql;
using Xunit;

namespace Meridian.EndToEnd;

/// <summary>The whole program on real exports, judged by a checker that reads only the outside world's log, the file and the rules.</summary>
public class FirstLightTests
{
    private static readonly string Thousand = Demo.Csv("crm-export-1000.csv");

    [Fact]
    public async Task Two_days_of_a_messy_export_keep_every_law_and_both_databases_give_the_same_log()
    {
        var sqlite = CalmTwoDays.Demo;
        EqualsTheLog(CalmTwoDays.Summary, sqlite);
        Demo.Holds(sqlite.Check(zoneFlow: true));
        Proves(sqlite);

        using var postgres = new Demo(Thousand, seed: 7, days: 2, database: await UrlAsync());
        EqualsTheLog(postgres.Run(), postgres);
        Assert.Equal(sqlite.LinesWithoutTouch(), postgres.LinesWithoutTouch());
    }

    [Fact]
    public void The_same_seed_gives_the_same_log()
    {
        using var first = new Demo("300", seed: 11, days: 1);
        using var second = new Demo("300", seed: 11, days: 1);
        first.Run();
        second.Run();
        Assert.Equal(first.LinesWithoutTouch(), second.LinesWithoutTouch());
    }

    [Fact]
    public void Without_consents_nobody_is_called_or_texted_everybody_eligible_is_emailed_and_every_parked_step_is_explained()
    {
        var file = Path.GetTempFileName();
        try
        {
            BlankConsents(Thousand, file);
            using var demo = new Demo(file, seed: 7, days: 3);
            var summary = demo.Run();
            Assert.Equal(0, summary.GetProperty("calls").GetInt32());
            Assert.Equal(0, summary.GetProperty("sms").GetInt32());
            Demo.Holds(demo.Check(expectNoConsent: true));
            Assert.Equal(["no_legal_basis"], summary.GetProperty("parked").EnumerateObject().Select(p => p.Name));

            var (code, letter, errors) = demo.Verb("why", "carla.oneil@company-1-3.example");
            Assert.True(code == 0, errors);
            Assert.Contains("no recorded written consent", letter);
            Assert.Contains("FCC 24-17", letter);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_day_follows_the_sun_from_the_Atlantic_to_Hawaii_and_starves_nobody()
    {
        using var demo = new Demo(Demo.Csv("crm-export-zones-2000.csv"), seed: 4, days: 1);
        demo.Run();
        Demo.Holds(demo.Check(zoneFlow: true));
        Proves(demo);

        var law = ZoneShareLaw.Read(Path.Combine(demo.Folder, "meridian.db"));
        Assert.True(law.IsScarce, "the day must have less to give than is asked for");
        Assert.Empty(law.Violations());
        Assert.True(law.Compared > 1000, $"only {law.Compared} times somebody waited in an earlier window");

        TestContext.Current.SendDiagnosticMessage($"{law.Capacity} calls for {law.Due} people, {law.Compared} comparisons");
        TheMeasureBites(law);
    }

    /// <summary>What an engine without the law would have left behind is found in its rows.</summary>
    private static void TheMeasureBites(ZoneShareLaw law)
    {
        string[] further = ["America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu"];
        var times = law.Begun.Select(c => c.BegunAt!.Value).ToList();

        // The day backwards: the windows that close last go first.
        var backwards = law.Begun.Select((c, i) => (c.Id, At: times[^(i + 1)])).ToDictionary(c => c.Id, c => c.At);
        Assert.Contains(law.With(c => backwards.TryGetValue(c.Id, out var at) ? c with { BegunAt = at } : c).Violations(), v => v.Contains(" waited, ", StringComparison.Ordinal));

        // One person of the East an hour after one of the West.
        var (east, west) = (law.Begun.First(c => c.Group == "America/New_York"), law.Begun.First(c => c.Group == "America/Los_Angeles"));
        var swapped = law.With(c => c.Id == east.Id ? c with { BegunAt = west.BegunAt + 3_600_000 } : c).Violations();
        Assert.Contains(swapped, v => v.Contains($"while {east.Id} ", StringComparison.Ordinal));

        // The East uses up the day: every begin further west goes to somebody of New York instead.
        var freed = law.Begun.Where(c => further.Contains(c.Group)).ToDictionary(c => c.Id, c => c.BegunAt);
        var eaters = law.StillWaiting.Where(c => c.Group == "America/New_York").Zip(freed.Values).ToDictionary(p => p.First.Id, p => p.Second);
        Assert.Equal(freed.Count, eaters.Count);
        var eaten = law.With(c => eaters.TryGetValue(c.Id, out var at) ? c with { BegunAt = at } : freed.ContainsKey(c.Id) ? c with { BegunAt = null, ClosedAt = null } : c).Violations();
        Assert.All(further, group => Assert.Contains(eaten, v => v.StartsWith($"{group} was starved", StringComparison.Ordinal)));
        Assert.DoesNotContain(eaten, v => v.Contains("was given", StringComparison.Ordinal)); // the shares written down are still the fair ones

        // Shares that are not the due people's part of the day: all to New York; nothing, two too few, or two too many for Hawaii.
        Assert.Contains(law.WithShares((group, _) => group == "America/New_York" ? law.Capacity : 0).Violations(), v => v.StartsWith($"America/New_York was given a share of {law.Capacity}", StringComparison.Ordinal));
        foreach (var wrong in new Func<long, long>[] { _ => 0, share => share - 2, share => share + 2 })
            Assert.Contains(law.WithShares((group, share) => group == "Pacific/Honolulu" ? wrong(share) : share).Violations(), v => v.StartsWith("Pacific/Honolulu was given", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("2026-11-25T05:00:00Z")] // the day before Thanksgiving
    [InlineData("2026-10-31T04:00:00Z")] // clocks go back on 1 November 2026
    [InlineData("2027-03-13T05:00:00Z")] // clocks go forward on 14 March 2027
    [InlineData("2027-11-06T04:00:00Z")] // and back on 7 November 2027
    public void Holidays_and_clock_changes_keep_the_hours(string start)
    {
        using var demo = new Demo("300", seed: 3, days: 3, start);
        demo.Run();
        Demo.Holds(demo.Check());
    }

    [Fact]
    public void Killed_at_twenty_random_moments_it_loses_nothing_and_does_nothing_twice()
    {
        using var demo = new Demo(Thousand, seed: 7, days: 2);
        KillAtRandom(demo, times: 20, longest: 4.5);
        Demo.Holds(demo.Check());
        Proves(demo);
    }

    [Fact]
    public async Task Killed_on_PostgreSQL_it_loses_nothing_and_does_nothing_twice()
    {
        using var demo = new Demo(Thousand, seed: 9, days: 1, database: await UrlAsync());
        KillAtRandom(demo, times: 8, longest: 8);
        Demo.Holds(demo.Check());
        Proves(demo); // the folder says where its database is
    }

    internal static void KillAtRandom(Demo demo, int times, double longest)
    {
        var chance = new Random(20261116);
        var killed = 0;
        while (killed < times && demo.RunAndKill(TimeSpan.FromSeconds(0.8 + chance.NextDouble() * (longest - 0.8)))) killed++;
        TestContext.Current.SendDiagnosticMessage($"killed {killed} times");
        var summary = demo.Run();
        Assert.Equal(0, summary.GetProperty("unaccounted").GetInt32());
    }

    /// <summary>The summary's figures are a count over the log.</summary>
    private static void EqualsTheLog(JsonElement summary, Demo demo)
    {
        var kinds = File.ReadLines(demo.LogFile).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("kind").GetString()!).CountBy(k => k).ToDictionary(p => p.Key, p => p.Value);
        foreach (var (name, kind) in new[] { ("calls", "call"), ("emails", "email"), ("sms", "sms"), ("owner_emails", "owner_email"), ("replies", "reply"), ("optouts", "optout"), ("bounces", "bounce"), ("auto_replies", "auto_reply") })
            Assert.Equal(kinds.GetValueOrDefault(kind), summary.GetProperty(name).GetInt32());
        Assert.Equal(0, summary.GetProperty("errors").GetInt32());
        Assert.Equal(0, summary.GetProperty("unaccounted").GetInt32());
    }

    private static void Proves(Demo demo)
    {
        var (code, output, errors) = demo.Verb("verify-ledger");
        Assert.True(code == 0, output + errors);
    }

    private static void BlankConsents(string from, string to)
    {
        // Consents are the last six of 29 columns and never quoted; a record ends at a line break outside quotes.
        using var output = new StreamWriter(to);
        var record = new System.Text.StringBuilder();
        var header = true;
        foreach (var line in File.ReadLines(from))
        {
            if (record.Length > 0) record.Append('\n');
            record.Append(line);
            if (record.ToString().Count(c => c == '"') % 2 == 1) continue;
            var text = record.ToString();
            if (!header)
            {
                var end = text.Length;
                for (var comma = 0; comma < 6; comma++) end = text.LastIndexOf(',', end - 1);
                text = text[..end] + ",,,,,,";
            }

            output.Write(text + "\r\n");
            header = false;
            record.Clear();
        }
    }

    internal static async Task<string> UrlAsync()
    {
        // The demo makes its own schema; it needs the server, not one of our schemas.
        var parts = new NpgsqlConnectionStringBuilder(await PostgresCluster.NewSchemaAsync());
        await using var connection = new NpgsqlConnection(parts.ConnectionString);
        await connection.OpenAsync();
        return $"postgres://{parts.Username}@{parts.Host}:{parts.Port}/{parts.Database}";
    }
}
