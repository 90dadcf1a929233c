using System.Text.Json;
using Meridian.Adapters.HighLevel;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

public class HighLevelTextsTests
{
    private static readonly OutgoingText Text = new(Permits.TouchId, "contact_1", "+13125550100", "+13125550117", "Hi Dana,\nit is Sam.");
    private static readonly TextPerson Person = new("lead_1", "Dana", null, "dana@example.com", "+13125550117", "Example Freight");

    public static TheoryData<int, string, string> Answers => new()
    {
        { 200, """{"conversationId":"c1","messageId":"m1","msg":"Message queued successfully."}""", "Accepted m1" },
        { 201, """{"messageIds":["m2"]}""", "Accepted m2" },
        { 200, """{"conversationId":"c1","msg":"Message queued successfully."}""", "Unknown" },
        { 200, "", "Unknown" },
        { 200, "OK", "Unknown" },
        { 201, "[1]", "Unknown" },
        { 400, """{"statusCode":400,"message":"Bad Request"}""", "Refused" },
        { 400, """{"status":400,"message":"Cannot send message as DND is active for SMS."}""", "Refused OptedOut" },
        { 400, """{"status":400,"message":"Cannot send message as DND is active"}""", "Refused OptedOut" },
        { 400, """{"statusCode":400,"message":"Missing phone number"}""", "Refused" },
        { 400, """{"statusCode":400,"message":"Invalid country calling code"}""", "Refused" },
        { 400, """{"statusCode":400,"message":"Insufficient wallet balance"}""", "NotSent Account" },
        { 401, """{"statusCode":401,"message":"Invalid token: access token is invalid","error":"Unauthorized"}""", "NotSent Account" },
        { 401, """{"message":"The token is not authorized for this scope."}""", "NotSent Account" },
        { 401, """{"message":"This authClass type is not allowed to access this scope. Please reach out to the Marketplace team"}""", "NotSent Account" },
        { 403, """{"message":"The token does not have access to this location"}""", "NotSent Account" },
        { 404, """{"statusCode":404,"message":"Contact not found"}""", "Refused" },
        { 422, """{"statusCode":422,"message":["contactId must be a string"],"error":"Unprocessable Entity"}""", "Refused" },
        { 422, """{"statusCode":422,"message":["property toNumber should not exist"],"error":"Unprocessable Entity"}""", "NotSent Account" },
        { 429, """{"message":"Too Many Requests","statusCode":429}""", "NotSent Transient 10" },
        { 503, """{"statusCode":503,"message":"Service Unavailable"}""", "NotSent Transient" },
        { 503, "", "Unknown" },
        { 500, """{"statusCode":500,"message":"Internal server error"}""", "Unknown" },
        { 502, "<html>", "Unknown" },
        { 504, "", "Unknown" },
        { 408, "", "Unknown" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Every_answer_is_classed_by_what_may_have_happened_and_costs_one_request(int status, string body, string expected)
    {
        await using var highLevel = new ScriptedHttp(new Reply(status, body));
        var permit = Permits.Fresh(Channel.Text);
        var texts = Texts(highLevel.BaseUrl);
        Assert.Equal(expected, Permits.Plainly(await texts.SendAsync(permit, Text, CancellationToken.None)));
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await texts.SendAsync(permit, Text, CancellationToken.None)));
        Assert.Single(highLevel.Requests);
    }

    [Fact]
    public async Task A_lost_answer_is_unknown_and_nothing_is_asked_twice()
    {
        foreach (var reply in (Reply[])[Reply.Hang, Reply.Drop, Reply.HalfABody])
        {
            await using var highLevel = new ScriptedHttp(reply);
            Assert.Equal("Unknown", Permits.Plainly(await Texts(highLevel.BaseUrl, highLevel.Machine).SendAsync(Permits.Fresh(Channel.Text), Text, CancellationToken.None)));
            Assert.Single(highLevel.Requests);
        }
    }

    [Fact]
    public async Task An_expired_permit_sends_nothing()
    {
        await using var highLevel = new ScriptedHttp(new Reply(200, """{"messageId":"m"}"""));
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await Texts(highLevel.BaseUrl).SendAsync(Permits.Expired(Channel.Text), Text, CancellationToken.None)));
        Assert.Empty(highLevel.Requests);
    }

    [Fact]
    public async Task A_text_names_the_number_that_was_judged()
    {
        await using var highLevel = new ScriptedHttp(new Reply(200, """{"messageId":"m"}"""));
        await Texts(highLevel.BaseUrl).SendAsync(Permits.Fresh(Channel.Text), Text, CancellationToken.None);
        var asked = Assert.Single(highLevel.Requests);
        Assert.Equal(("/conversations/messages", "2021-04-15", "Bearer token"), (asked.Path, asked.Headers["Version"], asked.Headers["Authorization"]));
        var body = JsonDocument.Parse(asked.Body).RootElement;
        Assert.Equal(
            ("SMS", "contact_1", Text.Body, "+13125550100", "+13125550117"),
            (body.GetProperty("type").GetString(), body.GetProperty("contactId").GetString(), body.GetProperty("message").GetString(), body.GetProperty("fromNumber").GetString(), body.GetProperty("toNumber").GetString()));
    }

    [Theory]
    [InlineData(200, """{"contact":{"id":"k","phone":"+13125550117","dnd":false}}""", "Ready")]
    [InlineData(200, """{"contact":{"id":"k","phone":"(312) 555-0117","dnd":false,"dndSettings":{"SMS":{"status":"inactive"},"Email":{"status":"active"}}}}""", "DoNotDisturb")]
    [InlineData(200, """{"contact":{"id":"k","phone":"+13125550117","dnd":true}}""", "DoNotDisturb")]
    [InlineData(200, """{"contact":{"id":"k","phone":"+13125550117","dnd":false,"dndSettings":{"SMS":{"status":"active"}}}}""", "DoNotDisturb")]
    [InlineData(200, """{"contact":{"id":"k","phone":"+13125550117","dnd":false,"dndSettings":{"sms":{"status":"permanent","code":"103"}}}}""", "DoNotDisturb")]
    [InlineData(200, """{"contact":{"id":"k","phone":"+13125550117","dnd":false,"dndSettings":{"SMS":{"status":"a new word"}}}}""", "DoNotDisturb")]
    [InlineData(200, """{"contact":{"id":"k","phone":"+13125550999","dnd":false}}""", "Mismatch")]
    [InlineData(200, """{"contact":{"id":"k","dnd":false}}""", "Mismatch")]
    [InlineData(200, """{"contact":{"phone":"+13125550117"}}""", "NotReady Transient")]
    [InlineData(200, "", "NotReady Transient")]
    [InlineData(401, """{"message":"The token is not authorized for this scope."}""", "NotReady Account")]
    [InlineData(400, """{"message":"Invalid country calling code"}""", "NotReady Transient")]
    [InlineData(429, "", "NotReady Transient")]
    [InlineData(500, "", "NotReady Transient")]
    public async Task A_person_may_be_texted_only_where_the_stored_phone_is_theirs_and_undisturbed(int status, string body, string expected)
    {
        await using var highLevel = new ScriptedHttp(new Reply(status, body));
        var contact = await Texts(highLevel.BaseUrl).PrepareAsync(Person, CancellationToken.None);
        Assert.Equal(expected, contact is TextContact.NotReady notReady ? $"NotReady {notReady.Because}" : contact.GetType().Name);
        var asked = Assert.Single(highLevel.Requests);
        Assert.Equal(("/contacts/upsert", "2021-07-28"), (asked.Path, asked.Headers["Version"]));
        Assert.DoesNotContain("tags", asked.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("lastName", asked.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_upsert_is_silent_about_do_not_disturb_the_contact_is_read()
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Method == "POST"
            ? new Reply(200, """{"contact":{"id":"k","phone":"+13125550117"}}""")
            : new Reply(200, """{"contact":{"id":"k","phone":"+13125550117","dndSettings":{"SMS":{"status":"active"}}}}"""));
        Assert.IsType<TextContact.DoNotDisturb>(await Texts(highLevel.BaseUrl).PrepareAsync(Person, CancellationToken.None));
    }

    [Theory]
    [InlineData(200, """{"messages":[{"id":"m1","direction":"outbound","body":"Hi Dana, it  is Sam.\nReply STOP to opt out","dateAdded":"2026-10-12T15:00:20Z"}],"nextCursor":null}""", "Found m1")]
    [InlineData(200, """{"messages":{"messages":[{"id":"m2","direction":"outbound","body":"Hi Dana,\r\nit is Sam."}]}}""", "Found m2")]
    [InlineData(200, """{"messages":[{"id":"m1","direction":"inbound","body":"Hi Dana, it is Sam."},{"id":"m3","direction":"outbound","body":"Hi"},{"id":"m4","direction":"outbound"}],"nextCursor":null}""", "NotFound")]
    [InlineData(200, """{"messages":[{"id":"m1","direction":"outbound","body":"Hi Dana, it is Sam.","dateAdded":"2026-10-12T14:00:00Z"}]}""", "NotFound")]
    [InlineData(200, """{"messages":[]}""", "NotFound")]
    [InlineData(200, """{"error":"x"}""", "CannotTell")]
    [InlineData(200, "{", "CannotTell")]
    [InlineData(401, "", "CannotTell")]
    public async Task A_lost_text_is_found_by_how_it_begins(int status, string body, string expected)
    {
        await using var highLevel = new ScriptedHttp(new Reply(status, body));
        var sighting = await Texts(highLevel.BaseUrl).FindAsync("contact_1", Text.Body, Instant.FromUtc(2026, 10, 12, 15, 0), CancellationToken.None);
        Assert.Equal(expected, sighting is Sighting.Found found ? $"Found {found.ProviderRef}" : sighting.GetType().Name);
        Assert.StartsWith("/conversations/messages/export?locationId=location_1&contactId=contact_1&channel=SMS&startDate=2026-10-12T14%3A59%3A00Z", Assert.Single(highLevel.Requests).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_export_is_read_to_its_end()
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Path.EndsWith("cursor=a%3D", StringComparison.Ordinal)
            ? new Reply(200, """{"messages":[{"id":"m9","direction":"outbound","body":"Hi Dana, it is Sam."}]}""")
            : new Reply(200, """{"messages":[{"id":"m1"}],"nextCursor":"a="}"""));
        Assert.Equal(new Sighting.Found("m9"), await Texts(highLevel.BaseUrl).FindAsync("contact_1", Text.Body, Instant.FromUtc(2026, 10, 12, 15, 0), CancellationToken.None));
    }

    private const string On = """{"SMS":{"status":"active"},"Call":{"status":"permanent"},"Email":{"status":"active"}}""";
    private const string TextsOnly = """{"SMS":{"status":"active"},"Call":{"status":"inactive"}}""";
    private const string Permanent = """{"message":"Not authorized to update permanent dnd setting for SMS"}""";

    /// <summary>What the write is answered, which channels a look shows then (null: it shows nothing), and whether it counts as written.</summary>
    [Theory]
    [InlineData(200, """{"succeded":true,"contact":{"id":"k","dndSettings":ON}}""", null, true)]
    [InlineData(200, """{"succeded":true}""", On, true)]
    [InlineData(200, "", On, true)]
    [InlineData(200, """{"succeded":true,"contact":{"id":"k","dndSettings":{}}}""", "{}", false)] // a 200 that did nothing
    [InlineData(200, """{"succeded":true}""", null, false)]
    [InlineData(200, """{"succeded":true}""", TextsOnly, false)]
    [InlineData(400, Permanent, On, true)]
    [InlineData(400, Permanent, TextsOnly, false)] // each by itself took the others' place
    [InlineData(400, """{"message":"Bad Request"}""", On, false)]
    [InlineData(500, "Not authorized to update permanent dnd setting for SMS", On, false)]
    public async Task Our_opt_out_is_written_when_every_channel_is_seen_to_be_closed(int status, string body, string? shown, bool expected)
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Method == "PUT" ? new Reply(status, body.Replace("ON", On, StringComparison.Ordinal))
            : shown is null ? new Reply(404, """{"message":"not found"}""") : new Reply(200, $$$"""{"contact":{"id":"k","dndSettings":{{{shown}}}}}"""));
        Assert.Equal(expected, await Texts(highLevel.BaseUrl).SetDoNotDisturbAsync("contact_1", CancellationToken.None));
        // One channel that is closed for good lets nothing through, so each is asked for by itself.
        Assert.Equal(body == Permanent ? ["Email", "Call", "SMS"] : [], highLevel.Requests.Skip(1).Where(r => r.Method == "PUT").Select(r => System.Text.Json.Nodes.JsonNode.Parse(r.Body)!["dndSettings"]!.AsObject().Single().Key));
        var asked = highLevel.Requests[0];
        Assert.Equal(("PUT", "/contacts/contact_1", """{"dndSettings":{"Email":{"status":"active"},"Call":{"status":"active"},"SMS":{"status":"active"}}}"""), (asked.Method, asked.Path, asked.Body));
    }

    [Fact]
    public async Task An_opt_out_that_was_written_on_one_channel_and_not_on_the_next_is_not_written()
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Body.Contains("SMS", StringComparison.Ordinal) ? new Reply(400, """{"message":"Not authorized to update permanent dnd setting for SMS"}""")
            : asked.Body.Contains("Call", StringComparison.Ordinal) ? new Reply(500) : asked.Method == "GET" ? new Reply(200, $$$"""{"contact":{"id":"k","dndSettings":{{{On}}}}}""") : new Reply(200, """{"succeded":true}"""));
        Assert.False(await Texts(highLevel.BaseUrl).SetDoNotDisturbAsync("contact_1", CancellationToken.None));
    }

    private static HighLevelTexts Texts(Uri baseUrl, TimeProvider? machine = null) => new(Locations.Of(new HighLevelOptions { BaseUrl = baseUrl, Token = "token", LocationId = "location_1" }, machine));
}
