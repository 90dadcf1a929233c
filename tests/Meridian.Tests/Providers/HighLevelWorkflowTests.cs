using System.Text.Json.Nodes;
using Meridian.Adapters.HighLevel;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Sandbox;
using Microsoft.Extensions.Time.Testing;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

/// <summary>Texts by a workflow of the owner's: the trigger's 200 proves nothing, the export does.</summary>
public class HighLevelWorkflowTests
{
    private const string Number = "+13125550100";
    private static readonly OutgoingText Text = new(Permits.TouchId, "contact_1", Number, "+13125550117", "Hi Dana,\nit is Sam.");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, """{"status":"Success: request sent to trigger execution server","id":"iZfcgZ36iOFNDq2LatXO"}""", "Unknown")]
    [InlineData(200, """{"status":"Success: test request received"}""", "NotSent Account")]
    [InlineData(200, """{"status":"Success: test request received","id":"x"}""", "Unknown")]
    [InlineData(200, """{"status":"Success"}""", "Unknown")]
    [InlineData(200, "", "Unknown")]
    [InlineData(200, "<html>", "Unknown")]
    [InlineData(204, "", "Unknown")]
    [InlineData(400, """{"message":"Bad Request"}""", "NotSent Account")]
    [InlineData(404, "", "NotSent Account")]
    [InlineData(302, "", "NotSent Account")]
    [InlineData(429, "", "NotSent Transient")]
    [InlineData(408, "", "Unknown")]
    [InlineData(500, "", "Unknown")]
    [InlineData(503, """{"message":"Service Unavailable"}""", "Unknown")]
    public async Task No_answer_of_the_trigger_is_proof_that_a_text_was_sent(int status, string body, string expected)
    {
        await using var highLevel = new ScriptedHttp(new Reply(status, body));
        var permit = Permits.Fresh(Channel.Text);
        var texts = Texts(highLevel.BaseUrl, "trigger_1");
        Assert.Equal(expected, Permits.Plainly(await texts.SendAsync(permit, Text, Cancelled)));
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await texts.SendAsync(permit, Text, Cancelled)));
        var asked = Assert.Single(highLevel.Requests);
        Assert.Equal("/hooks/location_1/webhook-trigger/trigger_1", asked.Path);
        Assert.False(asked.Headers.ContainsKey("Authorization"));
        var payload = JsonNode.Parse(asked.Body)!.AsObject();
        Assert.Equal(["event_id", "contact_id", "phone", "from", "message"], payload.Select(p => p.Key));
        Assert.Equal((Permits.TouchId, "+13125550117", Text.Body), ((string?)payload["event_id"], (string?)payload["phone"], (string?)payload["message"]));
    }

    [Fact]
    public async Task A_number_without_a_trigger_texts_as_before()
    {
        await using var highLevel = new ScriptedHttp(new Reply(200, """{"messageId":"m1"}"""));
        var texts = new HighLevelTexts(Locations.Of(Options(highLevel.BaseUrl)), new Dictionary<string, Uri> { ["+13125550199"] = new("http://127.0.0.1:1") });
        Assert.Equal("Accepted m1", Permits.Plainly(await texts.SendAsync(Permits.Fresh(Channel.Text), Text, Cancelled)));
    }

    [Theory]
    [InlineData("published", "Unknown", true)]
    [InlineData("silent", "Unknown", false)]
    [InlineData("draft", "NotSent Account", false)]
    public async Task A_text_counts_as_sent_when_the_location_shows_it(string state, string said, bool shows)
    {
        var folder = Directory.CreateTempSubdirectory("meridian-workflow-").FullName;
        var clock = new FakeTimeProvider(new(2026, 11, 23, 15, 0, 0, TimeSpan.Zero));
        await using var world = await OutsideWorld.StartAsync(new SandboxOptions
        {
            Folder = folder, Seed = 7, Clock = clock, OwnerEmail = "owner@example.com", HighLevelToken = "token", HighLevelLocation = "location_1", HighLevelTriggers = new Dictionary<string, string> { ["trigger_1"] = state },
        }, Cancelled);
        var texts = Texts(world.HighLevelBase, "trigger_1");
        var begun = Instant.FromDateTimeOffset(clock.GetUtcNow());
        var contact = Assert.IsType<TextContact.Ready>(await texts.PrepareAsync(new TextPerson("l", "Dana", null, null, Text.ToE164, null), Cancelled));
        Assert.Equal(said, Permits.Plainly(await texts.SendAsync(Permits.Fresh(Channel.Text), Text with { ContactId = contact.ContactId }, Cancelled)));
        Assert.IsType<Sighting.NotFound>(await texts.FindAsync(contact.ContactId, Text.Body, begun, Cancelled));
        clock.Advance(TimeSpan.FromSeconds(10));
        await world.RunDueTimersAsync(Cancelled);
        Assert.Equal(shows, await texts.FindAsync(contact.ContactId, Text.Body, begun, Cancelled) is Sighting.Found);
    }

    private static HighLevelOptions Options(Uri baseUrl) => new() { BaseUrl = baseUrl, Token = "token", LocationId = "location_1" };

    private static HighLevelTexts Texts(Uri baseUrl, string trigger) => new(
        Locations.Of(Options(baseUrl)), new Dictionary<string, Uri> { [Number] = new(baseUrl, $"/hooks/location_1/webhook-trigger/{trigger}") });
}
