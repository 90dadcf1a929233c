using System.Text.Json.Nodes;
using Meridian.Sandbox.Scripts;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.HighLevel;

/// <summary>HighLevel's routes: token, version header, rate headers, then the desk that knows.</summary>
internal sealed class HighLevelApi(SandboxOptions options, ContactBook contacts, TextLine texts, TokenDesk tokens, NotesAndDeals deals, LetterLine letters)
{
    private static readonly HashSet<string> Versions = ["2021-07-28", "2021-04-15", "2023-02-21", "v3"];
    private readonly RateWindow rate = new(options);

    public void Map(WebApplication app)
    {
        app.MapPost("/oauth/token", tokens.AnswerAsync);
        app.MapPost("/contacts/upsert", WithBody((_, body) => contacts.Upsert(body)));
        app.MapPost("/contacts/search", WithBody((_, body) => contacts.Search(body)));
        app.MapGet("/contacts/{id}", Guarded(context => Task.FromResult(contacts.Read(Id(context)))));
        app.MapPut("/contacts/{id}", WithBody((context, body) => contacts.Update(Id(context), body)));
        app.MapPost("/contacts/{id}/tags", WithBody((context, body) => contacts.ChangeTags(Id(context), body, adds: true)));
        app.MapDelete("/contacts/{id}/tags", WithBody((context, body) => contacts.ChangeTags(Id(context), body, adds: false)));
        app.MapPost("/contacts/{id}/notes", WithBody((context, body) => deals.Note(Id(context), body)));
        app.MapGet("/contacts/{id}/notes", Guarded(context => Task.FromResult(deals.Notes(Id(context)))));
        app.MapPost("/opportunities/", WithBody((_, body) => deals.Open(body)));
        app.MapGet("/opportunities/search", Guarded(context => Task.FromResult(deals.Search(context.Request.Query))));
        app.MapGet("/opportunities/pipelines", Guarded(context => Task.FromResult(context.Request.Query["locationId"] != options.HighLevelLocation ? HighLevelErrors.WrongLocation : Answer.Ok(new JsonObject
        {
            ["pipelines"] = new JsonArray([.. options.HighLevelPipelines.Select(p => new JsonObject
            {
                ["id"] = p, ["name"] = "Sandbox pipeline", ["locationId"] = options.HighLevelLocation, ["stages"] = new JsonArray(new JsonObject { ["id"] = $"{p}-new", ["name"] = "New" }),
            })]),
        }))));
        // Tasks are the owner's, not a person's: they leave no line in the log.
        app.MapPost("/contacts/{id}/tasks", WithBody((context, body) => body.Text("title") is null || body.Text("dueDate") is null || body["completed"] is null
            ? HighLevelErrors.Unprocessable(["title must be a string", "dueDate must be a string", "completed must be a boolean value"])
            : new Answer(201, new JsonObject { ["task"] = new JsonObject { ["id"] = $"task{Id(context)}", ["title"] = body.Text("title"), ["dueDate"] = body.Text("dueDate"), ["completed"] = false, ["contactId"] = Id(context) } })));
        app.MapPut("/contacts/{id}/tasks/{task}/completed", WithBody((_, body) => body["completed"] is null
            ? HighLevelErrors.Unprocessable(["completed must be a boolean value"])
            : Answer.Ok(new JsonObject { ["task"] = new JsonObject { ["completed"] = true } })));
        app.MapGet("/locations/{id}", Guarded(context => Task.FromResult(Id(context) == options.HighLevelLocation
            ? Answer.Ok(new JsonObject { ["location"] = new JsonObject { ["id"] = Id(context), ["name"] = "Sandbox location", ["timezone"] = "America/New_York" } })
            : HighLevelErrors.WrongLocation)));
        app.MapGet("/conversations/search", Guarded(context => Task.FromResult(context.Request.Query["locationId"] == options.HighLevelLocation
            ? Of([.. options.HighLevelConversations.Select(Whole)], "conversations", context.Request.Query["contactId"])
            : HighLevelErrors.WrongLocation)));
        app.MapGet("/calendars/{id}", Guarded(context => Task.FromResult(options.HighLevelCalendars.Contains(Id(context))
            ? Answer.Ok(new JsonObject { ["calendar"] = new JsonObject { ["id"] = Id(context), ["locationId"] = options.HighLevelLocation, ["name"] = "Sandbox calendar", ["isActive"] = true } })
            : HighLevelErrors.NotFound("Calendar not found"))));
        app.MapPost("/conversations/messages", WithBody((context, body) => body.Text("type") == "Email" ? letters.Send(body) : texts.Send(body, Happening.Of(context)?.Carrier)));
        app.MapGet("/conversations/{id}/messages", Guarded(context => Task.FromResult(texts.List(Id(context), context.Request.Query["lastMessageId"], int.TryParse(context.Request.Query["limit"], out var limit) ? limit : 20))));
        // The address is the secret: no token, no version.
        app.MapPost("/hooks/{location}/webhook-trigger/{id}", async (HttpContext context) =>
            await (await JsonBody.ReadAsync(context) is { } body ? texts.Trigger(Id(context), body) : HighLevelErrors.BadRequest("Bad Request")).WriteAsync(context));
        app.MapGet("/conversations/messages/export", Guarded(context => Task.FromResult(MessageExport.Of(context.Request.Query) is { Channel: "Email" } mails ? letters.Export(mails) : texts.Export(MessageExport.Of(context.Request.Query)))));
        app.MapGet("/conversations/messages/email/{id}", Guarded(context => Task.FromResult(letters.Read(Id(context)))));
        app.MapGet("/conversations/messages/{id}", Guarded(context => Task.FromResult(texts.Read(Id(context)))));
        app.MapFallback(Guarded(context => Task.FromResult(HighLevelErrors.NotFound($"Cannot {context.Request.Method} {context.Request.Path}"))));
    }

    private static bool IsReading(HttpRequest request) => HttpMethods.IsGet(request.Method) || request.Path.Value!.EndsWith("/search", StringComparison.Ordinal);

    /// <summary>The seeded rows of one contact, or all.</summary>
    private static Answer Of(IReadOnlyList<JsonObject> rows, string name, string? contact)
    {
        var found = rows.Where(r => string.IsNullOrEmpty(contact) || r.Text("contactId") == contact).ToList();
        return Answer.Ok(new JsonObject { [name] = new JsonArray([.. found.Select(r => r.DeepClone())]), ["total"] = found.Count });
    }

    /// <summary>What every conversation shows, whatever a test says of it.</summary>
    private JsonObject Whole(JsonObject conversation)
    {
        var whole = new JsonObject
        {
            ["id"] = $"cnv_{conversation.Text("contactId")}", ["locationId"] = options.HighLevelLocation, ["lastMessageBody"] = "", ["lastMessageType"] = "TYPE_SMS", ["type"] = "TYPE_PHONE",
            ["unreadCount"] = 0, ["fullName"] = "", ["contactName"] = "", ["email"] = "", ["phone"] = "",
        };
        foreach (var (name, value) in conversation) whole[name] = value?.DeepClone();
        return whole;
    }

    private static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private RequestDelegate WithBody(Func<HttpContext, JsonObject, Answer> handle) => Guarded(async context =>
        await JsonBody.ReadAsync(context) is { } body ? handle(context, body) : HighLevelErrors.BadRequest("Bad Request"));

    private RequestDelegate Guarded(Func<HttpContext, Task<Answer>> handle) => async context =>
    {
        var within = rate.Stamp(context.Response);
        var version = context.Request.Headers["Version"].ToString();
        var scope = $"{context.Request.Path.Value!.Trim('/').Split('/')[0]}.{(IsReading(context.Request) ? "readonly" : "write")}";
        var answer = !within && options.HighLevelTurnsAway is not null ? HighLevelErrors.TooMany : !tokens.LetsIn(context.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal)) ? HighLevelErrors.InvalidToken
            : version.Length == 0 ? HighLevelErrors.NoVersion
            : !Versions.Contains(version) ? HighLevelErrors.WrongVersion
            : scope == options.HighLevelLacks ? HighLevelErrors.NoScope
            : await handle(context);
        if (version == "v3") Version3.Rewrite(answer.Body);
        await answer.WriteAsync(context);
    };
}
