using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.HighLevel;

/// <summary>A contact of the location. Its fields are kept as they came; only what decides something has a name here.</summary>
internal sealed class Contact(string id, JsonObject fields)
{
    private static readonly string[] Channels = ["Call", "Email", "SMS", "WhatsApp", "GMB", "FB"];

    public string Id => id;
    public JsonObject Fields => fields;
    public string? Email => fields.Text("email");
    public string? Phone => fields.Text("phone");
    public bool TextsBlocked => fields["dnd"]?.GetValueKind() == System.Text.Json.JsonValueKind.True || StatusOf("SMS") is "active" or "permanent";

    public bool LettersBlocked => fields["dnd"]?.GetValueKind() == System.Text.Json.JsonValueKind.True || StatusOf("Email") is "active" or "permanent";

    public string? StatusOf(string channel) => fields.Object("dndSettings").Object(channel).Text("status");

    /// <summary>STOP: only the person can lift it.</summary>
    public void BlockTextsForGood(string words) => BlockTexts("permanent", words, "103");

    /// <param name="status"><c>permanent</c>, or <c>active</c>, which the owner may lift.</param>
    public void BlockTexts(string status, string words, string code) => Settings()["SMS"] = new JsonObject { ["status"] = status, ["message"] = words, ["code"] = code };

    /// <summary>Takes the given settings over, or names the channel that a person closed for good and nobody else may open.</summary>
    public string? TakeSettings(JsonObject given)
    {
        var wanted = given.Where(s => s.Value is JsonObject)
            .Select(s => (Channel: Channels.FirstOrDefault(c => c.Equals(s.Key, StringComparison.OrdinalIgnoreCase)) ?? s.Key, Value: s.Value!)).ToList();
        var closed = wanted.FirstOrDefault(w => StatusOf(w.Channel) == "permanent" && w.Value.Text("status") != "permanent").Channel;
        if (closed is not null) return closed;
        foreach (var (channel, value) in wanted) Settings()[channel] = value.DeepClone();
        return null;
    }

    private JsonObject Settings()
    {
        if (fields.Object("dndSettings") is { } settings) return settings;
        var none = new JsonObject();
        fields["dndSettings"] = none;
        return none;
    }

    public JsonObject ToJson(string location)
    {
        var json = new JsonObject { ["id"] = id, ["locationId"] = location };
        foreach (var (name, value) in fields) json[name] = value?.DeepClone();
        return json;
    }
}
