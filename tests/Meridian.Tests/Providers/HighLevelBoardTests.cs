using System.Text.Json.Nodes;
using Meridian.Adapters.HighLevel;
using Meridian.Engine.Crm;
using Meridian.Tests.Sandbox;
using Xunit;

namespace Meridian.Tests.Providers;

public class HighLevelBoardTests
{
    [Fact]
    public async Task A_tag_is_added_to_those_that_are_there_and_twice_is_once()
    {
        await using var world = await World.StartAsync(contacts: [new JsonObject { ["id"] = "con_1", ["email"] = "ann@people.example", ["tags"] = new JsonArray("vip") }]);
        var board = Board(world.Outside.HighLevelBase);
        for (var n = 0; n < 2; n++) Assert.IsType<CrmAnswer.Shown>(await board.TagAsync("con_1", "meridian: contacted", default));
        var (_, shown) = await world.HighLevelAsync(HttpMethod.Get, "contacts/con_1");
        Assert.Equal("""["vip","meridian: contacted"]""", shown["contact"]!["tags"]!.ToJsonString());
    }

    [Fact]
    public async Task A_note_whose_answer_was_lost_is_found_again_and_not_written_twice()
    {
        await using var world = await World.StartAsync(contacts: [new JsonObject { ["id"] = "con_1", ["email"] = "ann@people.example" }]);
        var board = Board(world.Outside.HighLevelBase);
        var first = Assert.IsType<CrmAnswer.Shown>(await board.NoteAsync("con_1", "tch_1", "Call: they talked.\nMeridian tch_1", maybeThere: false, default));
        Assert.Equal(first, await board.NoteAsync("con_1", "tch_1", "Call: they talked.\nMeridian tch_1", maybeThere: true, default));
        await board.NoteAsync("con_1", "tch_2", "Call: busy.\nMeridian tch_2", maybeThere: true, default);
        var (_, notes) = await world.HighLevelAsync(HttpMethod.Get, "contacts/con_1/notes");
        Assert.Equal(2, notes["notes"]!.AsArray().Count);
    }

    [Fact]
    public async Task Somebody_has_one_open_opportunity_in_the_pipeline()
    {
        await using var world = await World.StartAsync(contacts: [new JsonObject { ["id"] = "con_1", ["email"] = "ann@people.example" }]);
        var board = Board(world.Outside.HighLevelBase, o => (o.PipelineId, o.StageId) = ("sandboxPipeline", "stage_1"));
        var first = Assert.IsType<CrmAnswer.Shown>(await board.OpportunityAsync("con_1", "Ann Lee", default));
        world.Clock.Advance(TimeSpan.FromSeconds(10)); // its index is behind
        Assert.Equal(first, await board.OpportunityAsync("con_1", "Ann Lee", default));
        Assert.IsType<CrmAnswer.Refused>(await Board(world.Outside.HighLevelBase, o => o.PipelineId = "no such").OpportunityAsync("con_1", "Ann Lee", default));
    }

    [Fact]
    public async Task Whoever_is_made_known_is_not_taken_for_somebody_else()
    {
        await using var world = await World.StartAsync();
        var board = Board(world.Outside.HighLevelBase);
        var known = Assert.IsType<CrmAnswer.Shown>(await board.KnowAsync(new CrmPerson("Ann", "Lee", "ann@people.example", null, "Acme"), default));
        Assert.Equal(known, await board.KnowAsync(new CrmPerson("Ann", "Lee", "Ann@people.example", "+13125550117", null), default));
        Assert.IsType<CrmAnswer.Refused>(await board.KnowAsync(new CrmPerson("Ann", null, null, null, null), default));
        await using var odd = new ScriptedHttp(new Reply(200, """{"contact":{"id":"x","email":"bob@people.example","phone":"+13125550999"}}"""));
        Assert.IsType<CrmAnswer.Refused>(await Board(odd.BaseUrl).KnowAsync(new CrmPerson("Ann", null, "ann@people.example", "+13125550117", null), default));
    }

    [Fact]
    public async Task What_is_asked_is_what_the_vendor_documents()
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Path switch
        {
            _ when asked.Path.StartsWith("/opportunities/search", StringComparison.Ordinal) => new Reply(200, """{"opportunities":[],"meta":{"total":0}}"""),
            "/opportunities/" => new Reply(201, """{"opportunity":{"id":"opp_1"}}"""),
            "/contacts/con_1/notes" when asked.Method == "GET" => new Reply(200, """{"notes":[{"id":"n0","body":"by hand"}]}"""),
            "/contacts/con_1/notes" => new Reply(201, """{"note":{"id":"note_1"}}"""),
            _ => new Reply(201, """{"tags":["a","Meridian: replied"]}"""),
        });
        var board = Board(highLevel.BaseUrl, o => (o.PipelineId, o.StageId) = ("pipe_1", "stage_1"));
        Assert.Equal(new CrmAnswer.Shown(null), await board.TagAsync("con_1", "meridian: replied", default));
        Assert.Equal(new CrmAnswer.Shown("note_1"), await board.NoteAsync("con_1", "tch_1", "words tch_1", true, default));
        Assert.Equal(new CrmAnswer.Shown("opp_1"), await board.OpportunityAsync("con_1", "Ann Lee, Acme", default));
        Assert.Equal("""{"pipelineId":"pipe_1","locationId":"loc","name":"Ann Lee, Acme","status":"open","contactId":"con_1","pipelineStageId":"stage_1"}""", highLevel.Requests[^1].Body);
        Assert.Equal("/opportunities/search?location_id=loc&contact_id=con_1&pipeline_id=pipe_1&status=open&limit=20", highLevel.Requests[^2].Path);
    }

    [Theory]
    [InlineData(401, """{"message":"The token is not authorized for this scope."}""", "NotNow mend")]
    [InlineData(403, """{"message":"The token does not have access to this location"}""", "NotNow mend")]
    [InlineData(404, """{"message":"Contact not found"}""", "Refused")]
    [InlineData(422, """{"message":["tags must be an array"]}""", "Refused")]
    [InlineData(429, "", "NotNow")]
    [InlineData(500, "", "NotNow")]
    [InlineData(0, "", "NotNow")]
    public async Task Every_answer_is_shown_refused_or_for_later(int status, string body, string expected)
    {
        await using var highLevel = new ScriptedHttp(status == 0 ? Reply.Drop : new Reply(status, body));
        foreach (var answer in new[] { await Board(highLevel.BaseUrl).TagAsync("con_1", "t", default), await Board(highLevel.BaseUrl).NoteAsync("con_1", "m", "b", false, default), await Board(highLevel.BaseUrl, o => o.PipelineId = "p").OpportunityAsync("con_1", "n", default) })
            Assert.Equal(expected, answer is CrmAnswer.NotNow { OwnersToMend: true } ? "NotNow mend" : answer.GetType().Name);
        Assert.DoesNotContain(highLevel.Requests, r => r.Path == "/opportunities/"); // what was not looked for is not opened
    }

    [Fact]
    public void An_empty_word_shows_no_tag_and_nothing_at_all_is_no_wish()
    {
        var options = new HighLevelOptions { Token = "t", LocationId = "l", Tags = new HighLevelTags { Replied = "" } };
        Assert.Equal([CrmTag.Contacted, CrmTag.OptedOut, CrmTag.Interested], Board(options).Wishes!.Tags.Keys);
        Assert.False(Board(options).Wishes!.Opportunities);
        options.Tags = new HighLevelTags { Contacted = "", Replied = "", OptedOut = "", Interested = "" };
        options.Notes = false;
        Assert.Null(Board(options).Wishes);
        options.StageId = "s";
        Assert.Contains("HighLevel: StageId is set but PipelineId is not: give highLevel.pipelineId, or take highLevel.stageId out.", options.Problems());
    }

    private static HighLevelBoard Board(Uri at, Action<HighLevelOptions>? change = null)
    {
        var options = new HighLevelOptions { BaseUrl = at, Token = "ht", LocationId = "loc" };
        change?.Invoke(options);
        return Board(options);
    }

    private static HighLevelBoard Board(HighLevelOptions options) => new(Locations.Of(options));
}
