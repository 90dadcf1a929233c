using System.Text.Json.Nodes;
using Meridian.Sandbox.Scripts;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.Vapi;

/// <summary>Vapi's routes. The control URL is open to whoever knows it, as the real one is by default.</summary>
internal sealed class VapiApi(SandboxOptions options, Switchboard switchboard)
{
    public void Map(WebApplication app)
    {
        app.MapPost("/call", Guarded(async context =>
            await JsonBody.ReadAsync(context) is { } request ? switchboard.Place(request, Happening.Of(context)?.Ends) : VapiErrors.Refuse("Unexpected token in JSON")));
        app.MapGet("/call", Guarded(context => switchboard.List(CallFilter.Of(context.Request.Query))));
        app.MapGet("/call/{id}", Guarded(context => switchboard.Read((string)context.Request.RouteValues["id"]!)));
        app.MapDelete("/call/{id}", Guarded(context => switchboard.Erase((string)context.Request.RouteValues["id"]!)));
        app.MapGet("/assistant", Guarded(_ => Answer.Ok(new JsonArray())));
        app.MapGet("/assistant/{id}", Guarded(context => options.VapiAssistants?.Contains((string)context.Request.RouteValues["id"]!) == false
            ? VapiErrors.NotFound($"Assistant {context.Request.RouteValues["id"]} not found")
            : Answer.Ok(Owned(context, Shown(new JsonObject { ["name"] = "Sandbox assistant" }, options.VapiAssistant)))));
        app.MapGet("/phone-number/{id}", Guarded(context => options.VapiPhoneNumbers.TryGetValue((string)context.Request.RouteValues["id"]!, out var number)
            ? Answer.Ok(Owned(context, Shown(new JsonObject { ["provider"] = "vapi", ["number"] = number, ["status"] = "active" }, options.VapiNumberSettings.GetValueOrDefault((string)context.Request.RouteValues["id"]!))))
            : VapiErrors.NotFound($"Phone number {context.Request.RouteValues["id"]} not found")));
        app.MapPost("/{id}/control", Control);
        app.MapFallback(Guarded(context => VapiErrors.NotFound($"Cannot {context.Request.Method} {context.Request.Path}")));
    }

    /// <summary>A call that is asked for.</summary>
    public static ContactAsked? Contacting(HttpRequest request, JsonObject body) =>
        request.Path == "/call" ? new ContactAsked(Call.TouchIn(body), body.Object("customer").Text("number"), null) : null;

    /// <summary>With whatever its owner has set.</summary>
    private static JsonObject Shown(JsonObject thing, JsonObject? settings)
    {
        foreach (var (name, value) in settings ?? []) thing[name] = value?.DeepClone();
        return thing;
    }

    /// <summary>What stands on everything an organisation has there.</summary>
    private static JsonObject Owned(HttpContext context, JsonObject thing)
    {
        thing["id"] = (string)context.Request.RouteValues["id"]!;
        thing["orgId"] = CallJson.OrgId;
        thing["createdAt"] = "2026-06-01T09:00:00.000Z";
        thing["updatedAt"] = "2026-06-01T09:00:00.000Z";
        return thing;
    }

    private async Task Control(HttpContext context)
    {
        var command = await JsonBody.ReadAsync(context);
        var answer = command.Text("type") == "end-call"
            ? switchboard.Control((string)context.Request.RouteValues["id"]!)
            : VapiErrors.Refuse("The sandbox understands only {\"type\":\"end-call\"}.");
        await answer.WriteAsync(context);
    }

    private RequestDelegate Guarded(Func<HttpContext, Answer> handle) => Guarded(context => Task.FromResult(handle(context)));

    private RequestDelegate Guarded(Func<HttpContext, Task<Answer>> handle) => async context =>
    {
        var given = context.Request.Headers.Authorization.ToString();
        var answer = given.Length == 0 ? VapiErrors.Unauthorized(VapiErrors.NoHeader)
            : given != $"Bearer {options.VapiKey}" ? VapiErrors.Unauthorized(VapiErrors.WrongKey)
            : await handle(context);
        await answer.WriteAsync(context);
    };
}
