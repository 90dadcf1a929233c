using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Vapi;

/// <summary>Vapi's one error envelope, whose message is a string or an array of strings depending on who refused.</summary>
internal static class VapiErrors
{
    public static readonly string NoHeader = "Missing Authorization Header.";
    public static readonly string WrongKey = "Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa.";

    public static Answer Unauthorized(string message) => new(401, Envelope(message, "Unauthorized", 401));

    public static Answer Refuse(string message) => new(400, Envelope(message, "Bad Request", 400));

    /// <summary>Validation speaks in arrays.</summary>
    public static Answer Invalid(IEnumerable<string> messages) => new(400, Envelope(new JsonArray([.. messages.Select(m => (JsonNode)m)]), "Bad Request", 400));

    public static Answer NotFound(string message) => new(404, Envelope(message, "Not Found", 404));

    public static Answer Unavailable(string message) => new(503, Envelope(message, "Service Unavailable", 503));

    public static Answer OverConcurrency(JsonObject limits)
    {
        var body = Envelope("Over Concurrency Limit", "Bad Request", 400);
        body["subscriptionLimits"] = limits;
        return new(400, body);
    }

    private static JsonObject Envelope(JsonNode message, string error, int status) => new() { ["message"] = message, ["error"] = error, ["statusCode"] = status };
}
