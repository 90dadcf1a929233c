using System.Text.Json.Nodes;

namespace Meridian.Adapters.Vapi;

/// <summary>The few webhooks whose reply Vapi uses.</summary>
public static class VapiReplies
{
    public static JsonObject Results(IEnumerable<(string Id, string Name, string Said)> results) =>
        new() { ["results"] = new JsonArray([.. results.Select(r => new JsonObject { ["toolCallId"] = r.Id, ["name"] = r.Name, ["result"] = r.Said })]) };

    /// <summary>Who answers when somebody calls one of our numbers: the same assistant, which says who it is and how to be left alone. Vapi waits 7.5 s.</summary>
    public static JsonObject Answering(VapiOptions options, string sellerName, string? transferTo, int maxSeconds) => new()
    {
        ["assistantId"] = options.AssistantId,
        ["assistantOverrides"] = CallRequest.Conversation(
            $"Hello, this is the AI assistant of {sellerName}, on a recorded line. If you do not want to be contacted by us again, say stop or press 9. How can I help you?", options, transferTo, maxSeconds),
    };

    public static JsonObject NobodyAnswers() => new() { ["error"] = "Sorry, nobody can take your call right now. Please try again later." };
}
