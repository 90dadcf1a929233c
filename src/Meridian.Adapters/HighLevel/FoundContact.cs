using System.Text.Json;
using Meridian.Adapters.Http;
using NodaTime;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// A contact as HighLevel's search shows it. The search names some fields otherwise than a look at the contact does and is a few seconds behind; it
/// may leave the do-not-disturb out, and silence is not a no: before anybody is contacted, the contact itself is looked at.
/// </summary>
/// <param name="DoNotDisturb">What is on, in words; null: nothing it tells.</param>
/// <param name="TellsDoNotDisturb">Whether it said of each channel that it is on or off.</param>
/// <param name="SearchAfter">The mark to go on behind this contact, as JSON.</param>
/// <param name="Raw">The contact as it came, as JSON.</param>
public sealed record FoundContact(
    string Id, string? Email, string? Phone, string? FirstName, string? LastName, string? Address, string? City, string? State, string? PostalCode, string? Country, string? CompanyName,
    IReadOnlyList<string> Tags, string? DoNotDisturb, bool TellsDoNotDisturb, Instant? DateAdded, Instant? DateUpdated, string? Timezone, IReadOnlyList<string> ActiveWorkflows, string? Type, string? Source,
    string? SearchAfter, string Raw)
{
    /// <summary>Null: it has no id, so it is no contact.</summary>
    internal static FoundContact? Of(JsonElement contact)
    {
        if (contact.At("id").Text() is not { } id) return null;
        var mark = contact.At("searchAfter");
        return new FoundContact(
            id, contact.At("email").Text(), contact.At("phone").Text(), contact.At("firstName").Text() ?? contact.At("firstNameLowerCase").Text(),
            contact.At("lastName").Text() ?? contact.At("lastNameLowerCase").Text(), contact.At("address").Text() ?? contact.At("address1").Text(), contact.At("city").Text(),
            contact.At("state").Text(), contact.At("postalCode").Text(), contact.At("country").Text(), contact.At("companyName").Text(), Texts(contact.At("tags")),
            HighLevelContact.AnythingOn(contact), contact.At("dnd").IsTrue() || contact.At("dndSettings").Properties().Any(), contact.At("dateAdded").Time(), contact.At("dateUpdated").Time(),
            contact.At("timezone").Text(), Texts(contact.At("activeWorkflows")), contact.At("type").Text(), contact.At("source").Text(),
            mark.ValueKind == JsonValueKind.Array ? mark.GetRawText() : null, contact.GetRawText());
    }

    /// <summary>A workflow was seen as its id and as an object that has one.</summary>
    private static IReadOnlyList<string> Texts(JsonElement list) => [.. list.Items().Select(i => i.Text() ?? i.At("id").Text() ?? "").Where(text => text.Length > 0)];
}
