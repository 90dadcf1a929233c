using System.Text.Json.Nodes;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Mail;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

/// <summary>E-mails as messages of a HighLevel location, each request held against HighLevel's own document.</summary>
public class HighLevelMailboxTests
{
    private const string Contact = """{"contact":{"id":"k1","email":"Dana@people.example","dnd":false,"dndSettings":{}}}""";
    private static readonly OutgoingEmail Email = new($"{Permits.TouchId}@growth.example", "ana@growth.example", "Ana", "dana@people.example", "Dana van Dyk", "Quick question", "Hi Dana,\n\nwould a call suit you?");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200, """{"conversationId":"c1","messageId":"m1","emailMessageId":"e1","msg":"Email queued successfully."}""", "Accepted m1")]
    [InlineData(200, """{"conversationId":"c1"}""", "Unknown")]
    [InlineData(200, "{", "Unknown")]
    [InlineData(400, """{"status":400,"message":"Cannot send message as DND is active for Email."}""", "Refused OptedOut")]
    [InlineData(400, """{"statusCode":400,"message":"Cannot send email as dana@people.example has unsubscribed"}""", "Refused OptedOut")]
    [InlineData(400, """{"statusCode":400,"message":"Unable to send e-mail, contact's e-mail is invalid"}""", "Refused")]
    [InlineData(401, """{"message":"The token is not authorized for this scope."}""", "NotSent Account")]
    [InlineData(429, "", "NotSent Transient 10")]
    [InlineData(500, """{"statusCode":500,"message":"Internal server error"}""", "Unknown")]
    [InlineData(504, "", "Unknown")]
    public async Task Every_answer_is_classed_by_what_may_have_happened_and_costs_one_message(int status, string body, string expected)
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Path == "/contacts/upsert" ? new Reply(200, Contact) : new Reply(status, body));
        await using var mail = Mail(highLevel);
        var permit = Permits.Fresh(Channel.Email);
        Assert.Equal(expected, Permits.Plainly(await mail.SendAsync(permit, Email, Cancelled)));
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await mail.SendAsync(permit, Email, Cancelled)));
        Assert.Single(highLevel.Requests, r => r.Path == "/conversations/messages");
    }

    [Fact]
    public async Task A_lost_answer_is_unknown_and_nothing_is_asked_twice()
    {
        foreach (var reply in (Reply[])[Reply.Hang, Reply.Drop, Reply.HalfABody])
        {
            await using var highLevel = new ScriptedHttp(asked => asked.Path == "/contacts/upsert" ? new Reply(200, Contact) : reply);
            await using var mail = Mail(highLevel);
            Assert.Equal("Unknown", Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, Cancelled)));
            Assert.Single(highLevel.Requests, r => r.Path == "/conversations/messages");
        }
    }

    [Theory]
    [InlineData(200, """{"contact":{"id":"k1","email":"another@people.example","dnd":false}}""", "Refused")]
    [InlineData(200, """{"contact":{"id":"k1","dnd":false}}""", "Refused")]
    [InlineData(200, """{"contact":{"id":"k1","email":"dana@people.example","dnd":true}}""", "Refused OptedOut")]
    [InlineData(200, """{"contact":{"id":"k1","email":"dana@people.example","dnd":false,"dndSettings":{"Email":{"status":"active"}}}}""", "Refused OptedOut")]
    [InlineData(200, """{"contact":{"id":"k1","email":"dana@people.example","dnd":false,"dndSettings":{"email":{"status":"permanent"}}}}""", "Refused OptedOut")]
    [InlineData(200, """{"contact":{}}""", "NotSent Transient")]
    [InlineData(401, """{"message":"Invalid token"}""", "NotSent Account")]
    [InlineData(500, "", "NotSent Transient")]
    [InlineData(429, "", "NotSent Transient")]
    public async Task Nobody_is_written_to_whose_contact_is_another_or_wants_nothing(int status, string body, string expected)
    {
        await using var highLevel = new ScriptedHttp(new Reply(status, body));
        await using var mail = Mail(highLevel);
        var permit = Permits.Fresh(Channel.Email);
        Assert.Equal(expected, Permits.Plainly(await mail.SendAsync(permit, Email, Cancelled)));
        Assert.True(permit.TryUse(), "the permit is only for the message");
        Assert.DoesNotContain(highLevel.Requests, r => r.Path == "/conversations/messages");
    }

    [Fact]
    public async Task A_letter_names_the_address_that_was_judged_and_hangs_on_the_thread_before()
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Path == "/contacts/upsert" ? new Reply(200, Contact)
            : asked.Method == "GET" ? new Reply(200, """{"messages":[{"id":"in","direction":"inbound"},{"id":"thread_1","direction":"outbound"}],"nextCursor":null}""") : new Reply(200, """{"messageId":"m"}"""));
        await using var mail = Mail(highLevel);
        await mail.SendAsync(Permits.Fresh(Channel.Email), Email with { Follows = ["tch_0@growth.example"] }, Cancelled);
        var upsert = JsonNode.Parse(highLevel.Requests[0].Body)!;
        Assert.Equal(("location_1", "dana@people.example", "Dana", "van Dyk", null), ((string?)upsert["locationId"], (string?)upsert["email"], (string?)upsert["firstName"], (string?)upsert["lastName"], (string?)upsert["tags"]));
        var body = JsonNode.Parse(highLevel.Requests[^1].Body)!;
        Assert.Equal(("Email", "k1", "Quick question", "Ana <ana@growth.example>", "dana@people.example", "thread_1"), ((string?)body["type"], (string?)body["contactId"], (string?)body["subject"], (string?)body["emailFrom"], (string?)body["emailTo"], (string?)body["threadId"]));
        Assert.Contains("<p>would a call suit you?</p>", (string?)body["html"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"e1","subject":"Quick question","to":["dana@people.example"],"direction":"outbound","dateAdded":"2026-11-27T07:00:05Z"}""", "Found m1")]
    [InlineData("""{"emailMessage":{"id":"e1","subject":"Quick question ","to":"Dana <dana@people.example>"}}""", "Found m1")]
    [InlineData("""{"id":"e1","subject":"Quick question","to":["max@people.example"]}""", "NotFound")]
    [InlineData("""{"id":"e1","subject":"Another question","to":["dana@people.example"]}""", "NotFound")]
    [InlineData("""{"id":"e1","subject":"Quick question","to":["dana@people.example"],"dateAdded":"2026-11-27T05:00:05Z"}""", "NotFound")]
    [InlineData("""{"id":"e1","subject":"Quick question","to":["dana@people.example"],"direction":"inbound"}""", "NotFound")]
    [InlineData("{}", "CannotTell")]
    [InlineData("<html>", "CannotTell")]
    public async Task A_lost_letter_is_found_by_reader_and_subject(string letter, string expected)
    {
        await using var highLevel = new ScriptedHttp(asked => new Reply(200, asked.Path.StartsWith("/conversations/messages/email/", StringComparison.Ordinal) ? letter
            : """{"messages":[{"id":"m1","type":3,"messageType":"TYPE_EMAIL","direction":"outbound","meta":{"email":{"messageIds":["e1"]}}}],"nextCursor":null,"total":1}"""));
        await using var mail = Mail(highLevel);
        var sighting = await mail.FindAsync(new SentEmail("ana@growth.example", Email.MessageId, "dana@people.example", "Quick question", Instant.FromUtc(2026, 11, 27, 7, 0)), Cancelled);
        Assert.Equal(expected, sighting is Sighting.Found found ? $"Found {found.ProviderRef}" : sighting.GetType().Name);
        Assert.Contains("channel=Email&startDate=2026-11-27T06%3A59%3A00Z", highLevel.Requests[0].Path, StringComparison.Ordinal);
    }

    private static RoutedMail Mail(ScriptedHttp highLevel)
    {
        var options = new HighLevelOptions { BaseUrl = highLevel.BaseUrl, Token = "token", LocationId = "location_1" };
        return new RoutedMail([new MailboxOptions { Address = "ana@growth.example", Via = MailVia.HighLevel, HighLevel = options, AcceptsMissingHeaders = true }], null, new ImapEars([], TimeProvider.System), TimeProvider.System, TimeProvider.System, Locations.Of(options, highLevel.Machine));
    }
}
