using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.HighLevel;

/// <summary>What the contact search knows: every contact as it stood a few seconds ago. Who searches for what they have just written finds the old state.</summary>
internal sealed class SearchIndex(SandboxOptions options)
{
    private readonly Dictionary<string, List<(DateTimeOffset At, JsonObject Fields)>> states = [];

    public void Note(Contact contact, DateTimeOffset at)
    {
        if (!states.TryGetValue(contact.Id, out var known)) states[contact.Id] = known = [];
        known.Add((at, (JsonObject)contact.Fields.DeepClone()));
        // Of the states the index has already, only the last is ever asked for.
        var seen = known.FindLastIndex(s => s.At <= Until);
        if (seen > 0) known.RemoveRange(0, seen);
    }

    /// <summary>Every contact the index has by now, in the search's own form.</summary>
    public IEnumerable<JsonObject> Contacts()
    {
        foreach (var (id, known) in states)
            if (known.FindLast(s => s.At <= Until).Fields is { } fields) yield return Shown(id, fields);
    }

    private DateTimeOffset Until => Stamp.Now(options.Clock) - options.HighLevelIndexLag;

    /// <summary>The search names some fields otherwise than a look at the contact does, and knows a few more.</summary>
    private JsonObject Shown(string id, JsonObject fields)
    {
        var shown = new JsonObject { ["id"] = id, ["locationId"] = options.HighLevelLocation };
        foreach (var (name, value) in fields)
            if (name is not ("firstName" or "lastName" or "address1" or "name")) shown[name] = value?.DeepClone();
        shown["firstNameLowerCase"] = fields.Text("firstName")?.ToLowerInvariant();
        shown["lastNameLowerCase"] = fields.Text("lastName")?.ToLowerInvariant();
        shown["address"] = fields.Text("address1");
        foreach (var list in (ReadOnlySpan<string>)["additionalEmails", "additionalPhones", "tags", "activeWorkflows"]) shown[list] ??= new JsonArray();
        foreach (var none in (ReadOnlySpan<string>)["phoneLabel", "validEmail", "timezone", "source", "companyName", "city", "state", "postalCode", "country"]) shown.TryAdd(none, null);
        shown["type"] ??= "lead";
        if (options.HighLevelSearchHidesDnd) shown.Remove("dndSettings");
        return shown;
    }
}
