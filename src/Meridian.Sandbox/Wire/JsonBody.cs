using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.Wire;

/// <summary>Reading what a client sent without trusting its types: a wrong type reads as absent and the validation says so.</summary>
internal static class JsonBody
{
    public static async Task<JsonObject?> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string? Text(this JsonNode? node, string name) => node.Get(name) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static double? Number(this JsonNode? node, string name) => node.Get(name) is JsonValue value && value.TryGetValue<double>(out var number) ? number : null;

    public static JsonObject? Object(this JsonNode? node, string name) => node.Get(name) as JsonObject;

    public static JsonArray? List(this JsonNode? node, string name) => node.Get(name) as JsonArray;

    /// <summary>A node has one parent; an answer that quotes a request needs its own copy.</summary>
    public static JsonNode? Copy(this JsonNode? node, string name) => node.Get(name)?.DeepClone();

    private static JsonNode? Get(this JsonNode? node, string name) => node is JsonObject map ? map[name] : null;
}
