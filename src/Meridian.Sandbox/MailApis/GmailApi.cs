using System.Text.Json.Nodes;
using Meridian.Sandbox.Imap;
using Meridian.Sandbox.Smtp;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.MailApis;

/// <summary>As much of the Gmail API as sends, lists what was sent and says who one is. Gives each message another Message-ID, as users report of the real one.</summary>
internal sealed class GmailApi(SandboxOptions options, Chance chance, MailAccounts accounts, MailStore store, PostRoom postRoom)
{
    private readonly Lock gate = new();

    public void Map(WebApplication app)
    {
        app.MapPost("/token", async (HttpContext context) => await (await accounts.GiveTokenAsync(context)).WriteAsync(context));
        app.MapGet("/gmail/v1/users/me/profile", Guarded("https://mail.google.com/", (me, _) => Task.FromResult(Answer.Ok(new JsonObject { ["emailAddress"] = me, ["messagesTotal"] = store.Count(me, MailStore.Sent), ["historyId"] = "1" }))));
        app.MapPost("/gmail/v1/users/me/messages/send", Guarded("mail", SendAsync));
        app.MapGet("/gmail/v1/users/me/messages", Guarded("https://mail.google.com/", (me, context) => Task.FromResult(List(me, context.Request.Query["q"].ToString()))));
        app.MapGet("/gmail/v1/users/me/messages/{id}", Guarded("https://mail.google.com/", (me, context) => Task.FromResult(Read(me, (string)context.Request.RouteValues["id"]!, context.Request.Query["metadataHeaders"].OfType<string>().ToList()))));
        app.MapFallback(Guarded("mail", (_, _) => Task.FromResult(Error(404, "notFound", "NOT_FOUND", "Not Found"))));
    }

    private async Task<Answer> SendAsync(string me, HttpContext context)
    {
        if ((await JsonBody.ReadAsync(context)).Text("raw") is not { Length: > 0 } raw) return Error(400, "invalidArgument", "INVALID_ARGUMENT", "'raw' RFC822 payload message string or uploading message via /upload/* URL required");
        byte[] message;
        try
        {
            message = Convert.FromBase64String(raw.Replace('-', '+').Replace('_', '/').TrimEnd('=') + new string('=', (4 - raw.TrimEnd('=').Length % 4) % 4));
        }
        catch (FormatException)
        {
            return Error(400, "invalidArgument", "INVALID_ARGUMENT", "Invalid value for ByteString");
        }

        var mail = MailMessage.Parse(message);
        if (mail.To is not { } to || !to.Contains('@')) return Error(400, "invalidArgument", "INVALID_ARGUMENT", "Recipient address required");
        string id;
        lock (gate)
        {
            id = IdOf(me, store.Count(me, MailStore.Sent));
            postRoom.Deliver(me, [to], message, AsSent(me, mail, message, id), MailStore.Sent);
        }

        return Answer.Ok(new JsonObject { ["id"] = id, ["threadId"] = id, ["labelIds"] = new JsonArray("SENT") });
    }

    /// <summary>Whoever signs in writes in no other name, and the Message-ID is Google's.</summary>
    private byte[] AsSent(string me, MailMessage mail, byte[] message, string id)
    {
        var sent = mail.From == me ? message : Headers.Without(message, ["From"], $"From: {me}");
        return options.MailApisKeepHeaders ? sent : Headers.Without(sent, ["Message-ID"], $"Message-ID: <CA{id}@mail.gmail.com>");
    }

    private Answer List(string me, string query)
    {
        var terms = query.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => t.Split(':', 2)).Where(t => t.Length == 2).ToLookup(t => t[0], t => t[1]);
        var found = store.Open(me, MailStore.Sent).Mails.Select((mail, i) => (Id: IdOf(me, i), Mail: mail)).Where(m =>
        {
            var parsed = MailMessage.Parse(m.Mail.Raw);
            return terms["rfc822msgid"].All(id => parsed.MessageId == id) && terms["to"].All(to => to.Equals(parsed.To, StringComparison.OrdinalIgnoreCase))
                && terms["after"].All(after => m.Mail.At >= DateTimeOffset.FromUnixTimeSeconds(long.Parse(after, System.Globalization.CultureInfo.InvariantCulture)));
        }).Select(m => (JsonNode)new JsonObject { ["id"] = m.Id, ["threadId"] = m.Id }).ToList();
        var list = new JsonObject { ["resultSizeEstimate"] = found.Count };
        if (found.Count > 0) list["messages"] = new JsonArray([.. found]); // none: the field is left out
        return Answer.Ok(list);
    }

    private Answer Read(string me, string id, IReadOnlyList<string> wanted)
    {
        var mails = store.Open(me, MailStore.Sent).Mails;
        var at = Enumerable.Range(0, mails.Count).FirstOrDefault(i => IdOf(me, i) == id, -1);
        if (at < 0) return Error(404, "notFound", "NOT_FOUND", "Requested entity was not found.");
        var part = MimePart.Parse(mails[at].Raw);
        var headers = wanted.Select(name => (name, Value: part.Header(name))).Where(h => h.Value is not null).Select(h => (JsonNode)new JsonObject { ["name"] = h.name, ["value"] = h.Value });
        return Answer.Ok(new JsonObject { ["id"] = id, ["threadId"] = id, ["labelIds"] = new JsonArray("SENT"), ["payload"] = new JsonObject { ["headers"] = new JsonArray([.. headers]) } });
    }

    private string IdOf(string me, int place) => chance.ShortId("gmail", me, place.ToString()).ToLowerInvariant()[..16];

    private RequestDelegate Guarded(string scope, Func<string, HttpContext, Task<Answer>> handle) => async context =>
    {
        var answer = accounts.Of(context) is not { } me ? Error(401, "authError", "UNAUTHENTICATED", "Invalid Credentials")
            : !accounts.May(scope) ? Error(403, "insufficientPermissions", "PERMISSION_DENIED", "Request had insufficient authentication scopes.")
            : await handle(me, context);
        await answer.WriteAsync(context);
    };

    private static Answer Error(int status, string reason, string word, string message) => new(status, new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["code"] = status, ["message"] = message, ["status"] = word,
            ["errors"] = new JsonArray(new JsonObject { ["message"] = message, ["domain"] = "global", ["reason"] = reason }),
        },
    });
}
