using System.Text.Json.Nodes;
using Meridian.Adapters.HighLevel;
using Meridian.Domain.Pulling;
using Meridian.Engine;
using Meridian.Engine.Prospecting;
using Meridian.Tests.Pulling;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

/// <summary>What HighLevel tells of a contact, and that silence is never a "no": held against its own OpenAPI documents.</summary>
public class HighLevelContactsTests
{
    private const string Contact = """
        {"contact":{"id":"c1","firstName":"Ann","lastName":"Lee","email":"ann@people.example","phone":"+13125550117","companyName":"Example Freight","website":"https://freight.example","address1":"12 Main St",
         "city":"Austin","state":"TX","postalCode":"78701","country":"US","timezone":"America/Chicago","type":"lead","source":"Expo","tags":["freight"],"dateAdded":"2026-06-01T03:00:00.000Z","dnd":false,"dndSettings":{}}}
        """;

    private const string NoDeals = """{"opportunities":[],"meta":{"total":0}}""";
    private const string NoTalk = """{"conversations":[],"total":0}""";

    [Fact]
    public async Task A_page_is_asked_for_by_tag_and_day_and_the_rest_is_compared_here()
    {
        await using var highLevel = new ScriptedHttp(new Reply(200, """
            {"contacts":[{"id":"c1","tags":["freight"],"state":"Texas","dateAdded":"2026-06-01T10:00:00.000Z","searchAfter":[1,"c1"]},{"id":"c2","tags":["freight"],"state":"OK","dateAdded":"2026-06-01T10:00:00.000Z","searchAfter":[2,"c2"]},
             {"id":"c3","tags":[],"state":"TX","dateAdded":"2026-06-01T10:00:00.000Z","searchAfter":[3,"c3"]}],"total":3}
            """));
        var page = await Contacts(highLevel).FindAsync(PullRulesTests.Filter(tags: ["Freight", "truck"], states: ["TX"], since: new(2026, 5, 1)), "America/New_York", """[9,"x"]""", default);
        Assert.Equal(("c1", 3L, null, null), (page.Ids.Single(), page.Total, page.Next, page.Refusal));
        var asked = JsonNode.Parse(highLevel.Requests.Single().Body)!;
        Assert.Equal("""[{"group":"OR","filters":[{"field":"tags","operator":"eq","value":"freight"},{"field":"tags","operator":"eq","value":"truck"}]},{"field":"dateAdded","operator":"range","value":{"gte":"2026-05-01T04:00:00Z"}}]""", asked["filters"]!.ToJsonString());
        Assert.Equal("""[9,"x"]""", asked["searchAfter"]!.ToJsonString());
    }

    [Fact]
    public async Task A_contact_is_read_whole()
    {
        await using var highLevel = new ScriptedHttp(new Reply(200, Contact));
        var c = (await Contacts(highLevel).ReadAsync("c1", default)).Contact!;
        Assert.Equal(("Ann", "Lee", "ann@people.example", "+13125550117", "Example Freight", "https://freight.example", "12 Main St", "Austin"), (c.FirstName, c.LastName, c.Email, c.Phone, c.CompanyName, c.Website, c.Street, c.City));
        Assert.Equal(("TX", "78701", "US", "America/Chicago", "lead", "Expo", "freight", Instant.FromUtc(2026, 6, 1, 3, 0)), (c.State, c.PostalCode, c.Country, c.Zone, c.Type, c.Source, c.Tags.Single(), c.AddedAt));
        Assert.Equal((true, (string?)null, false), (c.TellsDoNotDisturb, c.DoNotDisturb, c.IsBlocked));
    }

    [Theory]
    [InlineData("\"dnd\":false,\"dndSettings\":{}", "", true, null, false)]
    [InlineData("\"dnd\":false,\"dndSettings\":{}", "\"dnd\":true", true, "all channels", false)]
    [InlineData("\"dnd\":false,\"dndSettings\":{}", "\"dndSettings\":{\"sms\":{\"status\":\"permanent\"}}", true, "sms permanent", false)] // v3 writes it so
    [InlineData("\"dnd\":false,\"dndSettings\":{}", "\"dnd\":false,\"dndSettings\":{\"Email\":{\"status\":\"a new word\"}}", true, "Email a new word", false)]
    [InlineData("\"dnd\":false,\"dndSettings\":{}", "\"dnd\":false,\"inboundDndSettings\":{\"all\":{\"status\":\"active\"}}", true, null, true)]
    [InlineData(",\"dnd\":false,\"dndSettings\":{}", "-", false, null, false)]
    public async Task Do_not_disturb_is_told_or_not(string was, string becomes, bool tells, string? on, bool blocked)
    {
        await using var highLevel = new ScriptedHttp(new Reply(200, becomes.Length == 0 ? Contact : Contact.Replace(was, becomes == "-" ? "" : becomes, StringComparison.Ordinal)));
        var c = (await Contacts(highLevel).ReadAsync("c1", default)).Contact!;
        Assert.Equal((tells, on, blocked), (c.TellsDoNotDisturb, c.DoNotDisturb, c.IsBlocked));
    }

    [Theory]
    [InlineData(404, """{"statusCode":404,"message":"Contact not found"}""")]
    [InlineData(400, """{"statusCode":400,"message":"Contact with id c1 not found"}""")]
    [InlineData(200, """{"contact":{"id":"another"}}""")]
    public async Task Who_is_not_shown_is_nobody(int status, string body)
    {
        await using var highLevel = new ScriptedHttp(new Reply(status, body));
        var read = await Contacts(highLevel).ReadAsync("c1", default);
        Assert.Equal((null, null), (read.Contact, read.Refusal));
    }

    [Theory]
    [InlineData(401, SourceTrouble.Account)]
    [InlineData(403, SourceTrouble.Account)]
    [InlineData(429, SourceTrouble.RateLimited)]
    [InlineData(500, SourceTrouble.Unavailable)]
    [InlineData(503, SourceTrouble.Unavailable)]
    public async Task A_no_about_the_account_or_the_moment_is_none_about_the_person(int status, SourceTrouble trouble)
    {
        await using var highLevel = new ScriptedHttp(new Reply(status, """{"message":"The token is not authorized for this scope."}"""));
        var contacts = Contacts(highLevel);
        Assert.Equal(trouble, (await contacts.FindAsync(PullRulesTests.Filter(tags: ["x"]), "UTC", null, default)).Refusal!.Trouble);
        Assert.Equal(trouble, (await contacts.ReadAsync("c1", default)).Refusal!.Trouble);
        var refusal = (await contacts.HistoryAsync("c1", default)).Refusal!;
        Assert.Equal(trouble, refusal.Trouble);
        if (trouble == SourceTrouble.Account) Assert.Contains("opportunities.readonly", refusal.Reason);
    }

    [Fact]
    public async Task Nothing_going_on_is_told_by_four_answers()
    {
        await using var highLevel = new ScriptedHttp(History(NoDeals, NoTalk, inOne: false, inNone: true));
        var history = (await Contacts(highLevel).HistoryAsync("c1", default)).History!;
        Assert.Empty(history.Opportunities!);
        Assert.Equal((new LastTalk(null), false), (history.Talk, history.IsInWorkflow));
        Assert.Equal(4, highLevel.Requests.Count);
    }

    [Theory]
    [InlineData("""{"opportunities":[{"contactId":"c1","status":"won"},{"contactId":"c1","status":"lost"}],"meta":{"total":2}}""", "won,lost")]
    [InlineData("""{"opportunities":[{"contact":{"id":"c1"},"status":"open"}]}""", "open")]
    [InlineData("""{"opportunities":[{"contactId":"c1","status":"lost"}],"meta":{"total":2}}""", null)] // not all of them
    [InlineData("""{"opportunities":[{"contactId":"somebody","status":"lost"}],"meta":{"total":1}}""", null)] // the filter was passed over
    [InlineData("""{"opportunities":[{"contactId":"c1"}],"meta":{"total":1}}""", null)]
    [InlineData("""{}""", null)]
    public async Task Opportunities_are_all_theirs_or_not_told(string answer, string? told)
    {
        await using var highLevel = new ScriptedHttp(History(answer, NoTalk, false, true));
        var found = (await Contacts(highLevel).HistoryAsync("c1", default)).History!.Opportunities;
        Assert.Equal(told, found is null ? null : string.Join(',', found));
    }

    [Theory]
    [InlineData("""{"conversations":[{"contactId":"c1","lastMessageDate":1782000000000},{"contactId":"c1","dateUpdated":"2026-06-30T00:00:00.000Z"}],"total":2}""", "2026-06-30T00:00:00Z")]
    [InlineData("""{"conversations":[{"contactId":"c1","lastMessageDate":1782000000000},{"contactId":"c1"}],"total":2}""", null)]
    [InlineData("""{"conversations":[{"contactId":"somebody","lastMessageDate":1}],"total":1}""", null)]
    [InlineData("""{"conversations":[],"total":3}""", null)]
    [InlineData("""{"total":0}""", null)]
    public async Task The_last_conversation_has_a_date_or_is_not_told(string answer, string? at)
    {
        await using var highLevel = new ScriptedHttp(History(NoDeals, answer, false, true));
        Assert.Equal(at, (await Contacts(highLevel).HistoryAsync("c1", default)).History!.Talk?.At?.ToString());
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    [InlineData(true, true, null)] // HighLevel passed the filter over
    [InlineData(false, false, null)] // the index does not have them yet
    public async Task A_workflow_is_asked_for_both_ways(bool inOne, bool inNone, bool? told)
    {
        await using var highLevel = new ScriptedHttp(History(NoDeals, NoTalk, inOne, inNone));
        Assert.Equal(told, (await Contacts(highLevel).HistoryAsync("c1", default)).History!.IsInWorkflow);
    }

    private static Func<Asked, Reply> History(string deals, string talks, bool inOne, bool inNone) => asked =>
        asked.Path.StartsWith("/opportunities/search?", StringComparison.Ordinal) ? new Reply(200, deals)
        : asked.Path.StartsWith("/conversations/search?", StringComparison.Ordinal) ? new Reply(200, talks)
        : (asked.Body.Contains("\"not_exists\"", StringComparison.Ordinal) ? inNone : inOne) ? new Reply(200, """{"contacts":[{"id":"c1","searchAfter":[1]}],"total":1}""") : new Reply(200, """{"contacts":[],"total":0}""");

    private static HighLevelContacts Contacts(ScriptedHttp at) =>
        new(Locations.At(at.BaseUrl, "t", "l"), new Clocks(TimeProvider.System, TimeProvider.System));
}
