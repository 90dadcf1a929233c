using System.Globalization;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.Vapi;

/// <summary>The filters GET /call knows. There is none for metadata, customer or status, and no page.</summary>
internal sealed record CallFilter(string? Id, string? PhoneNumberId, string? AssistantId, DateTimeOffset? Ge, DateTimeOffset? Le, DateTimeOffset? Gt, DateTimeOffset? Lt, int Limit)
{
    public static CallFilter Of(IQueryCollection query) => new(
        Text(query, "id"), Text(query, "phoneNumberId"), Text(query, "assistantId"),
        Time(query, "createdAtGe"), Time(query, "createdAtLe"), Time(query, "createdAtGt"), Time(query, "createdAtLt"),
        int.TryParse(Text(query, "limit"), CultureInfo.InvariantCulture, out var limit) ? Math.Clamp(limit, 0, 1000) : 100);

    public bool Matches(Call call) =>
        (Id is null || Id == call.Id) && (PhoneNumberId is null || PhoneNumberId == call.PhoneNumberId)
        && (AssistantId is null || AssistantId == call.Request.Text("assistantId"))
        && (Ge is null || call.CreatedAt >= Ge) && (Le is null || call.CreatedAt <= Le) && (Gt is null || call.CreatedAt > Gt) && (Lt is null || call.CreatedAt < Lt);

    private static string? Text(IQueryCollection query, string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;

    // Not cut to milliseconds: a bound is compared as it was sent.
    private static DateTimeOffset? Time(IQueryCollection query, string name) =>
        DateTimeOffset.TryParse(Text(query, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
