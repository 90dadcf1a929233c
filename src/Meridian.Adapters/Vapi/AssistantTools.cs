using System.Text.Json.Nodes;
using Meridian.Engine.Voice;

namespace Meridian.Adapters.Vapi;

/// <summary>The tools a conversation of ours has, beside whatever the saved assistant brings: the way out always, meetings and a person where the owner has them.</summary>
internal static class AssistantTools
{
    public static JsonArray For(VapiOptions options, string? transferTo)
    {
        var tools = new JsonArray();
        if (options.WebhookUrl is not null)
        {
            tools.Add(Tool(VoiceTools.DoNotCall, "Call this at once when the person asks, in any words or by pressing 9, not to be contacted again, to be taken off a list, or to stop.", [("reason", "their own words")],
                "I am sorry for the disturbance. You are off our list. Goodbye.", ends: true));
            tools.Add(Tool(VoiceTools.CallBack, "Call this when the person wants a human being to call them back.", [("when", "when they want to be called, in their own words")], null, ends: false));
            if (options.BooksMeetings)
            {
                tools.Add(Tool(VoiceTools.FindTimes, "Reads the free times of the calendar. Call this before offering a meeting; offer only times it returns.", [], null, ends: false));
                tools.Add(Tool(VoiceTools.BookMeeting, "Books a meeting at a time the person agreed to.", [("start", "the start exactly as find_times returned it, with its offset")], null, ends: false));
            }
        }

        if (transferTo is not null) tools.Add(Transfer(transferTo));
        return tools;
    }

    /// <summary>Keys reach the conversation as a person's message, "User's Keypad Entry: 9" (docs: keypad input settings).</summary>
    public static JsonObject Keypad() => new() { ["enabled"] = true, ["timeoutSeconds"] = 1, ["delimiters"] = "#" };

    private static JsonObject Tool(string name, string description, ReadOnlySpan<(string Name, string Description)> parameters, string? afterwards, bool ends)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var parameter in parameters)
        {
            properties[parameter.Name] = new JsonObject { ["type"] = "string", ["description"] = parameter.Description };
            required.Add(parameter.Name);
        }

        var tool = new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = name, ["description"] = description, ["parameters"] = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required } },
        };
        if (afterwards is not null) tool["messages"] = new JsonArray(new JsonObject { ["type"] = "request-complete", ["content"] = afterwards, ["endCallAfterSpokenEnabled"] = ends });
        return tool;
    }

    private static JsonObject Transfer(string number) => new()
    {
        ["type"] = "transferCall",
        ["destinations"] = new JsonArray(new JsonObject
        {
            ["type"] = "number", ["number"] = number, ["message"] = "One moment, I am connecting you with a colleague.",
            ["description"] = "A person. Use it when the caller asks for a human being now.",
            ["transferPlan"] = new JsonObject { ["mode"] = "warm-transfer-say-summary" },
        }),
    };
}
