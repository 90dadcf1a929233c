using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.HighLevel;

/// <summary>The filters of the message export, which a client uses to find out what became of a send it heard nothing about.</summary>
internal sealed record MessageExport(string? Location, string? ContactId, string? Channel, DateTimeOffset? From, DateTimeOffset? Until, int Limit, int Cursor, bool Ascending, bool ByChange)
{
    public static MessageExport Of(IQueryCollection query) => new(
        Text(query, "locationId"), Text(query, "contactId"), Text(query, "channel"), Time(query, "startDate"), Time(query, "endDate"),
        Math.Clamp(Whole(query, "limit") ?? 100, 10, 500), Math.Max(0, Whole(query, "cursor") ?? 0), Text(query, "sortOrder") == "asc", Text(query, "sortBy") == "updatedAt");

    public bool Matches(TextMessage message) =>
        Channel is null or "SMS" && (ContactId is null || ContactId == message.ContactId)
        && (From is null || message.At >= From) && (Until is null || message.At <= Until);

    public IEnumerable<TextMessage> Sorted(IEnumerable<TextMessage> found)
    {
        var ascending = found.OrderBy(m => m.At);
        return Ascending ? ascending : ascending.Reverse();
    }

    private static string? Text(IQueryCollection query, string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;

    private static int? Whole(IQueryCollection query, string name) => int.TryParse(Text(query, name), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset? Time(IQueryCollection query, string name)
    {
        var text = Text(query, name);
        if (long.TryParse(text, CultureInfo.InvariantCulture, out var milliseconds)) return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
    }
}
