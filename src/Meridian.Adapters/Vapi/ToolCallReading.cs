using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine.Voice;

namespace Meridian.Adapters.Vapi;

/// <summary>The tool calls of a <c>tool-calls</c> message. Three shapes are in the wild: with a function object, flat with arguments, flat with parameters; arguments as an object or as its JSON text.</summary>
public static class ToolCallReading
{
    public static IReadOnlyList<VoiceToolCall> Of(string raw) =>
        (JsonReading.TryParse(raw) ?? default).At("message") is var message && message.At("type").Text() == "tool-calls" ? Of(message) : [];

    internal static IReadOnlyList<VoiceToolCall> Of(JsonElement message)
    {
        var call = message.At("call");
        var caller = NamedAddresses.Phone(call.At("customer", "number").Text()) ?? NamedAddresses.Phone(message.At("customer", "number").Text());
        var list = message.At("toolCallList").Items().ToList();
        if (list.Count == 0) list = [.. message.At("toolCalls").Items()];
        if (list.Count == 0) list = [.. message.At("toolWithToolCallList").Items().Select(item => item.At("toolCall"))];
        return [.. from item in list
                   let name = item.At("function", "name").Text() ?? item.At("name").Text()
                   where name is not null
                   select new VoiceToolCall(item.At("id").Text() ?? name, name, Arguments(item), CallReading.TouchId(call), call.At("id").Text() ?? message.At("callId").Text(), caller)];
    }

    private static Dictionary<string, string> Arguments(JsonElement item)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var place in (ReadOnlySpan<JsonElement>)[item.At("function", "arguments"), item.At("arguments"), item.At("parameters"), item.At("function", "parameters")])
        {
            var given = place.ValueKind == JsonValueKind.String ? JsonReading.TryParse(place.Text()) ?? default : place;
            foreach (var property in given.Properties()) if (property.Value.Text() is { } text) found.TryAdd(property.Name, text);
        }

        return found;
    }
}
