using System.Text;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Imap;
using Meridian.Sandbox.Smtp;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.MailApis;

/// <summary>As much of Mailgun as takes MIME, tells its events and its domains. With tracking on it writes into the body, as the real one does.</summary>
internal sealed class MailgunApi(SandboxOptions options, MailStore store, PostRoom postRoom)
{
    public void Map(WebApplication app)
    {
        app.MapPost("/v3/{domain}/messages.mime", Guarded(SendAsync));
        app.MapGet("/v3/{domain}/events", Guarded(context => Task.FromResult(Events(context))));
        app.MapGet("/v4/domains/{domain}", Guarded(context => Task.FromResult(Answer.Ok(new JsonObject { ["domain"] = new JsonObject { ["name"] = Domain(context), ["state"] = State(context) } }))));
        app.MapFallback(Guarded(_ => Task.FromResult(new Answer(404, new JsonObject()) { PlainText = "404 page not found" })));
    }

    private async Task<Answer> SendAsync(HttpContext context)
    {
        if (State(context) != "active") return new Answer(403, new JsonObject { ["message"] = "The domain is unverified and requires DNS configuration. Log in to your control panel to view required DNS records." });
        if (!context.Request.HasFormContentType) return Refuse("to parameter is missing");
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var to = form["to"].ToString().Trim().ToLowerInvariant();
        if (to.Length == 0) return Refuse("to parameter is missing");
        if (to.IndexOf('@') <= 0) return Refuse("to parameter is not a valid address. please check documentation");
        if (form.Files.GetFile("message") is not { } file) return Refuse("message parameter is missing");
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, context.RequestAborted);
        var message = bytes.ToArray();
        var mail = MailMessage.Parse(message);
        byte[] tracked = form["o:tracking"] == "no" ? message : [.. message, .. "<img src=\"https://email.example.com/o/pixel\">"u8];
        postRoom.Deliver(mail.From ?? $"postmaster@{Domain(context)}", [to], message, Headers.Without(tracked, [], $"X-Mailgun-Sid: {Convert.ToHexStringLower(Encoding.UTF8.GetBytes(to))}"), MailStore.Mailgun);
        return Answer.Ok(new JsonObject { ["id"] = $"<{mail.MessageId}>", ["message"] = "Queued. Thank you." });
    }

    private Answer Events(HttpContext context)
    {
        var id = context.Request.Query["message-id"].ToString();
        var items = store.All(MailStore.Mailgun).Select(m => (m.At, Mail: MailMessage.Parse(m.Raw))).Where(m => id.Length == 0 || m.Mail.MessageId == id).Select(m => (JsonNode)new JsonObject
        {
            ["event"] = "accepted", ["timestamp"] = m.At.ToUnixTimeMilliseconds() / 1000.0, ["recipient"] = m.Mail.To,
            ["message"] = new JsonObject { ["headers"] = new JsonObject { ["message-id"] = m.Mail.MessageId, ["to"] = m.Mail.To, ["from"] = m.Mail.From, ["subject"] = m.Mail.Subject } },
        });
        return Answer.Ok(new JsonObject { ["items"] = new JsonArray([.. items]), ["paging"] = new JsonObject() });
    }

    private RequestDelegate Guarded(Func<HttpContext, Task<Answer>> handle) => async context =>
    {
        var answer = context.Request.Headers.Authorization.ToString() != $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"api:{options.MailgunKey}"))}" ? new Answer(401, new JsonObject()) { PlainText = "Forbidden" }
            : context.Request.RouteValues.ContainsKey("domain") && State(context) is null ? new Answer(404, new JsonObject { ["message"] = "Domain not found" })
            : await handle(context);
        await answer.WriteAsync(context);
    };

    private string? State(HttpContext context) => options.MailgunDomains is { } known ? known.GetValueOrDefault(Domain(context)) : "active";

    private static string Domain(HttpContext context) => ((string)context.Request.RouteValues["domain"]!).ToLowerInvariant();

    private static Answer Refuse(string message) => new(400, new JsonObject { ["message"] = message });
}
