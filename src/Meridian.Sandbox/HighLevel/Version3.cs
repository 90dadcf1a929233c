using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.HighLevel;

/// <summary>Version 3 writes the channels of a do-not-disturb small: <c>sms</c>, <c>whatsApp</c>, <c>gmb</c>.</summary>
internal static class Version3
{
    public static void Rewrite(JsonNode body)
    {
        foreach (var contact in (body.List("contacts") ?? []).Append(body.Object("contact")).OfType<JsonObject>()) RewriteContact(contact);
    }

    public static void RewriteContact(JsonObject contact)
    {
        if (contact.Object("dndSettings") is not { } settings) return;
        contact["dndSettings"] = new JsonObject(settings.Select(s => KeyValuePair.Create(s.Key.All(char.IsUpper) ? s.Key.ToLowerInvariant() : char.ToLowerInvariant(s.Key[0]) + s.Key[1..], s.Value?.DeepClone())));
    }
}
