using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.HighLevel;

/// <summary>An app hears of a do-not-disturb by its own event, <c>ContactDndUpdate</c>; a private token hears of none.</summary>
internal sealed class DoNotDisturbNews(SandboxOptions options, Chance chance, ContactBook contacts, WebhookRoad road, WebhookPost post)
{
    public Task BringAsync(string contactId, DateTimeOffset at, CancellationToken ct)
    {
        if (!options.HighLevelTellsDoNotDisturb || contacts.Shown(contactId) is not { } contact) return Task.CompletedTask;
        var id = chance.Uuid("webhook-dnd", contactId, Stamp.Text(at));
        return road.TakeAsync(
            "highlevel ContactDndUpdate", $"dnd:{id}", at, contact.Text("phone") ?? "", carriesWords: false, Envelope(contact, at, id).ToJsonString(), null,
            (parcel, later) => post.BringAsync(parcel, static () => { }, later), ct);
    }

    private JsonObject Envelope(JsonObject contact, DateTimeOffset at, string id)
    {
        var json = new JsonObject { ["type"] = "ContactDndUpdate" };
        foreach (var name in (ReadOnlySpan<string>)["id", "locationId", "firstName", "lastName", "dnd", "dndSettings", "email", "phone", "tags", "customFields"])
            if (contact.Copy(name) is { } value) json[name] = value;
        if (options.HighLevelWebhooksVersion3) Version3.RewriteContact(json);
        (json["timestamp"], json["webhookId"], json["appId"], json["versionId"]) = (Stamp.Text(at), id, "sandboxApp", "sandboxApp");
        return json;
    }
}
