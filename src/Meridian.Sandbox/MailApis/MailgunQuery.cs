using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.MailApis;

/// <summary>Which events are asked for: a time, a direction, kinds, and the place where the last page ended, all of which the address of the next page holds.</summary>
internal sealed record MailgunQuery(double Begin, double? End, bool Ascending, int Limit, string Kinds, string MessageId, string? After)
{
    /// <summary>Null: what is wrong with it.</summary>
    public static (MailgunQuery? Query, string? Wrong) Of(IQueryCollection query, double now)
    {
        double? Time(string name) => double.TryParse(query[name], NumberStyles.Float, CultureInfo.InvariantCulture, out var at) ? at : null;
        var (begin, end, ascending) = (Time("begin"), Time("end"), query["ascending"].ToString());
        if (query.ContainsKey("begin") && begin is null) return (null, "begin is not a time: the sandbox takes epoch seconds");
        if (begin is not null && end is null && ascending is not ("yes" or "no")) return (null, "ascending must be given where end is not");
        var forward = end is { } last && begin is { } first ? last >= first : ascending == "yes";
        return (new MailgunQuery(begin ?? now, end, forward, int.TryParse(query["limit"], out var limit) && limit > 0 ? limit : 100, query["event"].ToString(), query["message-id"].ToString(), null), null);
    }

    public static MailgunQuery? OfToken(string token)
    {
        try
        {
            var json = (JsonObject)JsonNode.Parse(Base64Url.DecodeFromChars(token))!;
            return new((double)json["begin"]!, (double?)json["end"], (bool)json["ascending"]!, (int)json["limit"]!, json.Text("kinds") ?? "", json.Text("id") ?? "", json.Text("after"));
        }
        catch (Exception e) when (e is FormatException or System.Text.Json.JsonException or InvalidCastException or NullReferenceException or ArgumentNullException)
        {
            return null;
        }
    }

    public string Token => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(new JsonObject
    {
        ["begin"] = Begin, ["end"] = End, ["ascending"] = Ascending, ["limit"] = Limit, ["kinds"] = Kinds, ["id"] = MessageId, ["after"] = After,
    }.ToJsonString()));

    public bool Takes(JsonObject news, DateTimeOffset at)
    {
        var time = at.ToUnixTimeMilliseconds() / 1000.0;
        var inTime = Ascending ? time >= Begin && (End is null || time <= End) : time <= Begin && (End is null || time >= End);
        return inTime && (Kinds.Length == 0 || Kinds.Split(" OR ").Contains(news.Text("event")))
            && (MessageId.Length == 0 || news.Object("message").Object("headers").Text("message-id") == MessageId);
    }

    /// <summary>Where it stands among the others.</summary>
    public string Place(JsonObject news, DateTimeOffset at) => $"{at.ToUnixTimeMilliseconds():D15} {news.Text("id")}";
}
