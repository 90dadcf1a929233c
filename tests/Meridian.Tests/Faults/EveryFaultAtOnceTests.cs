using Meridian.Adapters.Sql;
using Meridian.Tests.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Faults;

/// <summary>Two hours in which everything goes wrong at once, on both databases; then calm, and a day later everything has had its end.</summary>
public abstract class EveryFaultAtOnceTests(Func<TestDatabase> database)
{
    private const int People = 24;

    private const string Storm = """
        { "faults": [
          { "provider": "vapi", "request": "POST /call", "to": "2026-11-16T17:00:00Z", "share": 0.2, "then": "answer-lost" },
          { "provider": "vapi", "request": "POST /call", "to": "2026-11-16T17:00:00Z", "share": 0.1, "then": "429" },
          { "provider": "vapi", "request": "POST /call", "to": "2026-11-16T17:00:00Z", "share": 0.1, "then": "502", "done": true },
          { "provider": "vapi", "request": "POST /call", "to": "2026-11-16T17:00:00Z", "share": 0.1, "then": "cut-before" },
          { "provider": "vapi", "request": "POST /call", "to": "2026-11-16T17:00:00Z", "share": 0.1, "then": "slow", "seconds": 35 },
          { "provider": "vapi", "request": "POST /call", "to": "2026-11-16T17:00:00Z", "share": 0.1, "then": "error", "error": "vapi.concurrency" },
          { "provider": "vapi", "request": "GET *", "to": "2026-11-16T17:00:00Z", "share": 0.3, "then": "malformed" },
          { "provider": "highlevel", "request": "POST /conversations/messages", "to": "2026-11-16T17:00:00Z", "share": 0.2, "then": "answer-lost" },
          { "provider": "highlevel", "request": "POST /conversations/messages", "to": "2026-11-16T17:00:00Z", "share": 0.1, "then": "500", "done": true },
          { "provider": "highlevel", "request": "POST /conversations/messages", "to": "2026-11-16T17:00:00Z", "share": 0.2, "then": "429", "retryAfter": 10 },
          { "provider": "highlevel", "request": "POST /conversations/messages", "to": "2026-11-16T17:00:00Z", "share": 0.1, "then": "slow-answer", "seconds": 35 },
          { "provider": "highlevel", "request": "POST /contacts/upsert", "to": "2026-11-16T17:00:00Z", "share": 0.2, "then": "error", "error": "highlevel.422-but-created" },
          { "provider": "highlevel", "request": "GET *", "to": "2026-11-16T17:00:00Z", "share": 0.3, "then": "truncated" },
          { "provider": "mail", "request": "END", "to": "2026-11-16T17:00:00Z", "share": 0.15, "then": "answer-lost" },
          { "provider": "mail", "request": "END ann*", "to": "2026-11-16T17:00:00Z", "share": 0.1, "then": "answer-lost", "copy": false },
          { "provider": "mail", "request": "END ann*", "to": "2026-11-16T17:00:00Z", "share": 0.1, "then": "cut-before" },
          { "provider": "mail", "request": "RCPT", "to": "2026-11-16T17:00:00Z", "share": 0.2, "then": "error", "error": "mail.greylisted" },
          { "provider": "mail", "request": "MAIL", "to": "2026-11-16T17:00:00Z", "share": 0.1, "then": "cut-before" },
          { "provider": "mail", "request": "*", "to": "2026-11-16T17:00:00Z", "share": 0.05, "then": "421" },
          { "provider": "webhook", "request": "* *", "share": 0.15, "then": "forged" },
          { "provider": "webhook", "request": "* *", "share": 0.15, "then": "unsigned" },
          { "provider": "webhook", "request": "* *", "share": 0.15, "then": "duplicated" },
          { "provider": "webhook", "request": "* *", "share": 0.1, "then": "reordered", "seconds": 400 },
          { "provider": "webhook", "request": "* *", "share": 0.1, "then": "lost" }
        ] }
        """;

    [Fact]
    public async Task Nobody_is_asked_for_twice_and_everything_has_its_end()
    {
        await using var world = await FaultWorld.OpenAsync(database(), Storm, People, listens: true);
        await world.RunAsync(FaultWorld.Start + Duration.FromHours(3) + SqlTouchLedger.Horizon);
        var (touches, wire, log) = (await world.TouchesAsync(), world.Wire(), world.Log());
        TestContext.Current.SendDiagnosticMessage($"{wire.Count} requests, {wire.Count(w => w.Fault is not null)} with a fault; {string.Join(", ", touches.CountBy(t => $"{t.Channel} {t.State}").Select(c => $"{c.Value} {c.Key}"))}");
        TestContext.Current.SendDiagnosticMessage(string.Join(", ", world.Asked.OrderBy(a => a.Key).Select(a => $"{a.Value} {a.Key}")));
        FaultLaws.Hold(touches, wire, log, People);
        Assert.True(wire.Count(w => w.Fault is not null) > 20, "the storm was too mild to show anything");
        Assert.Equal(0, await world.CountAsync("select count(*) from touch where state = 'planned' and parked_reason is null"));
        // Whoever was heard to opt out, and nobody else: no forgery was believed.
        var heard = log.Where(l => l.Kind == "optout").Select(l => FaultLaws.Number(l.From)).Distinct().Order().ToList();
        Assert.Equal(heard, (await world.OptedOutAsync()).Select(FaultLaws.Number).Distinct().Order());
        Assert.Equal(0, await world.CountAsync("select count(*) from signal where understood_at is null"));
    }
}

public sealed class EveryFaultAtOnceOnSqlite() : EveryFaultAtOnceTests(() => new TestDatabase.Sqlite());

public sealed class EveryFaultAtOnceOnPostgres() : EveryFaultAtOnceTests(() => new TestDatabase.Postgres());
