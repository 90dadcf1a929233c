using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.Wire;

/// <summary>A status and a JSON body, decided before anything is written to the wire.</summary>
internal sealed record Answer(int Status, JsonNode Body)
{
    /// <summary>Set for the few answers that are not JSON; then the body is not looked at.</summary>
    public string? PlainText { get; init; }

    public static Answer Ok(JsonNode body) => new(200, body);

    public async Task WriteAsync(HttpContext context)
    {
        var bytes = Encoding.UTF8.GetBytes(PlainText ?? Body.ToJsonString());
        context.Response.StatusCode = Status;
        context.Response.ContentType = PlainText is null ? "application/json; charset=utf-8" : "text/plain; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
