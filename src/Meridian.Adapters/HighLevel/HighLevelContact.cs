using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.HighLevel;

/// <summary>Reads a HighLevel contact. <c>active</c> means that the do-not-disturb is on.</summary>
internal static class HighLevelContact
{
    /// <summary>Whether both fields, as far as they are there, can be read, each channel's status too, and one is. An empty list is how some write an empty object.</summary>
    public static bool TellsDoNotDisturb(JsonElement contact)
    {
        var (all, channels) = (contact.At("dnd"), contact.At("dndSettings"));
        var allIsTold = all.IsTrue() || all.ValueKind == JsonValueKind.False || string.Equals(all.Text(), "false", StringComparison.OrdinalIgnoreCase);
        var channelsAreTold = (channels.ValueKind == JsonValueKind.Object && channels.Properties().All(c => c.Value.IsMissing() || c.Value.At("status").ValueKind == JsonValueKind.String)) || (channels.ValueKind == JsonValueKind.Array && channels.GetArrayLength() == 0);
        return (allIsTold || all.IsMissing()) && (channelsAreTold || channels.IsMissing()) && (allIsTold || channelsAreTold);
    }

    /// <summary>
    /// An upsert answers with what is stored, not with what was sent: when e-mail and phone match two contacts, it updates the first and drops
    /// the other field without a word. A text would then go to another number than the one judged.
    /// </summary>
    public static TextContact Judge(string contactId, JsonElement contact, string phoneE164)
    {
        if (AnythingOn(contact) is { } detail) return new TextContact.DoNotDisturb(contactId, detail);
        var stored = contact.At("phone").Text();
        if (NamedAddresses.Phone(stored) != NamedAddresses.Phone(phoneE164))
        {
            return new TextContact.Mismatch(contactId, stored is null ? "HighLevel stored no phone for this contact" : $"HighLevel has {stored} for this contact, we meant {phoneE164}");
        }

        return new TextContact.Ready(contactId);
    }

    /// <summary>Every do-not-disturb that is on, in words; null: none. On whichever channel, it stops all of ours (decision 6); a word we do not know counts as on.</summary>
    public static string? AnythingOn(JsonElement contact)
    {
        var on = contact.At("dndSettings").Properties().Where(p => IsOn(p.Value)).Select(p => $"{p.Name} {p.Value.At("status").Text()}").ToList();
        if (contact.At("dnd").IsTrue()) on.Insert(0, "all channels");
        return on.Count == 0 ? null : string.Join(", ", on);
    }

    public static bool IsOn(JsonElement setting) =>
        setting.At("status").Text() is { } status && !string.Equals(status.Trim(), "inactive", StringComparison.OrdinalIgnoreCase) && status.Trim().Length > 0;
}
