using System.Globalization;
using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine.Prospecting;

namespace Meridian.Adapters.Apollo;

/// <summary>Reads a delivery of phones: the same payload at the webhook and in the look for it.</summary>
internal static class PhoneReading
{
    /// <summary>Null: this is not a delivery.</summary>
    public static IReadOnlyList<ProspectPhone>? Delivery(JsonElement payload)
    {
        if (payload.At("people") is not { ValueKind: JsonValueKind.Array } people) return null;
        var phones = new OrderedDictionary<(string, string), ProspectPhone>();
        foreach (var person in people.Items())
        {
            if (person.At("id").Text() is not { } id) continue;
            foreach (var row in person.At("phone_numbers").Items())
            {
                if (Phone(id, row) is not { } phone) continue;
                var key = (id, phone.Number);
                // Named twice: the more careful of two statements holds.
                phones[key] = phones.TryGetValue(key, out var earlier)
                    ? earlier with { IsValid = earlier.IsValid && phone.IsValid, DoNotCall = earlier.DoNotCall || phone.DoNotCall }
                    : phone;
            }
        }

        return [.. phones.Values];
    }

    /// <summary>Apollo's charge, decimal; it is a number in every example seen, but nobody promises it.</summary>
    public static decimal? Credits(JsonElement payload)
    {
        var said = payload.At("credits_consumed");
        return decimal.TryParse(said.Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out var credits) ? Math.Max(0, credits) : null;
    }

    /// <summary>A signed number of 64 bits, kept as its text: a double would lose its last digits.</summary>
    public static string? RequestId(JsonElement said) =>
        said.Text() is { } text && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? text : null;

    /// <summary>Contacts already saved at Apollo carry the same facts under names without <c>_cd</c>.</summary>
    private static ProspectPhone? Phone(string id, JsonElement row)
    {
        if ((NamedAddresses.Phone(row.At("sanitized_number").Text()) ?? NamedAddresses.Phone(row.At("raw_number").Text())) is not { } number) return null;
        return new ProspectPhone(
            id, number, Either(row, "type_cd", "type"),
            IsValid: Either(row, "status_cd", "status") == "valid_number",
            DoNotCall: Either(row, "dnc_status_cd", "dnc_status") != "not_found");
    }

    private static string? Either(JsonElement row, string name, string savedName) => row.At(name).Text() ?? row.At(savedName).Text();
}
