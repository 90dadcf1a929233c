using System.Globalization;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.Vapi;

/// <summary>The filters GET /call knows. There is none for metadata, customer or status, and no page.</summary>
internal sealed record CallFilter(string? Id, string? PhoneNumberId, string? AssistantId, Between Created, Between Updated, int Limit)
{
    public static CallFilter Of(IQueryCollection query) => new(
        Text(query, "id"), Text(query, "phoneNumberId"), Text(query, "assistantId"), Between.Of(query, "createdAt"), Between.Of(query, "updatedAt"),
        int.TryParse(Text(query, "limit"), CultureInfo.InvariantCulture, out var limit) ? Math.Clamp(limit, 0, 1000) : 100);

    public bool Matches(Call call, DateTimeOffset now) =>
        (Id is null || Id == call.Id) && (PhoneNumberId is null || PhoneNumberId == call.PhoneNumberId)
        && (AssistantId is null || AssistantId == call.Request.Text("assistantId"))
        && Created.Holds(call.CreatedAt) && Updated.Holds(CallJson.ChangedAt(call, now));

    private static string? Text(IQueryCollection query, string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;
}

/// <summary>A time by up to four bounds, <c>createdAtGe</c> and the like.</summary>
internal sealed record Between(DateTimeOffset? Ge, DateTimeOffset? Le, DateTimeOffset? Gt, DateTimeOffset? Lt)
{
    public static Between Of(IQueryCollection query, string name) => new(Time(query, name + "Ge"), Time(query, name + "Le"), Time(query, name + "Gt"), Time(query, name + "Lt"));

    public bool Holds(DateTimeOffset at) => (Ge is null || at >= Ge) && (Le is null || at <= Le) && (Gt is null || at > Gt) && (Lt is null || at < Lt);

    // Not cut to milliseconds: a bound is compared as it was sent.
    private static DateTimeOffset? Time(IQueryCollection query, string name) =>
        DateTimeOffset.TryParse(query[name], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
