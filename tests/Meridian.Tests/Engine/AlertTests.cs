using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Checks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Reporting;
using Meridian.Host.Run;
using Meridian.Tests.Ledger;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Engine;

public sealed class AlertsOnSqlite() : AlertContract(() => new TestDatabase.Sqlite());

public sealed class AlertsOnPostgres() : AlertContract(() => new TestDatabase.Postgres());

/// <summary>What needs a person reaches the owner once, and what could not be told is told later.</summary>
public abstract class AlertContract(Func<TestDatabase> database)
{
    private readonly FakeTimeProvider clock = new(LedgerWorld.Now.ToDateTimeOffset());
    private readonly OwnerMail mail = new();
    private long errors;

    private TestDatabase Database() => database();

    [Fact]
    public async Task A_new_incident_is_told_once_and_at_once()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var turn = Turn(world);
        await turn.TakeAsync("all", default);
        Assert.Empty(mail.Sent);

        await world.ExecuteAsync("update desk set next_turn_at = @later where kind = 'alerts'", new { later = LedgerWorld.Now + Duration.FromMinutes(5) });
        await world.People.OpenIncidentAsync("zero-leads", "apollo", "nobody is left to e-mail", LedgerWorld.Now);
        Assert.Equal(LedgerWorld.Now, (await world.Desks.AllAsync()).Single(d => d.Kind == "alerts").NextTurnAt); // woken

        mail.Answer = new SendResult.NotSent(NotSentBecause.Transient, "the server is away");
        await turn.TakeAsync("all", default);
        mail.Answer = new SendResult.Accepted(null);
        mail.Sent.Clear();
        await turn.TakeAsync("all", default);
        await turn.TakeAsync("all", default);
        var told = Assert.Single(mail.Sent);
        Assert.Equal("⚠ Meridian: zero leads", told.Subject);
        Assert.Contains("nobody is left to e-mail", told.TextBody, StringComparison.Ordinal);
        Assert.Equal("owner@example.com", told.ToAddress);
    }

    [Fact]
    public async Task More_than_ten_errors_in_an_hour_are_told_and_the_incident_closes_when_they_are_over()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var turn = Turn(world);
        errors = 10;
        await turn.TakeAsync("all", default);
        Assert.Empty(mail.Sent);
        errors = 11;
        await turn.TakeAsync("all", default);
        await turn.TakeAsync("all", default);
        Assert.Equal("⚠ Meridian: many errors", Assert.Single(mail.Sent).Subject);
        errors = 3;
        await turn.TakeAsync("all", default);
        Assert.Equal(0, await world.CountAsync("select count(*) from incident where closed_at is null"));
    }

    [Fact]
    public async Task The_owner_is_a_person_of_the_campaign_once_and_again_only_when_they_ask()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann");
        var rounds = new SqlRounds(world.Store, world.Ids);
        async Task<IReadOnlyList<RoundBegun>> EnrollAsync(string email, bool again) => await rounds.EnrollAsync(email, again, "sam", LedgerWorld.Now, await rounds.RoundsAsync(email));
        Assert.Equal([new RoundBegun(LedgerWorld.Campaign, 1, false)], await EnrollAsync("ann@people.example", true)); // still under way
        await world.ExecuteAsync("update enrollment set state = 'finished'");
        Assert.Equal([new RoundBegun(LedgerWorld.Campaign, 1, false)], await EnrollAsync("ann@people.example", false));
        Assert.Equal([new RoundBegun(LedgerWorld.Campaign, 2, true)], await EnrollAsync("ann@people.example", true));
        Assert.Empty(await EnrollAsync("nobody@people.example", true));
        await world.People.OptOutAsync(new Meridian.Engine.Ledger.OptOutOrder(["ann@people.example"], null, "said so", "test", null, LedgerWorld.Now));
        Assert.Equal([new RoundBegun(LedgerWorld.Campaign, 3, false)], await EnrollAsync("ann@people.example", true));
    }

    [Fact]
    public async Task A_round_that_the_running_engine_was_quicker_to_begin_is_the_one_that_was_asked_for()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var rounds = new SqlRounds(world.Store, world.Ids);
        var before = await rounds.RoundsAsync("ann@people.example");
        await world.AddPersonAsync("ann"); // written by the verb, enrolled by the engine's intake
        Assert.Equal([new RoundBegun(LedgerWorld.Campaign, 1, true)], await rounds.EnrollAsync("ann@people.example", false, "sam", LedgerWorld.Now, before));
        Assert.Equal(1, await world.CountAsync("select count(*) from enrollment"));
    }

    [Fact]
    public async Task What_a_check_found_is_written_down_when_it_is_news_and_once_a_day()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        var folder = Directory.CreateTempSubdirectory("meridian-memory-");
        try
        {
            var memory = new OperationalMemory(new SqlCheckBook(world.Store, world.Ids), folder.FullName);
            CheckFinding bad = new("call", false, "Vapi answered 401", "Give a private key."), good = new("call", true, "the assistant exists", null);
            foreach (var (finding, minutes) in new[] { (bad, 0), (bad, 5), (good, 10), (good, 15), (good, 60 * 24) })
                await memory.KeepAsync("vapi", [finding], LedgerWorld.Now + Duration.FromMinutes(minutes));
            var text = await File.ReadAllTextAsync(Path.Combine(folder.FullName, OperationalMemory.FileName), TestContext.Current.CancellationToken);
            Assert.Equal(3, text.Split("## ").Length - 1);
            Assert.Contains("**call** does not work, so it is not used: Vapi answered 401 **Fix:** Give a private key.", text, StringComparison.Ordinal);
            Assert.Contains("https://docs.vapi.ai", text, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private AlertTurn Turn(LedgerWorld world) => new(new SqlAlertBook(world.Store), world.People, world.Facts, mail, () => errors, new Clocks(clock, TimeProvider.System));
}
