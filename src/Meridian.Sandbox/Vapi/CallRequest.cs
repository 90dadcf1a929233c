using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Vapi;

/// <summary>What POST /call refuses. Only rules written down for the real thing: 40 characters, E.164, known caller id, no unknown property.</summary>
internal static partial class CallRequest
{
    private static readonly HashSet<string> Known =
    [
        "assistant", "assistantId", "assistantOverrides", "assistantVersion", "customer", "customerId", "metadata", "name", "phoneNumber", "phoneNumberId",
        "schedulePlan", "squad", "squadId", "squadOverrides", "transport", "workflow", "workflowId", "workflowOverrides",
    ];

    private static readonly HashSet<string> KnownOfCustomer =
        ["assistantOverrides", "email", "extension", "externalId", "name", "number", "numberE164CheckEnabled", "sipUri", "squadOverrides"];

    public static Answer? Refusal(JsonObject request, IReadOnlyDictionary<string, string> phoneNumbers)
    {
        var customer = request.Object("customer");
        List<string> wrong =
        [
            .. Unknown(request, Known, ""),
            .. Unknown(customer, KnownOfCustomer, "customer."),
            .. TooLong(request, "name", 40, ""),
            .. TooLong(customer, "name", 40, "customer."),
            .. TooLong(customer, "email", 40, "customer."),
            .. TooLong(customer, "externalId", 40, "customer."),
            .. TooLong(customer, "extension", 10, "customer."),
        ];
        if (customer is null) wrong.Add("customer must be an object");
        else if (customer.Text("number") is not { } number || !E164().IsMatch(number))
            wrong.Add("customer.number must be a valid phone number in the E.164 format. Hot tip, you may be missing the country code (Eg. US: +1).");
        if (wrong.Count > 0) return VapiErrors.Invalid(wrong);

        if (!new[] { "assistantId", "assistant", "squadId", "squad", "workflowId", "workflow" }.Any(name => request[name] is not null))
            return VapiErrors.Refuse("Couldn't Get Assistant. Need Either `assistant`, Or `assistantId`.");
        if (request.Text("phoneNumberId") is not { } id)
            return VapiErrors.Refuse("Couldn't Get Phone Number. Need Either `phoneNumberId` Or `phoneNumber`.");
        return phoneNumbers.ContainsKey(id) ? null : VapiErrors.Refuse($"`phoneNumber` `{id}` does not exist.");
    }

    private static IEnumerable<string> Unknown(JsonObject? node, HashSet<string> known, string prefix) =>
        node?.Select(p => p.Key).Where(name => !known.Contains(name)).Select(name => $"{prefix}property {name} should not exist") ?? [];

    private static IEnumerable<string> TooLong(JsonObject? node, string name, int most, string prefix)
    {
        if (node is null || node[name] is null) yield break;
        if (node.Text(name) is not { } text) yield return $"{prefix}{name} must be a string";
        else if (text.Length > most) yield return $"{prefix}{name} must be shorter than or equal to {most} characters";
    }

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}$", RegexOptions.CultureInvariant)]
    private static partial Regex E164();
}
