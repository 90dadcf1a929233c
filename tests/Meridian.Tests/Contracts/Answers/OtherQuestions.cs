using Meridian.Adapters.Http;
using Meridian.Adapters.Mail;
using Meridian.Adapters.Twilio;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Lookups;
using Meridian.Tests.Providers;
using NodaTime;

namespace Meridian.Tests.Contracts.Answers;

/// <summary>Twilio and the mail APIs: none of them has a document among ours.</summary>
internal static class OtherQuestions
{
    private const string Token = """{"access_token":"t1","token_type":"Bearer","expires_in":3599,"scope":"https://mail.google.com/ Mail.Send User.Read"}""";
    private static readonly OutgoingEmail Email = new($"{Permits.TouchId}@growth.example", "ana@growth.example", "Ana", "dana@people.example", "Dana", "Quick question", "Hi Dana", "https://reach.example.com/u/t", $"mailto:ana@growth.example?subject=unsubscribe%20{Permits.TouchId}");
    private static readonly SentEmail Sent = new(Email.FromAddress, Email.MessageId, Email.ToAddress, Email.Subject, Instant.FromUtc(2026, 11, 27, 7, 0));

    public static IEnumerable<Question> All =>
    [
        Open(new("Twilio", "GET /v2/PhoneNumbers/{number}", "what line a number is", new Reply(200, """{"phone_number":"+13125550117","valid":true,"caller_name":{"caller_type":"BUSINESS"},"line_type_intelligence":{"type":"landline","error_code":null}}"""),
            async (at, machine) => await new TwilioLookups(Http(), Twilio(at), machine).LookUpAsync("+13125550117", default) switch
            {
                LineAnswer.Told told => $"{told.Type}, {(told.IsBusiness switch { true => "a business", false => "a person", null => "whose is not told" })}",
                LineAnswer.NotTold { Account: true } => "not told, the account",
                _ => "not told",
            })),
        Open(new("Twilio", "GET /v2/PhoneNumbers/{number}", "check the key", new Reply(200, """{"phone_number":"+12025550100","valid":true}"""),
            async (at, machine) => Say.Findings(await new TwilioCheck(Http(), Twilio(at), machine).CheckAsync(default)))),
        Open(new("Gmail", "POST /gmail/v1/users/me/messages/send", "send a letter", new Reply(200, """{"id":"18c0ffee","threadId":"18c0ffee","labelIds":["SENT"]}"""), (at, machine) => SendAsync(at, machine, MailVia.Gmail))),
        Open(new("Gmail", "GET /gmail/v1/users/me/messages", "look for a letter whose answer was lost", new Reply(200, """{"messages":[{"id":"g1","threadId":"g1"}],"resultSizeEstimate":1}"""), (at, machine) => FindAsync(at, machine, MailVia.Gmail))),
        Open(new("Graph", "POST /me/sendMail", "send a letter", new Reply(202), (at, machine) => SendAsync(at, machine, MailVia.Graph))),
        Open(new("Graph", "GET /me/messages", "look for a letter whose answer was lost", new Reply(200, """{"value":[{"id":"a1"}]}"""), (at, machine) => FindAsync(at, machine, MailVia.Graph))),
        Open(new("Mailgun", "POST /v3/growth.example/messages.mime", "send a letter", new Reply(200, """{"id":"<tch_1@growth.example>","message":"Queued. Thank you."}"""), (at, machine) => SendAsync(at, machine, MailVia.Mailgun))),
        Open(new("Mailgun", "GET /v3/growth.example/events", "look for a letter whose answer was lost", new Reply(200, $$$$"""{"items":[{"event":"accepted","message":{"headers":{"message-id":"{{{{Permits.TouchId}}}}@growth.example"}}}]}"""), (at, machine) => FindAsync(at, machine, MailVia.Mailgun))),
        Open(new("Mailgun", "GET /v3/growth.example/events", "hear what came of letters", new Reply(200, $$$$"""{"items":[{"event":"failed","id":"G9Bn5sl1TC6nu79C8C0bwg","timestamp":1521233195.375624,"severity":"permanent","reason":"bounce","recipient":"dana@people.example","delivery-status":{"code":550,"message":"5.1.1 no such user"},"message":{"headers":{"message-id":"{{{{Permits.TouchId}}}}@growth.example"}}}],"paging":{"next":"https://api.mailgun.net/v3/growth.example/events/W3siYSI6"}}"""), HearAsync) { Around = asked => asked.Path.EndsWith("/events/W3siYSI6", StringComparison.Ordinal) ? new Reply(200, """{"items":[]}""") : null }),
        Open(new("Mailgun", "GET /v3/growth.example/events", "check that events may be read", new Reply(200, """{"items":[],"paging":{}}"""), (at, machine) => CheckAsync(at, machine, MailVia.Mailgun)) { Around = asked => asked.Path == "/v4/domains/growth.example" ? new Reply(200, """{"domain":{"name":"growth.example","state":"active"}}""") : null }),
        Open(new("Graph", "POST /users/{user}/sendMail", "send a letter as an application", new Reply(202), (at, machine) => SendAsync(at, machine, MailVia.Graph, application: true))),
        Open(new("Graph", "GET /users/{user}/mailFolders/sentitems/messages", "check that the application is let in", new Reply(200, """{"value":[{"id":"a1"}]}"""), (at, machine) => CheckAsync(at, machine, MailVia.Graph, application: true))),
        Open(new("Microsoft", "POST /token", "a token of the application's own", new Reply(200, """{"token_type":"Bearer","expires_in":3599,"access_token":"t1"}"""), (at, machine) => SendAsync(at, machine, MailVia.Graph, application: true)) { Around = _ => new Reply(202) }),
        Open(new("Google", "POST /token", "a token to send with", new Reply(200, Token), (at, machine) => SendAsync(at, machine, MailVia.Gmail)) { Around = _ => new Reply(200, """{"id":"18c0ffee"}""") }),
    ];

    private static Question Open(Question question)
    {
        var around = question.Around;
        return question with { IsUndocumented = true, Around = asked => around(asked) ?? (asked.Path == "/token" ? new Reply(200, Token) : null) };
    }

    private static async Task<string> SendAsync(Uri at, TimeProvider machine, MailVia via, bool application = false)
    {
        await using var mail = Mail(at, machine, via, application);
        return Permits.Plainly(await mail.SendAsync(Permits.Fresh(Channel.Email), Email, default));
    }

    private static async Task<string> FindAsync(Uri at, TimeProvider machine, MailVia via)
    {
        await using var mail = Mail(at, machine, via);
        return Say.Sighting(await mail.FindAsync(Sent, default));
    }

    private static async Task<string> HearAsync(Uri at, TimeProvider machine)
    {
        await using var mail = Mail(at, machine, MailVia.Mailgun);
        return Say.Poll(await mail.Polls.Single().FetchAsync(Sent.BegunAt, default));
    }

    private static async Task<string> CheckAsync(Uri at, TimeProvider machine, MailVia via, bool application = false)
    {
        await using var mail = Mail(at, machine, via, application);
        return Say.Findings(await mail.Checks.Single().CheckAsync(default));
    }

    private static RoutedMail Mail(Uri at, TimeProvider machine, MailVia via, bool application = false)
    {
        var mailbox = new MailboxOptions { Address = "ana@growth.example", Via = via, BaseUrl = at, ApiKey = "key-1", RequestTimeoutSeconds = 20 };
        if (via != MailVia.Mailgun) mailbox.Tokens = new MailTokens(Http(), new MailOAuthOptions { ClientId = "c", ClientSecret = "s", Tenant = application ? "growth.example" : null, RefreshToken = application ? "" : "r", Provider = new Uri(at, "/token").AbsoluteUri }, null, machine);
        return new RoutedMail([mailbox], null, new ImapEars([], TimeProvider.System), TimeProvider.System, machine);
    }

    private static TwilioOptions Twilio(Uri at) => new() { BaseUrl = at, Sid = "SK1", Secret = "secret", RequestTimeoutSeconds = 20 };

    private static HttpClient Http() => ProviderHttp.Create(TimeSpan.FromSeconds(5));
}
