using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using Meridian.Tests.Providers;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Ledger;

/// <summary>HighLevel's export names a contact and no address (its document has neither from nor to): whose words they are is asked of the contact.</summary>
public abstract partial class HearingContract
{
    private const string NamelessStop = """{"id":"m1","type":2,"messageType":"TYPE_SMS","direction":"inbound","body":"please leave me alone","dateAdded":"2026-11-16T13:59:00Z","contactId":"contact_new"}""";
    private const string NewContact = """{"contact":{"id":"contact_new","phone":"(202) 555-0111","email":"Ann@People.example"}}""";

    [Theory]
    [InlineData("a number we called", Channel.Call, """{"contact":{"id":"contact_new","phone":"(202) 555-0111","email":null}}""")]
    [InlineData("an address we wrote to", Channel.Email, """{"contact":{"id":"contact_new","phone":"+13125550199","email":"Ann@People.example"}}""")]
    public async Task A_no_of_a_contact_we_never_knew_is_theirs_whom_we_reached_by(string _, Channel channel, string contact)
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann", Ann);
        await world.OfferAsync("ann", channel);
        await using var highLevel = new ScriptedHttp(asked => new Reply(200, asked.Path.StartsWith("/contacts/", StringComparison.Ordinal) ? contact : Exported(NamelessStop)));
        var ears = new Nameless(world, highLevel);

        Assert.Equal("found 1 that no webhook had told", (await ears.PollAsync()).Did);
        await ears.UnderstandAsync();
        Assert.Equal("opted_out", await world.TextAsync("select skipped_reason from touch"));
        Assert.Equal(0, await world.CountAsync("select count(*) from incident"));

        // Known, it is asked about no more.
        Assert.Equal("nothing new", (await ears.PollAsync()).Did);
        Assert.Single(highLevel.Requests, r => r.Path == "/contacts/contact_new");
    }

    [Fact]
    public async Task Whoever_is_known_by_their_contact_is_not_asked_for()
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann", Ann);
        await world.ExecuteAsync("insert into lead_ref (source, external_id, lead_id) values ('highlevel', 'contact_new', 'ann')");
        await using var highLevel = new ScriptedHttp(new Reply(200, Exported(NamelessStop)));
        var ears = new Nameless(world, highLevel);
        await ears.PollAsync();
        await ears.UnderstandAsync();
        Assert.DoesNotContain(highLevel.Requests, r => r.Path.StartsWith("/contacts/", StringComparison.Ordinal));
        Assert.Equal(1, await world.CountAsync("select count(*) from lead where opted_out_at is not null"));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(401)]
    public async Task Whom_HighLevel_does_not_show_now_is_asked_for_again_and_the_others_are_heard_meanwhile(int status)
    {
        await using var world = await LedgerWorld.OpenAsync(Database());
        await world.AddPersonAsync("ann", Ann);
        await world.OfferAsync("ann", Channel.Call);
        var shows = false;
        var bob = """{"id":"m2","direction":"inbound","body":"STOP","dateAdded":"2026-11-16T13:59:10Z","contactId":"contact_bob","from":"+12025550112"}""";
        await using var highLevel = new ScriptedHttp(asked => !asked.Path.StartsWith("/contacts/", StringComparison.Ordinal) ? new Reply(200, Exported(NamelessStop, bob)) : shows ? new Reply(200, NewContact) : new Reply(status, "{}"));
        var ears = new Nameless(world, highLevel);

        Assert.StartsWith("not asked", (await ears.PollAsync()).Did, StringComparison.Ordinal);
        Assert.Equal(1, await world.CountAsync("select count(*) from signal"));
        ears.Clock.Advance(TimeSpan.FromHours(2)); // far beyond the overlap
        await ears.PollAsync();
        Assert.Equal("poll-behind", await world.TextAsync("select kind from incident where closed_at is null"));

        shows = true;
        await ears.PollAsync();
        await ears.UnderstandAsync();
        Assert.Equal("opted_out", await world.TextAsync("select skipped_reason from touch"));
        Assert.Equal(0, await world.CountAsync("select count(*) from incident where closed_at is null and kind = 'poll-behind'"));
        var export = highLevel.Requests.Where(r => r.Path.StartsWith("/conversations/messages/export", StringComparison.Ordinal)).Select(r => r.Path.Split("startDate=")[1][..24]).ToList();
        Assert.Equal(export[0], export[^1]); // from where it stood
        Assert.Equal(2, await world.CountAsync("select count(*) from signal"));
    }

    [Fact]
    public async Task A_contact_that_is_gone_or_never_shown_in_a_day_is_told_a_person_and_holds_nobody_else_up()
    {
        foreach (var gone in new[] { true, false })
        {
            await using var world = await LedgerWorld.OpenAsync(Database());
            await using var highLevel = new ScriptedHttp(asked => !asked.Path.StartsWith("/contacts/", StringComparison.Ordinal) ? new Reply(200, Exported(NamelessStop)) : new Reply(gone ? 404 : 500, "{}"));
            var ears = new Nameless(world, highLevel);
            await ears.PollAsync();
            if (!gone)
            {
                Assert.Equal(0, await world.CountAsync("select count(*) from signal"));
                ears.Clock.Advance(TimeSpan.FromHours(25));
                await ears.PollAsync();
            }

            await ears.UnderstandAsync();
            Assert.Equal("an opt-out from nobody we know", await world.TextAsync("select detail from incident where closed_at is null"));
        }
    }

    private static string Exported(params string[] messages) => $$"""{"messages":[{{string.Join(',', messages)}}],"nextCursor":null,"total":{{messages.Length}}}""";

    /// <summary>The real poll of HighLevel and the inbox behind it.</summary>
    private sealed class Nameless(LedgerWorld world, ScriptedHttp highLevel)
    {
        private readonly Ears ears = new(world);
        private PollTurn? poll;

        public Microsoft.Extensions.Time.Testing.FakeTimeProvider Clock => ears.Clock;

        public Task<TurnResult> PollAsync()
        {
            var texts = new HighLevelPoll(Locations.At(highLevel.BaseUrl));
            poll ??= new PollTurn(() => [texts], [new HighLevelSignals()], world.Signals, new SqlPollCursors(world.Store), world.People, ears.Clocks);
            return poll.TakeAsync("highlevel", default);
        }

        public Task UnderstandAsync() => ears.UnderstandAsync();
    }
}
