using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Meridian.Sandbox.Imap;
using Meridian.Sandbox.Smtp;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.MailApis;

/// <summary>As much of Microsoft Graph as sends MIME, lists what was sent and says who one is. Writes the headers anew, the worst that users report of the real one.</summary>
internal sealed partial class GraphApi(SandboxOptions options, Chance chance, MailAccounts accounts, MailStore store, PostRoom postRoom)
{
    public const string Root = "/v1.0";

    private static readonly string[] Dropped = ["Message-ID", "In-Reply-To", "References", "List-Unsubscribe", "List-Unsubscribe-Post"];

    public void Map(WebApplication app)
    {
        app.MapPost("/token", async (HttpContext context) => await (await accounts.GiveTokenAsync(context)).WriteAsync(context));
        app.MapGet($"{Root}/me", Guarded("User.Read", (me, _) => Task.FromResult(Answer.Ok(new JsonObject { ["id"] = chance.Uuid("graph-user", me), ["displayName"] = me, ["mail"] = me, ["userPrincipalName"] = me }))));
        foreach (var who in (string[])["me", "users/{user}"])
        {
            app.MapPost($"{Root}/{who}/sendMail", Guarded("Mail.Send", SendAsync));
            app.MapGet($"{Root}/{who}/messages", Guarded("Mail.Read", (me, context) => Task.FromResult(List(Whose(me, context), context))));
            app.MapGet($"{Root}/{who}/mailFolders/sentitems/messages", Guarded("Mail.Read", (me, context) => Task.FromResult(List(Whose(me, context), context))));
        }

        app.MapFallback(Guarded("", (_, context) => Task.FromResult(Error(404, "ResourceNotFound", $"Resource not found for the segment '{context.Request.Path}'."))));
    }

    private async Task<Answer> SendAsync(string me, HttpContext context)
    {
        if (context.Request.ContentType?.Split(';')[0].Trim() != "text/plain") return Error(400, "BadRequest", "The sandbox takes MIME as base64 in text/plain.");
        using var reader = new StreamReader(context.Request.Body);
        byte[] message;
        try
        {
            message = Convert.FromBase64String(await reader.ReadToEndAsync(context.RequestAborted));
        }
        catch (FormatException)
        {
            return Error(400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.");
        }

        var mail = MailMessage.Parse(message);
        if (mail.To is not { } to || !to.Contains('@')) return Error(400, "ErrorInvalidRecipients", "At least one recipient is not valid.");
        if (mail.From != Whose(me, context)) return Error(403, "ErrorSendAsDenied", "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.");
        var kept = options.MailApisKeepHeaders ? message : Headers.Without(message, Dropped, $"Message-ID: <{chance.ShortId("graph", mail.MessageId ?? "")}@sandbox.prod.outlook.example>");
        postRoom.Deliver(mail.From, [to], message, kept, MailStore.Sent);
        return new Answer(202, new JsonObject()) { PlainText = "" };
    }

    private Answer List(string who, HttpContext context)
    {
        var filter = context.Request.Query["$filter"].ToString();
        Func<StoredMail, MailMessage, bool>? matches = null;
        if (filter.Length == 0) matches = (_, _) => true;
        else if (ById().Match(filter) is { Success: true } id) matches = (_, m) => $"<{m.MessageId}>" == id.Groups[1].Value.Replace("''", "'");
        else if (Since().Match(filter) is { Success: true } since) matches = (s, _) => s.At >= DateTimeOffset.Parse(since.Groups[1].Value, CultureInfo.InvariantCulture);
        if (matches is null) return Error(400, "ErrorInvalidUrlQueryFilter", "The query filter contains one or more invalid nodes.");
        var found = store.Open(who, MailStore.Sent).Mails.Select((mail, i) => (mail, i, Parsed: MailMessage.Parse(mail.Raw))).Where(m => matches(m.mail, m.Parsed)).Select(m => (JsonNode)new JsonObject
        {
            ["id"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"AAMk{who}{m.i}")), ["subject"] = m.Parsed.Subject, ["internetMessageId"] = $"<{m.Parsed.MessageId}>", ["sentDateTime"] = Stamp.Text(m.mail.At),
            ["toRecipients"] = new JsonArray(new JsonObject { ["emailAddress"] = new JsonObject { ["name"] = m.Parsed.To, ["address"] = m.Parsed.To } }),
        });
        return Answer.Ok(new JsonObject { ["value"] = new JsonArray([.. found]) });
    }

    private static string Whose(string me, HttpContext context) => ((string?)context.Request.RouteValues.GetValueOrDefault("user"))?.ToLowerInvariant() ?? me;

    private RequestDelegate Guarded(string scope, Func<string, HttpContext, Task<Answer>> handle) => async context =>
    {
        var answer = accounts.Of(context) is not { } me ? Error(401, "InvalidAuthenticationToken", "Access token is empty or not valid.")
            : me == MailAccounts.Application && !context.Request.RouteValues.ContainsKey("user") ? Error(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
            : options.GraphMailboxes is { } known && !known.Contains(Whose(me, context)) ? Error(404, "ErrorInvalidUser", $"The requested user '{Whose(me, context)}' is invalid.")
            : !accounts.May(scope) ? Error(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
            : await handle(me, context);
        await answer.WriteAsync(context);
    };

    private static Answer Error(int status, string code, string message) => new(status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } });

    [GeneratedRegex("^internetMessageId eq '(.+)'$")]
    private static partial Regex ById();

    [GeneratedRegex(@"^sentDateTime ge (\S+)$")]
    private static partial Regex Since();
}
