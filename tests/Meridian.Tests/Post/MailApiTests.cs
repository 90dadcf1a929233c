using System.Text;
using System.Text.Json.Nodes;
using Meridian.Adapters.Mail;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Tests.Providers;
using MimeKit;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Post;

/// <summary>Letters over HTTPS against scripted vendors: every answer is classed by what may have happened, and one permit is one request.</summary>
public sealed class MailApiTests
{
    public static TheoryData<MailVia, int, string, string> Answers => new()
    {
        { MailVia.Gmail, 200, """{"id":"18c0ffee","threadId":"18c0ffee","labelIds":["SENT"]}""", "Accepted 18c0ffee" },
        { MailVia.Gmail, 200, "{}", "Unknown" },
        { MailVia.Gmail, 200, "", "Unknown" },
        { MailVia.Gmail, 200, "<html>", "Unknown" },
        { MailVia.Gmail, 200, "[1]", "Unknown" },
        { MailVia.Gmail, 200, """{"id":{}}""", "Unknown" },
        { MailVia.Gmail, 400, """{"error":{"code":400,"errors":[{"domain":"global","message":"Invalid To header","reason":"invalidArgument"}],"message":"Invalid To header","status":"INVALID_ARGUMENT"}}""", "Refused" },
        { MailVia.Gmail, 400, """{"error":{"code":400,"message":"Recipient address required","errors":[{"reason":"invalidArgument"}]}}""", "Refused" },
        { MailVia.Gmail, 400, """{"error":{"code":400,"message":"Mail service not enabled","errors":[{"reason":"failedPrecondition"}],"status":"FAILED_PRECONDITION"}}""", "NotSent Account" },
        { MailVia.Gmail, 400, """{"error":{"code":400,"message":"Precondition check failed.","status":"FAILED_PRECONDITION"}}""", "NotSent Account" },
        { MailVia.Gmail, 401, """{"error":{"code":401,"message":"Invalid Credentials","errors":[{"reason":"authError","location":"Authorization"}]}}""", "NotSent Account" },
        { MailVia.Gmail, 403, """{"error":{"code":403,"message":"User Rate Limit Exceeded","errors":[{"domain":"usageLimits","reason":"userRateLimitExceeded"}]}}""", "NotSent Transient" },
        { MailVia.Gmail, 403, """{"error":{"code":403,"message":"Rate Limit Exceeded","errors":[{"reason":"rateLimitExceeded"}]}}""", "NotSent Transient" },
        { MailVia.Gmail, 403, """{"error":{"code":403,"message":"Daily Limit Exceeded","errors":[{"reason":"dailyLimitExceeded"}]}}""", "NotSent Account" },
        { MailVia.Gmail, 403, """{"error":{"code":403,"message":"The domain administrators have disabled Gmail apps.","errors":[{"reason":"domainPolicy"}]}}""", "NotSent Account" },
        { MailVia.Gmail, 403, """{"error":{"code":403,"message":"Request had insufficient authentication scopes.","status":"PERMISSION_DENIED"}}""", "NotSent Account" },
        { MailVia.Gmail, 404, "", "NotSent Account" },
        { MailVia.Gmail, 413, "", "Refused" },
        { MailVia.Gmail, 429, """{"error":{"code":429,"message":"User-rate limit exceeded.  Retry after 2026-11-27T08:00:00.000Z","errors":[{"reason":"rateLimitExceeded"}],"status":"RESOURCE_EXHAUSTED"}}""", "NotSent Transient 7" },
        { MailVia.Gmail, 302, "", "NotSent Account" },
        { MailVia.Gmail, 408, "", "Unknown" },
        { MailVia.Gmail, 500, """{"error":{"code":500,"message":"Backend Error","errors":[{"reason":"backendError"}]}}""", "Unknown" },
        { MailVia.Gmail, 502, "<html>", "Unknown" },
        { MailVia.Gmail, 503, """{"error":{"code":503,"message":"The service is currently unavailable.","status":"UNAVAILABLE"}}""", "Unknown" },
        { MailVia.Graph, 202, "", "Accepted " + Id },
        { MailVia.Graph, 202, "<html>", "Accepted " + Id },
        { MailVia.Graph, 400, """{"error":{"code":"ErrorMimeContentInvalidBase64String","message":"Invalid base64 string for MIME content."}}""", "Refused" },
        { MailVia.Graph, 400, """{"error":{"code":"ErrorInvalidRecipients","message":"At least one recipient is not valid."}}""", "Refused" },
        { MailVia.Graph, 400, """{"error":{"code":"ErrorMessageSubmissionBlocked","message":"Cannot send mail. Follow the instructions in your Inbox to verify your account."}}""", "NotSent Account" },
        { MailVia.Graph, 400, """{"error":{"code":"ErrorExceededMessageLimit","message":"Cannot send mail. Message limit exceeded."}}""", "NotSent Account" },
        { MailVia.Graph, 401, """{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed, the token is expired."}}""", "NotSent Account" },
        { MailVia.Graph, 403, """{"error":{"code":"ErrorSendAsDenied","message":"The user account does not have the right to send mail on behalf of the specified sending account."}}""", "NotSent Account" },
        { MailVia.Graph, 403, """{"error":{"code":"ErrorAccessDenied","message":"Access is denied."}}""", "NotSent Account" },
        { MailVia.Graph, 404, """{"error":{"code":"MailboxNotEnabledForRESTAPI","message":"REST API is not yet supported for this mailbox."}}""", "NotSent Account" },
        { MailVia.Graph, 413, "", "Refused" },
        { MailVia.Graph, 429, """{"error":{"code":"ApplicationThrottled","message":"Application is over its MailboxConcurrency limit."}}""", "NotSent Transient 7" },
        { MailVia.Graph, 500, """{"error":{"code":"ErrorInternalServerError","message":"An internal server error occurred."}}""", "Unknown" },
        { MailVia.Graph, 503, """{"error":{"code":"serviceNotAvailable","message":"The service is temporarily unavailable."}}""", "Unknown" },
        { MailVia.Graph, 504, "", "Unknown" },
        { MailVia.Mailgun, 200, """{"id":"<tch_1@growth.example>","message":"Queued. Thank you."}""", "Accepted tch_1@growth.example" },
        { MailVia.Mailgun, 200, """{"message":"Queued. Thank you."}""", "Unknown" },
        { MailVia.Mailgun, 200, "Mailgun Magnificent API", "Unknown" },
        { MailVia.Mailgun, 400, """{"message":"to parameter is not a valid address. please check documentation"}""", "Refused" },
        { MailVia.Mailgun, 400, """{"message":"Domain growth.example is not allowed to send: The domain is unverified and requires DNS configuration."}""", "NotSent Account" },
        { MailVia.Mailgun, 401, "Forbidden", "NotSent Account" },
        { MailVia.Mailgun, 402, """{"message":"Your account is past due"}""", "NotSent Account" },
        { MailVia.Mailgun, 403, """{"message":"Domain sandbox.example is not allowed to send: Free accounts are for test purposes only."}""", "NotSent Account" },
        { MailVia.Mailgun, 404, """{"message":"Domain not found: growth.example"}""", "NotSent Account" },
        { MailVia.Mailgun, 413, """{"message":"Message is too large"}""", "Refused" },
        { MailVia.Mailgun, 429, """{"message":"Too many requests"}""", "NotSent Transient 7" },
        { MailVia.Mailgun, 500, """{"message":"Internal Server Error"}""", "Unknown" },
        { MailVia.Mailgun, 503, "", "Unknown" },
    };

    private const string Id = Permits.TouchId + "@growth.example";

    private static readonly OutgoingEmail Email = new(
        Id, "ana@growth.example", "Ana Øst", "dana@people.example", "Dana Whitman", "Grüße from Ana", "Hi Dana,\n\nwould a call suit you?\n\nAna",
        "https://reach.example.com/u/token", $"ana@growth.example?subject=unsubscribe%20{Permits.TouchId}", ["tch_0@growth.example"]);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Every_answer_is_classed_by_what_may_have_happened_and_costs_one_request(MailVia via, int status, string body, string expected)
    {
        await using var vendor = Vendor(new Reply(status, body, RetryAfter: status == 429 ? "7" : null));
        await using var mail = Mail(vendor, via);
        var permit = Permits.Fresh(Channel.Email);
        Assert.Equal(expected, Permits.Plainly(await mail.SendAsync(permit, Email, Cancelled)));
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await mail.SendAsync(permit, Email, Cancelled)));
        Assert.Single(Sends(vendor));
    }

    [Theory]
    [InlineData(MailVia.Gmail)]
    [InlineData(MailVia.Graph)]
    [InlineData(MailVia.Mailgun)]
    public async Task A_lost_answer_is_unknown_and_nothing_is_asked_twice(MailVia via)
    {
        foreach (var (reply, expected) in ((Reply, string)[])[(Reply.Hang, "Unknown"), (Reply.Drop, "Unknown"), (Reply.HalfABody, "Unknown")])
        {
            await using var vendor = Vendor(reply);
            await using var mail = Mail(vendor, via);
            Assert.Equal(expected, Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, Cancelled)));
            Assert.Single(Sends(vendor));
        }
    }

    [Theory]
    [InlineData(MailVia.Gmail)]
    [InlineData(MailVia.Graph)]
    [InlineData(MailVia.Mailgun)]
    public async Task Nothing_leaves_with_an_expired_permit_a_bad_address_or_nobody_there(MailVia via)
    {
        await using var vendor = Vendor(new Reply(200, "{}"));
        await using var mail = Mail(vendor, via);
        Assert.Equal("NotSent PermitExpired", Permits.Plainly(await mail.SendAsync(Permits.Expired(Channel.Email), Email, Cancelled)));
        Assert.Equal("Refused", Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email with { Subject = "a\r\nBcc: everybody@people.example" }, Cancelled)));
        Assert.Equal("NotSent Account", Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email with { FromAddress = "nobody@growth.example" }, Cancelled)));
        Assert.Empty(Sends(vendor));

        var away = Mailbox(vendor, via);
        away.BaseUrl = new Uri("http://127.0.0.1:1");
        await using var gone = Routed(away);
        Assert.Equal("NotSent Transient", Permits.Plainly(await gone.SendAsync(Permits.Fresh(Channel.Email), Email, Cancelled)));
    }

    [Theory]
    [InlineData(MailVia.Gmail, 400, """{"error":"invalid_grant","error_description":"Token has been expired or revoked."}""", "NotSent Account")]
    [InlineData(MailVia.Gmail, 503, "busy", "NotSent Transient")]
    [InlineData(MailVia.Graph, 400, """{"error":"invalid_grant","error_description":"AADSTS700082: The refresh token has expired."}""", "NotSent Account")]
    [InlineData(MailVia.Graph, 200, """{"token_type":"Bearer"}""", "NotSent Account")]
    public async Task Without_a_token_nothing_is_sent(MailVia via, int status, string body, string expected)
    {
        await using var vendor = new ScriptedHttp(asked => asked.Path == "/token" ? new Reply(status, body) : new Reply(200, """{"id":"x"}""")) { IsNoVendor = true };
        await using var mail = Mail(vendor, via);
        Assert.Equal(expected, Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, Cancelled)));
        Assert.Empty(Sends(vendor));
    }

    [Fact]
    public async Task A_token_that_was_refused_is_not_shown_again()
    {
        await using var vendor = Vendor(new Reply(401, """{"error":{"code":401,"message":"Invalid Credentials"}}"""));
        await using var mail = Mail(vendor, MailVia.Gmail);
        for (var i = 0; i < 2; i++) Assert.Equal("NotSent Account", Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, Cancelled)));
        Assert.Equal(2, vendor.Requests.Count(r => r.Path == "/token"));
    }

    [Fact]
    public async Task Gmail_is_handed_the_whole_message_in_base64url()
    {
        await using var vendor = Vendor(new Reply(200, """{"id":"1"}"""));
        await using var mail = Mail(vendor, MailVia.Gmail);
        await mail.SendAsync(Permits.Fresh(Channel.Email), Email, Cancelled);
        var asked = Assert.Single(Sends(vendor));
        Assert.Equal(("/gmail/v1/users/me/messages/send", "Bearer t1", "application/json"), (asked.Path, asked.Headers["Authorization"], asked.Headers["Content-Type"]));
        var raw = (string)JsonNode.Parse(asked.Body)!["raw"]!;
        Assert.Matches("^[A-Za-z0-9_-]+$", raw);
        Says(System.Buffers.Text.Base64Url.DecodeFromChars(raw));
    }

    [Theory]
    [InlineData(null, "/me/sendMail")]
    [InlineData("ANA@growth.example", "/me/sendMail")]
    [InlineData("assistant@growth.example", "/users/ana%40growth.example/sendMail")]
    public async Task Graph_is_handed_the_whole_message_in_base64_as_text(string? user, string path)
    {
        await using var vendor = Vendor(new Reply(202));
        var mailbox = Mailbox(vendor, MailVia.Graph);
        mailbox.User = user;
        await using var mail = Routed(mailbox);
        await mail.SendAsync(Permits.Fresh(Channel.Email), Email, Cancelled);
        var asked = Assert.Single(Sends(vendor));
        Assert.Equal((path, "Bearer t1", "text/plain"), (asked.Path, asked.Headers["Authorization"], asked.Headers["Content-Type"]));
        Says(Convert.FromBase64String(asked.Body));
        Assert.Contains("scope=https%3A%2F%2Fgraph.microsoft.com%2F.default+offline_access", vendor.Requests[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mailgun_is_handed_the_whole_message_as_a_file_and_told_to_leave_it_alone()
    {
        await using var vendor = Vendor(new Reply(200, """{"id":"<x@y>"}"""));
        await using var mail = Mail(vendor, MailVia.Mailgun);
        await mail.SendAsync(Permits.Fresh(Channel.Email), Email, Cancelled);
        var asked = Assert.Single(Sends(vendor));
        Assert.Equal(("/v3/growth.example/messages.mime", $"Basic {Convert.ToBase64String("api:key-1"u8)}"), (asked.Path, asked.Headers["Authorization"]));
        var boundary = asked.Headers["Content-Type"].Split("boundary=")[1];
        var parts = asked.Body.Split($"--{boundary}");
        Assert.Equal("--\r\n", parts[^1]);
        var fields = parts[1..^1].Select(p => p.Split("\r\n\r\n", 2)).ToDictionary(p => p[0].Split("name=\"")[1].Split('"')[0], p => p[1][..^2]);
        Assert.Equal(("dana@people.example", "no", "no", "no"), (fields["to"], fields["o:tracking"], fields["o:tracking-clicks"], fields["o:tracking-opens"]));
        Says(Encoding.ASCII.GetBytes(fields["message"]));
    }

    [Theory]
    [InlineData(MailVia.Gmail, """{"messages":[{"id":"g1","threadId":"g1"}],"resultSizeEstimate":1}""", "", "Found g1")]
    [InlineData(MailVia.Gmail, """{"resultSizeEstimate":0}""", """{"resultSizeEstimate":0}""", "NotFound")]
    [InlineData(MailVia.Gmail, """{"resultSizeEstimate":0}""", """{"messages":[{"id":"g2"}]}""", "Found g2")]
    [InlineData(MailVia.Gmail, """{"resultSizeEstimate":0}""", "<html>", "CannotTell")]
    [InlineData(MailVia.Gmail, "[]", "", "CannotTell")]
    [InlineData(MailVia.Graph, """{"value":[{"id":"a1"}]}""", "", "Found a1")]
    [InlineData(MailVia.Graph, """{"value":[]}""", """{"value":[]}""", "NotFound")]
    [InlineData(MailVia.Graph, """{"value":[]}""", """{"value":[{"id":"a2","subject":"Grüße from Ana","toRecipients":[{"emailAddress":{"address":"Dana@people.example"}}]}]}""", "Found a2")]
    [InlineData(MailVia.Graph, """{"value":[]}""", """{"value":[{"id":"a3","subject":"Another","toRecipients":[{"emailAddress":{"address":"dana@people.example"}}]}]}""", "NotFound")]
    [InlineData(MailVia.Graph, """{"value":[]}""", """{"value":[{"id":"a4","subject":"Grüße from Ana","toRecipients":[{"emailAddress":{"address":"max@people.example"}}]}]}""", "NotFound")]
    [InlineData(MailVia.Graph, """{"error":{"code":"ErrorAccessDenied"}}""", "", "CannotTell")]
    [InlineData(MailVia.Mailgun, """{"items":[{"event":"accepted","message":{"headers":{"message-id":"tch_01890a5d-ac96-774b-bcce-b302099a8057@growth.example"}}}],"paging":{}}""", "", "Found " + Id)]
    [InlineData(MailVia.Mailgun, """{"items":[{"event":"rejected","message":{"headers":{"message-id":"tch_01890a5d-ac96-774b-bcce-b302099a8057@growth.example"}}}]}""", "", "NotFound")]
    [InlineData(MailVia.Mailgun, """{"items":[{"event":"accepted","message":{"headers":{"message-id":"another@growth.example"}}}]}""", "", "NotFound")]
    [InlineData(MailVia.Mailgun, """{"items":[]}""", "", "NotFound")]
    [InlineData(MailVia.Mailgun, """{"message":"no"}""", "", "CannotTell")]
    public async Task What_nobody_confirmed_is_looked_for_where_it_was_sent(MailVia via, string byId, string bySent, string expected)
    {
        var asked = new List<string>();
        await using var vendor = new ScriptedHttp(request =>
        {
            if (request.Path == "/token") return Token;
            asked.Add(Uri.UnescapeDataString(request.Path));
            if (request.Path.Contains("/messages/g2", StringComparison.Ordinal)) return new Reply(200, """{"id":"g2","payload":{"headers":[{"name":"List-Unsubscribe","value":"<mailto:ana@growth.example?subject=unsubscribe%20TOUCH>"}]}}""".Replace("TOUCH", Permits.TouchId, StringComparison.Ordinal));
            return new Reply(200, asked.Count == 1 ? byId : bySent);
        }) { IsNoVendor = true };
        await using var mail = Mail(vendor, via);
        var sighting = await mail.FindAsync(new SentEmail("Ana@growth.example", Id, "dana@people.example", Email.Subject, Instant.FromUtc(2026, 11, 27, 7, 0)), Cancelled);
        Assert.Equal(expected, sighting is Sighting.Found found ? $"Found {found.ProviderRef}" : sighting.GetType().Name);
        Assert.StartsWith(via switch
        {
            MailVia.Gmail => $"/gmail/v1/users/me/messages?q=rfc822msgid:{Id}",
            MailVia.Graph => $"/me/messages?$filter=internetMessageId eq '<{Id}>'",
            _ => $"/v3/growth.example/events?message-id={Id}",
        }, asked[0], StringComparison.Ordinal);
        if (asked.Count > 1) Assert.Contains(via == MailVia.Gmail ? "in:sent to:dana@people.example after:1795762740" : "/mailFolders/sentitems/messages?$filter=sentDateTime ge 2026-11-27T06:59:00Z", asked[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copies_go_to_the_owner_by_the_owners_own_way_and_in_its_name()
    {
        await using var vendor = Vendor(new Reply(200, """{"id":"1"}"""));
        var own = Mailbox(vendor, MailVia.Gmail);
        own.Address = "boss@growth.example";
        await using var ears = new ImapEars([], TimeProvider.System);
        await using var mail = new RoutedMail([], own, ears, TimeProvider.System, TimeProvider.System);
        Assert.Equal("Accepted 1", Permits.Plainly(await mail.SendToOwnerAsync(new OutgoingEmail("own.tch_1@owner.example", "owner@owner.example", "Meridian", "owner@owner.example", null, "📧 SENT", "words"), Cancelled)));
        using var stream = new MemoryStream(System.Buffers.Text.Base64Url.DecodeFromChars((string)JsonNode.Parse(Sends(vendor).Single().Body)!["raw"]!));
        using var message = await MimeMessage.LoadAsync(stream, Cancelled);
        Assert.Equal(("\"Meridian\" <boss@growth.example>", "owner@owner.example"), (message.From.ToString(), message.To.ToString()));
    }

    private static void Says(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        using var message = MimeMessage.Load(stream);
        Assert.Equal((Id, "Grüße from Ana", "\"Dana Whitman\" <dana@people.example>"), (message.MessageId, message.Subject, message.To.ToString()));
        Assert.Equal("\"Ana Øst\" <ana@growth.example>", message.From.ToString());
        Assert.Equal($"<https://reach.example.com/u/token>, <mailto:ana@growth.example?subject=unsubscribe%20{Permits.TouchId}>", message.Headers[HeaderId.ListUnsubscribe]);
        Assert.Equal("List-Unsubscribe=One-Click", message.Headers[HeaderId.ListUnsubscribePost]);
        Assert.Equal(("tch_0@growth.example", "tch_0@growth.example"), (message.InReplyTo, message.References.Single()));
        Assert.StartsWith("Hi Dana,", message.TextBody, StringComparison.Ordinal);
        Assert.Contains("<p>would a call suit you?</p>", message.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain(bytes, b => b > 127);
    }

    private static readonly Reply Token = new(200, """{"access_token":"t1","expires_in":3599,"scope":"https://mail.google.com/"}""");

    private static ScriptedHttp Vendor(Reply reply) => new(asked => asked.Path == "/token" ? Token : reply) { IsNoVendor = true };

    private static List<Asked> Sends(ScriptedHttp vendor) => [.. vendor.Requests.Where(r => r.Method == "POST" && r.Path != "/token")];

    private static RoutedMail Mail(ScriptedHttp vendor, MailVia via) => Routed(Mailbox(vendor, via), vendor.Machine);

    private static RoutedMail Routed(MailboxOptions mailbox, TimeProvider? machine = null) => new([mailbox], null, new ImapEars([], TimeProvider.System), TimeProvider.System, machine ?? TimeProvider.System);

    private static MailboxOptions Mailbox(ScriptedHttp vendor, MailVia via)
    {
        var mailbox = new MailboxOptions { Address = "ana@growth.example", Via = via, BaseUrl = vendor.BaseUrl, ApiKey = "key-1" };
        if (via != MailVia.Mailgun)
            mailbox.Tokens = new MailTokens(Meridian.Adapters.Http.ProviderHttp.Create(TimeSpan.FromSeconds(5)), new MailOAuthOptions { ClientId = "c", RefreshToken = "r", Provider = new Uri(vendor.BaseUrl, "/token").AbsoluteUri }, null, TimeProvider.System);
        Assert.Empty(mailbox.Problems());
        return mailbox;
    }
}
