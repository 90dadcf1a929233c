using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.HighLevel;

/// <summary>HighLevel's refusals, word for word where the words are known. The do-not-disturb one says "status" where the others say "statusCode".</summary>
internal static class HighLevelErrors
{
    public static Answer InvalidToken => With(401, "Invalid token: access token is invalid", "Unauthorized");
    /// <summary>A scope that lacks is a 401, not a 403.</summary>
    public static Answer NoScope => new(401, new JsonObject { ["message"] = "The token is not authorized for this scope." });

    public static Answer TooMany => new(429, new JsonObject { ["message"] = "Too Many Requests", ["statusCode"] = 429 });

    public static Answer NoVersion => With(401, "version header was not found.", "Unauthorized");
    public static Answer WrongVersion => With(401, "version header is invalid", "Unauthorized");
    public static Answer WrongLocation => With(403, "The token does not have access to this location", "Forbidden");

    public static Answer BadRequest(string message) => With(400, message, "Bad Request");

    public static Answer NotFound(string message) => With(404, message, "Not Found");

    public static Answer Unprocessable(IEnumerable<string> messages) => new(422, new JsonObject
    {
        ["statusCode"] = 422, ["message"] = new JsonArray([.. messages.Select(m => (JsonNode)m)]), ["error"] = "Unprocessable Entity",
    });

    public static Answer DoNotDisturb(string channel = "SMS") => new(400, new JsonObject { ["status"] = 400, ["message"] = $"Cannot send message as DND is active for {channel}." });

    private static Answer With(int status, string message, string error) =>
        new(status, new JsonObject { ["statusCode"] = status, ["message"] = message, ["error"] = error });
}
