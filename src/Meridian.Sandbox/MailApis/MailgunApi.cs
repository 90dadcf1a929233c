using System.Text;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Imap;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Scripts;
using Meridian.Sandbox.Smtp;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.MailApis;

/// <summary>As much of Mailgun as takes MIME, tells its events, page by page, and its domains. With tracking on it writes into the body, as the real one does.</summary>
internal sealed class MailgunApi(SandboxOptions options, Chance chance, MailStore store, PostRoom postRoom, InboundMail inbound, MailgunNews news)
{
    public void Map(WebApplication app)
    {
        app.MapPost("/v3/{domain}/messages.mime", Guarded(SendAsync));
        app.MapGet("/v3/{domain}/events", Guarded(context => Task.FromResult(Events(context))));
        app.MapGet("/v3/{domain}/events/{token}", Guarded(context => Task.FromResult(Events(context))));
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
        var (sender, kept, at) = (mail.From ?? $"postmaster@{Domain(context)}", Headers.Without(tracked, [], MailgunNews.Sid(to, Domain(context))), Stamp.Now(options.Clock));
        if (news.HasBounced(Domain(context), to, at))
        {
            // Taken, and left lying: nobody is written to.
            store.Add(new StoredMail(sender, MailStore.MailgunUnsent, at, kept, null));
            news.Add(Domain(context), to, mail, at, MailgunFate.Suppressed, null);
            return Taken(mail);
        }

        postRoom.Deliver(sender, [to], message, kept, MailStore.Mailgun);
        foreach (var fate in MailgunFate.Of(Happening.Of(context)?.Fate)) news.Add(Domain(context), to, mail, at, fate, Said(fate, sender, to, mail));
        return Taken(mail);
    }

    private static Answer Taken(MailMessage mail) => Answer.Ok(new JsonObject { ["id"] = $"<{mail.MessageId}>", ["message"] = "Queued. Thank you." });

    /// <summary>Whoever complains or unsubscribes wants no more; what comes back is nobody's wish.</summary>
    private SaidByMail? Said(MailgunFate fate, string sender, string to, MailMessage mail) => fate switch
    {
        { Event: "failed", Severity: "temporary" } => null,
        { Event: "failed" } => new(chance.ShortId("mailgun-said", mail.MessageId ?? "", to), "bounce", $"mailer-daemon@{to[(to.IndexOf('@') + 1)..]}", to, mail.Subject, null, $"{fate.Code} {fate.Message}"),
        _ => new(chance.ShortId("mailgun-said", mail.MessageId ?? "", to), "optout", to, sender, mail.Subject, fate.Event, null),
    };

    private Answer Events(HttpContext context)
    {
        if (!options.MailgunKeyReadsEvents) return new Answer(403, new JsonObject { ["message"] = "Forbidden" });
        if ((string?)context.Request.RouteValues.GetValueOrDefault("token") is { } token)
            return MailgunQuery.OfToken(token) is { } further ? Page(context, further) : Refuse("invalid page");
        var (query, wrong) = MailgunQuery.Of(context.Request.Query, Stamp.Now(options.Clock).ToUnixTimeMilliseconds() / 1000.0);
        return query is null ? Refuse(wrong!) : Page(context, query);
    }

    /// <summary>The page after the last one is always named, and is empty until something happens.</summary>
    private Answer Page(HttpContext context, MailgunQuery query)
    {
        var (items, tells) = news.Page(Domain(context), query);
        foreach (var told in tells) inbound.Tell(told);
        var after = items.Count == 0 ? query.After : query.Place(items[^1], DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round((double)items[^1]["timestamp"]! * 1000)));
        var at = $"{context.Request.Scheme}://{context.Request.Host}/v3/{Domain(context)}/events/";
        return Answer.Ok(new JsonObject
        {
            ["items"] = new JsonArray([.. items]),
            ["paging"] = new JsonObject { ["next"] = at + (query with { After = after }).Token, ["previous"] = at + (query with { Ascending = !query.Ascending }).Token, ["first"] = at + (query with { After = null }).Token, ["last"] = at + (query with { After = after }).Token },
        });
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
