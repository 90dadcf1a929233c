using System.Text.Json.Nodes;
using Meridian.Adapters.HighLevel;
using Meridian.Engine.Dispatch;
using Meridian.Tests.Sandbox;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

public class HighLevelTasksTests
{
    private static readonly TextPerson Ann = new("led_1", "Ann", "Lee", "ann@people.example", "+13125550117", "Acme");

    [Fact]
    public async Task A_task_is_opened_on_the_persons_contact_and_ticked_off()
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Path switch
        {
            "/contacts/upsert" => new Reply(200, """{"contact":{"id":"con_1","phone":"+13125550117","dnd":false,"dndSettings":{}}}"""),
            "/contacts/con_1/tasks" => new Reply(201, """{"task":{"id":"tsk_1"}}"""),
            _ => new Reply(200, """{"task":{"completed":true}}"""),
        });
        var tasks = Tasks(highLevel.BaseUrl);
        Assert.Equal("con_1/tsk_1", await tasks.OpenAsync(Ann, "Call Ann Lee", "by hand", Instant.FromUtc(2026, 11, 18, 23, 0), default));
        var body = JsonNode.Parse(highLevel.Requests.Single(r => r.Path == "/contacts/con_1/tasks").Body)!;
        Assert.Equal(("Call Ann Lee", "by hand", "2026-11-18T23:00:00Z", false), ((string?)body["title"], (string?)body["body"], (string?)body["dueDate"], (bool)body["completed"]!));
        Assert.True(await tasks.CompleteAsync("con_1/tsk_1", default));
        Assert.Equal(("PUT", "/contacts/con_1/tasks/tsk_1/completed", """{"completed":true}"""), (highLevel.Requests[^1].Method, highLevel.Requests[^1].Path, highLevel.Requests[^1].Body));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(422)]
    [InlineData(500)]
    public async Task What_is_not_taken_has_no_name_and_is_asked_once(int status)
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Path == "/contacts/upsert" ? new Reply(200, """{"contact":{"id":"con_1","phone":"+13125550117","dnd":false,"dndSettings":{}}}""") : new Reply(status, "{}"));
        Assert.Null(await Tasks(highLevel.BaseUrl).OpenAsync(Ann, "t", "b", default, default));
        Assert.Single(highLevel.Requests, r => r.Path.EndsWith("/tasks", StringComparison.Ordinal));
        Assert.False(await Tasks(highLevel.BaseUrl).CompleteAsync("con_1/tsk_1", default));
    }

    [Fact]
    public async Task A_contact_on_do_not_disturb_gets_no_task_and_a_deleted_one_is_over()
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Path == "/contacts/upsert" ? new Reply(200, """{"contact":{"id":"con_1","phone":"+13125550117","dnd":true,"dndSettings":{}}}""") : new Reply(404, "{}"));
        Assert.Null(await Tasks(highLevel.BaseUrl).OpenAsync(Ann, "t", "b", default, default));
        Assert.Single(highLevel.Requests);
        Assert.True(await Tasks(highLevel.BaseUrl).CompleteAsync("con_1/tsk_1", default));
    }

    [Fact]
    public async Task The_sandbox_takes_it_as_the_vendor_does()
    {
        await using var world = await World.StartAsync();
        var reference = await Tasks(world.Outside.HighLevelBase, "ht", "loc").OpenAsync(Ann, "Call Ann Lee", "by hand", Instant.FromUtc(2026, 11, 18, 23, 0), default);
        Assert.NotNull(reference);
        Assert.True(await Tasks(world.Outside.HighLevelBase, "ht", "loc").CompleteAsync(reference, default));
    }

    private static HighLevelTasks Tasks(Uri at, string token = "t", string location = "l")
    {
        var place = Locations.At(at, token, location);
        return new HighLevelTasks(place, new HighLevelTexts(place));
    }
}
