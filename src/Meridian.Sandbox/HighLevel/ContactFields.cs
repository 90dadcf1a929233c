using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.HighLevel;

/// <summary>The strict whitelist of the contact routes, and how a request's fields become the stored ones.</summary>
internal static class ContactFields
{
    private static readonly string[] Common =
    [
        "address1", "assignedTo", "city", "country", "customFields", "dateOfBirth", "dnd", "dndSettings", "email", "firstName", "inboundDndSettings", "lastName",
        "name", "phone", "postalCode", "source", "state", "tags", "timezone", "website",
    ];

    private static readonly HashSet<string> OfUpsert = [.. Common, "companyName", "createNewIfDuplicateAllowed", "gender", "locationId"];
    private static readonly HashSet<string> OfUpdate = [.. Common];

    public static Answer? RefusalOfUpsert(JsonObject request) => Refusal(request, OfUpsert);

    public static Answer? RefusalOfUpdate(JsonObject request) => Refusal(request, OfUpdate);

    public static string? Email(JsonObject request) => request.Text("email")?.Trim().ToLowerInvariant() is { Length: > 0 } email ? email : null;

    public static string? Phone(JsonObject request) => request.Text("phone")?.Trim() is { Length: > 0 } phone ? phone : null;

    /// <summary>Everything but the addresses and do-not-disturb, which have rules of their own. Gender is dropped without a word, as the real thing does.</summary>
    public static void Take(JsonObject request, JsonObject into)
    {
        foreach (var (name, value) in request)
            if (name is not ("email" or "phone" or "locationId" or "createNewIfDuplicateAllowed" or "dndSettings" or "gender")) into[name] = value?.DeepClone();
    }

    private static Answer? Refusal(JsonObject request, HashSet<string> known)
    {
        var unknown = request.Select(p => p.Key).Where(name => !known.Contains(name)).Select(name => $"property {name} should not exist").ToList();
        return unknown.Count > 0 ? HighLevelErrors.Unprocessable(unknown) : null;
    }
}
