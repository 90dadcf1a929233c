using Meridian.Adapters.Sql;
using Meridian.Adapters.Vapi;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Crm;
using Meridian.Engine.Ledger;
using Meridian.Tests.Ledger;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Crm;

public sealed class CrmBoardOnSqlite() : CrmBoardContract(() => new TestDatabase.Sqlite());

public sealed class CrmBoardOnPostgres() : CrmBoardContract(() => new TestDatabase.Postgres());

/// <summary>What happens here is seen in the owner's CRM, each thing once.</summary>
public abstract class CrmBoardContract(Func<TestDatabase> database)
{
    private TestDatabase Database() => database();

    [Fact]
    public async Task A_call_becomes_a_tag_and_a_note_with_its_summary_once()
    {
        await using var world = await OpenAsync();
        var touch = await world.CallAsync("ann", Disposition.Answered);
        for (var n = 0; n < 3; n++) await world.TurnAsync();
        Assert.Equal(["tag con_ann meridian: contacted", $"note con_ann {touch}"], world.Board.Asked);
        Assert.Equal($"Call by the AI voice, {world.Local} (America/New_York): they talked.\nAnn asked for a call on Thursday.\nMeridian {touch}", Assert.Single(world.Board.Notes));
    }

    [Fact]
    public async Task Replies_opt_outs_and_interest_are_tags_and_interest_is_an_opportunity()
    {
        await using var world = await OpenAsync();
        await world.CallAsync("ann", Disposition.Interested, report: false);
        await world.Ledger.People.OptOutAsync(new OptOutOrder([], "bob", "said so", "call", "e", LedgerWorld.Now));
        await world.TurnAsync();
        Assert.Equal(
            ["opportunity con_ann Ann, cmp_ann", "tag con_ann meridian: contacted", "tag con_ann meridian: interested", "tag con_bob meridian: opted out"],
            world.Board.Asked.Where(a => !a.StartsWith("note", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task A_lost_answer_is_looked_for_before_it_is_asked_again_and_not_within_five_minutes()
    {
        await using var world = await OpenAsync();
        world.Board.Answer = _ => new CrmAnswer.NotNow("no answer came");
        var touch = await world.CallAsync("ann", Disposition.NoAnswer);
        await world.TurnAsync();
        await world.TurnAsync();
        Assert.Equal(["tag con_ann meridian: contacted", $"note con_ann {touch}"], world.Board.Asked); // whoever it takes nothing for is left alone for that turn
        world.Board.Answer = _ => new CrmAnswer.Shown("ref_1");
        world.Clock.Advance(TimeSpan.FromMinutes(6));
        await world.TurnAsync();
        Assert.Equal(["tag con_ann meridian: contacted", $"note con_ann {touch}?"], world.Board.Asked.Skip(2));
        Assert.Equal("ref_1", await world.Ledger.TextAsync("select reference from crm_shown where item = 'note'"));
    }

    [Fact]
    public async Task A_refusal_is_remembered_with_its_reason_and_holds_nothing_else_up()
    {
        await using var world = await OpenAsync();
        world.Board.Answer = what => what.StartsWith("tag", StringComparison.Ordinal) ? new CrmAnswer.Refused("HighLevel answered 422: tags must be shorter") : new CrmAnswer.Shown(null);
        await world.CallAsync("ann", Disposition.NoAnswer);
        for (var n = 0; n < 3; n++)
        {
            await world.TurnAsync();
            world.Clock.Advance(TimeSpan.FromMinutes(6));
        }

        Assert.Equal(2, world.Board.Asked.Count);
        Assert.Equal("HighLevel answered 422: tags must be shorter", await world.Ledger.TextAsync("select refusal from crm_shown where refused_at is not null"));
    }

    [Fact]
    public async Task What_the_owner_must_mend_is_an_incident_until_it_is_mended()
    {
        await using var world = await OpenAsync();
        world.Board.Answer = _ => new CrmAnswer.NotNow("HighLevel answered 401: The token is not authorized for this scope.", OwnersToMend: true);
        await world.CallAsync("ann", Disposition.NoAnswer);
        await world.TurnAsync();
        Assert.Contains("not authorized for this scope", await world.Ledger.TextAsync("select detail from incident where kind = 'crm-not-shown' and closed_at is null"), StringComparison.Ordinal);
        world.Board.Answer = _ => new CrmAnswer.Shown(null);
        world.Clock.Advance(TimeSpan.FromMinutes(6));
        await world.TurnAsync();
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident where kind = 'crm-not-shown' and closed_at is null"));
    }

    [Fact]
    public async Task Somebody_whom_the_CRM_cannot_take_holds_nobody_up()
    {
        await using var world = await OpenAsync();
        world.Board.Answer = what => what.Contains("con_ann", StringComparison.Ordinal) ? new CrmAnswer.NotNow("HighLevel answered 500") : new CrmAnswer.Shown(null);
        foreach (var lead in (string[])["ann", "bob"]) await world.OptOutAsync(lead);
        await world.TurnAsync();
        Assert.Equal(["tag con_ann meridian: opted out", "tag con_bob meridian: opted out"], world.Board.Asked);
        Assert.Equal("bob", await world.Ledger.TextAsync("select lead_id from crm_shown where shown_at is not null"));
    }

    [Fact]
    public async Task Many_whom_the_CRM_cannot_take_come_back_after_whoever_is_new_ever_more_seldom_and_are_not_lost()
    {
        await using var world = await OpenAsync();
        string[] troubled = ["amy", "ben", "cal", "dot", "eli", "fay", "gus"];
        world.Board.Answer = what => what.Contains("con_zed", StringComparison.Ordinal) ? new CrmAnswer.Shown(null) : new CrmAnswer.NotNow("HighLevel answered 500");
        foreach (var lead in troubled.Append("zed")) await world.AddAsync(lead);
        foreach (var lead in troubled) await world.OptOutAsync(lead);
        for (var n = 0; n < 60; n++) await world.TurnAsync(pass: TimeSpan.FromMinutes(2));
        Assert.All(troubled, lead => Assert.InRange(world.Board.Asked.Count(a => a.Contains($"con_{lead}", StringComparison.Ordinal)), 4, 6));

        world.Clock.Advance(TimeSpan.FromHours(2)); // everybody's turn
        await world.OptOutAsync("zed");
        await world.TurnAsync(pass: TimeSpan.FromMinutes(70));
        Assert.Equal("zed", await world.Ledger.TextAsync("select lead_id from crm_shown where shown_at is not null"));

        world.Board.Answer = _ => new CrmAnswer.Shown(null);
        await world.TurnAsync();
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from crm_shown where shown_at is null"));
    }

    [Fact]
    public async Task While_the_CRM_is_away_a_turn_asks_for_three_people_and_no_more()
    {
        await using var world = await OpenAsync();
        string[] all = ["amy", "ben", "cal", "dot", "eli"];
        world.Board.Answer = _ => new CrmAnswer.NotNow("HighLevel did not answer");
        foreach (var lead in all) await world.AddAsync(lead);
        foreach (var lead in all) await world.OptOutAsync(lead);
        await world.TurnAsync();
        Assert.Equal(3, world.Board.Asked.Count);
        await world.TurnAsync();
        Assert.Equal(5, world.Board.Asked.Distinct().Count());
    }

    [Fact]
    public async Task A_scope_that_notes_lack_stops_notes_alone_and_stays_one_incident_until_a_note_is_shown()
    {
        await using var world = await OpenAsync();
        world.Board.Answer = what => what.StartsWith("note", StringComparison.Ordinal) ? new CrmAnswer.NotNow("HighLevel answered 401: The token is not authorized for this scope.", OwnersToMend: true) : new CrmAnswer.Shown(null);
        await world.CallAsync("ann", Disposition.Interested);
        await world.CallAsync("bob", Disposition.NoAnswer);
        for (var n = 0; n < 10; n++) await world.TurnAsync(pass: TimeSpan.FromMinutes(2));
        Assert.Single(world.Board.Asked, a => a.StartsWith("opportunity", StringComparison.Ordinal));
        Assert.Equal((1, 1), (await world.Ledger.CountAsync("select count(*) from incident where kind = 'crm-not-shown'"), await world.Ledger.CountAsync("select count(*) from incident where kind = 'crm-not-shown' and closed_at is null")));
        world.Board.Answer = _ => new CrmAnswer.Shown(null);
        for (var n = 0; n < 2; n++) await world.TurnAsync(pass: TimeSpan.FromMinutes(61));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident where kind = 'crm-not-shown' and closed_at is null"));
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from crm_shown where shown_at is null"));
    }

    [Fact]
    public async Task Whatever_the_owner_must_mend_waits_its_two_minutes_however_much_there_is_to_show()
    {
        await using var world = await OpenAsync();
        await world.OptOutManyAsync(25);
        world.Board.Answer = _ => new CrmAnswer.NotNow("HighLevel answered 401: The token is not authorized for this scope.", OwnersToMend: true);
        for (var n = 0; n < 3; n++)
        {
            var back = await world.TurnAsync(pass: TimeSpan.FromMinutes(2));
            Assert.Equal((Duration.FromMinutes(2), n + 1), (back, world.Board.Asked.Count));
        }
    }

    [Fact]
    public async Task A_turn_that_showed_all_it_may_comes_back_in_seconds_and_one_that_left_somebody_out_does_not()
    {
        await using var world = await OpenAsync();
        await world.OptOutManyAsync(45);
        Assert.Equal((Duration.FromSeconds(10), 20), (await world.TurnAsync(pass: TimeSpan.FromSeconds(10)), world.Board.Asked.Count));
        world.Board.Answer = _ => world.Board.Asked.Count == 21 ? new CrmAnswer.NotNow("HighLevel answered 500") : new CrmAnswer.Shown(null);
        Assert.Equal((Duration.FromMinutes(2), 40), (await world.TurnAsync(pass: TimeSpan.FromMinutes(2)), world.Board.Asked.Count));
        Assert.Equal(Duration.FromMinutes(2), await world.TurnAsync());
    }

    [Fact]
    public async Task A_scope_that_notes_lack_costs_nobody_a_tag_or_an_opportunity_in_the_same_turn()
    {
        await using var world = await OpenAsync();
        world.Board.Answer = what => what.StartsWith("note", StringComparison.Ordinal) ? new CrmAnswer.NotNow("HighLevel answered 401: The token is not authorized for this scope.", OwnersToMend: true) : new CrmAnswer.Shown(null);
        foreach (var lead in (string[])["ann", "bob"]) await world.CallAsync(lead, Disposition.Interested);
        await world.TurnAsync();
        Assert.Equal(["note", "opportunity", "opportunity", "tag", "tag", "tag", "tag"], world.Board.Asked.Select(a => a.Split(' ')[0]).Order());
    }

    [Fact]
    public async Task An_incident_of_an_older_version_is_closed_for_each_thing_has_its_own_now()
    {
        await using var world = await OpenAsync();
        await world.Ledger.People.OpenIncidentAsync("crm-not-shown", "highlevel", "an older version said so", LedgerWorld.Now);
        await world.TurnAsync();
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from incident where closed_at is null"));
    }

    [Fact]
    public async Task Two_engines_ask_once()
    {
        await using var world = await OpenAsync();
        await world.CallAsync("ann", Disposition.NoAnswer);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => world.TurnAsync()));
        Assert.Equal(2, world.Board.Asked.Count);
    }

    [Fact]
    public async Task Whom_the_CRM_does_not_know_is_not_made_known_to_it_unless_the_owner_wants_everybody()
    {
        await using var world = await OpenAsync();
        await world.Ledger.ExecuteAsync("delete from lead_ref");
        await world.CallAsync("ann", Disposition.NoAnswer);
        await world.Ledger.People.OptOutAsync(new OptOutOrder([], "bob", "said so", "call", "e", LedgerWorld.Now));
        await world.TurnAsync();
        Assert.Empty(world.Board.Asked);

        world.Board.Wishes = world.Board.Wishes! with { Everybody = true };
        await world.TurnAsync();
        Assert.Equal(["know ann@people.example +12125550131", "tag made meridian: contacted"], world.Board.Asked.Take(2)); // and nobody who opted out
        Assert.DoesNotContain(world.Board.Asked, a => a.Contains("bob", StringComparison.Ordinal));
        Assert.Equal("made", await world.Ledger.TextAsync("select external_id from lead_ref where lead_id = 'ann'"));
    }

    [Fact]
    public async Task Nothing_is_asked_where_the_owner_wants_nothing()
    {
        await using var world = await OpenAsync();
        world.Board.Wishes = new CrmWishes(new Dictionary<CrmTag, string>(), Notes: false, Opportunities: false, Everybody: true);
        await world.CallAsync("ann", Disposition.Interested);
        await world.TurnAsync();
        world.Board.Wishes = null;
        await world.TurnAsync();
        Assert.Empty(world.Board.Asked);
        Assert.Equal(0, await world.Ledger.CountAsync("select count(*) from crm_shown"));
    }

    private async Task<World> OpenAsync()
    {
        var ledger = await LedgerWorld.OpenAsync(Database());
        var world = new World(ledger);
        foreach (var (lead, number) in new[] { ("ann", "+12125550131"), ("bob", "+12125550132") }) await world.AddAsync(lead, number);
        return world;
    }

    private sealed class World(LedgerWorld ledger) : TurnWorld(ledger)
    {
        private int added;

        public ScriptedBoard Board { get; } = new();

        public string Local => LedgerWorld.Now.InZone(DateTimeZoneProviders.Tzdb["America/New_York"]).ToString("uuuu-MM-dd HH:mm", null);

        /// <summary>Somebody HighLevel knows.</summary>
        public async Task AddAsync(string lead, string? number = null)
        {
            await Ledger.AddPersonAsync(lead, number ?? $"+12125550{140 + added++}");
            await Ledger.Facts.KeepRefAsync("highlevel", $"con_{lead}", lead);
        }

        public Task OptOutAsync(string lead) => Ledger.People.OptOutAsync(new OptOutOrder([], lead, "said so", "call", "e", Now));

        public async Task OptOutManyAsync(int people)
        {
            for (var n = 0; n < people; n++)
            {
                await AddAsync($"p{n:00}");
                await OptOutAsync($"p{n:00}");
            }
        }

        /// <summary>A call that was made and is over; its touch.</summary>
        public async Task<string> CallAsync(string lead, Disposition came, bool report = true)
        {
            var touch = await Ledger.OfferAsync(lead, Channel.Call);
            var (permit, _) = await Ledger.BeginAsync(LedgerWorld.Caller1, touch);
            await Ledger.Ledger.RecordAsync(new Outcome.Accepted(permit!, LedgerWorld.Now, $"call_{lead}", null, null));
            await Ledger.Ledger.RecordCallEndAsync(new CallEnd(touch, $"call_{lead}", LedgerWorld.Now, came, "ended", null));
            if (report)
            {
                var raw = """{"message":{"type":"end-of-call-report","endedReason":"customer-ended-call","analysis":{"summary":"Ann asked for a call on Thursday."},"call":{"id":"call_LEAD","metadata":{"touchId":"TOUCH"},"customer":{"number":"+12125550131"}}}}"""
                    .Replace("LEAD", lead, StringComparison.Ordinal).Replace("TOUCH", touch, StringComparison.Ordinal);
                await Ledger.Signals.StoreAsync("vapi", new VapiSignals().Describe(raw), raw, LedgerWorld.Now);
            }

            Clock.Advance(TimeSpan.FromMinutes(3));
            return touch;
        }

        /// <summary>One turn, and in how long it wants the next.</summary>
        /// <param name="pass">After it.</param>
        public async Task<Duration> TurnAsync(TimeSpan pass = default)
        {
            var result = await new CrmBoardTurn(Board, new SqlCrmBook(Ledger.Store), Ledger.Facts, Ledger.Facts, [new VapiSignals()], Ledger.People, Clocks).TakeAsync("all", default);
            var back = result.Next - Now;
            Clock.Advance(pass);
            return back;
        }
    }

    private sealed class ScriptedBoard : ICrmBoard
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> asked = new();

        public CrmWishes? Wishes { get; set; } = new(
            Enum.GetValues<CrmTag>().ToDictionary(t => t, t => $"meridian: {(t == CrmTag.OptedOut ? "opted out" : t.ToString().ToLowerInvariant())}"), Notes: true, Opportunities: true, Everybody: false);

        public Func<string, CrmAnswer> Answer { get; set; } = _ => new CrmAnswer.Shown(null);

        public IReadOnlyList<string> Asked => [.. asked];

        public List<string> Notes { get; } = [];

        public Task<CrmAnswer> KnowAsync(CrmPerson person, CancellationToken cancellation)
        {
            asked.Enqueue($"know {person.Email} {person.PhoneE164}");
            return Task.FromResult<CrmAnswer>(new CrmAnswer.Shown("made"));
        }

        public Task<CrmAnswer> TagAsync(string contactId, string tag, CancellationToken cancellation) => Take($"tag {contactId} {tag}");

        public Task<CrmAnswer> NoteAsync(string contactId, string mark, string body, bool maybeThere, CancellationToken cancellation)
        {
            Notes.Add(body);
            return Take($"note {contactId} {mark}{(maybeThere ? "?" : "")}");
        }

        public Task<CrmAnswer> OpportunityAsync(string contactId, string name, CancellationToken cancellation) => Take($"opportunity {contactId} {name}");

        private Task<CrmAnswer> Take(string what)
        {
            asked.Enqueue(what);
            return Task.FromResult(Answer(what));
        }
    }
}
