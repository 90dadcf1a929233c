using System.Text.Json.Nodes;
using Meridian.Tests.Providers;

namespace Meridian.Tests.Contracts.Answers;

/// <summary>One way in which an answer comes, or does not.</summary>
/// <param name="Closed">Nobody listens at all.</param>
internal sealed record AnswerShape(string Name, Reply Reply, bool Closed = false)
{
    /// <summary>As good as documented, then everything that can go wrong with a good answer, then every refusal, then silence.</summary>
    public static IEnumerable<AnswerShape> Of(Question question)
    {
        var (status, body) = (question.Good.Status, question.Good.Body);
        yield return new AnswerShape("as documented", question.Good);
        foreach (var (name, spoilt) in Spoilt(body)) yield return new AnswerShape($"{status}, {name}", new Reply(status, spoilt));
        yield return new AnswerShape($"{status}, the body breaks off", new Reply(status, body, Truncates: true));
        foreach (var refusal in Refusals) yield return refusal;
        foreach (var example in VendorContract.All.Where(c => question.Vendor.StartsWith(c.Vendor, StringComparison.OrdinalIgnoreCase)).SelectMany(c => c.Operations)
                     .Where(o => $"{o.Method} {o.Template}" == question.Operation.Replace("/api/v1", "", StringComparison.Ordinal)).SelectMany(o => o.Examples))
            yield return new AnswerShape($"{example.Status} in the vendor's words: {example.Name}", new Reply(example.Status, example.Body));
        yield return new AnswerShape("nobody listens", question.Good, Closed: true);
        yield return new AnswerShape("the connection is cut after the request", Reply.Drop);
        yield return new AnswerShape("no answer in time", Reply.Hang);
    }

    private static readonly AnswerShape[] Refusals =
    [
        new("302", new Reply(302)),
        new("400", new Reply(400, """{"statusCode":400,"message":"Bad Request"}""")),
        new("400, a list of messages", new Reply(400, """{"message":["this is wrong","that is, too"],"error":"Bad Request","statusCode":400}""")),
        new("401, the token", new Reply(401, """{"statusCode":401,"message":"Invalid token: access token is invalid","error":"Unauthorized"}""")),
        new("401, the scope", new Reply(401, """{"statusCode":401,"message":"The token is not authorized for this scope."}""")),
        new("402", new Reply(402, """{"statusCode":402,"message":"Payment Required"}""")),
        new("403", new Reply(403, """{"statusCode":403,"message":"Forbidden resource"}""")),
        new("404", new Reply(404, """{"statusCode":404,"message":"Not Found"}""")),
        new("408", new Reply(408, """{"statusCode":408,"message":"Request Timeout"}""")),
        new("409", new Reply(409, """{"statusCode":409,"message":"Conflict"}""")),
        new("422", new Reply(422, """{"statusCode":422,"message":["Unprocessable Entity"],"error":"Unprocessable Entity"}""")),
        new("422, nothing", new Reply(422)),
        new("429", new Reply(429)),
        new("429, retry after 400 s", new Reply(429, """{"statusCode":429,"message":"Too Many Requests"}""", "400")),
        new("500", new Reply(500, """{"statusCode":500,"message":"Internal server error"}""")),
        new("502, a page", new Reply(502, "<html>Bad Gateway</html>")),
        new("503", new Reply(503, """{"statusCode":503,"message":"Service Unavailable"}""")),
        new("503, a page", new Reply(503, "<html>upstream</html>")),
        new("504, nothing", new Reply(504)),
    ];

    private static IEnumerable<(string Name, string Body)> Spoilt(string good)
    {
        yield return ("an empty object", "{}");
        yield return ("an empty list", "[]");
        yield return ("null", "null");
        yield return ("nothing", "");
        yield return ("a page", "<html>Welcome</html>");
        if (good.Length == 0) yield break;
        yield return ("half of it", good[..(good.Length / 2)]);
        yield return ("every value of another type", Twisted(JsonNode.Parse(good))!.ToJsonString());
    }

    /// <summary>Words become numbers, numbers words, lists objects; what was an object stays one.</summary>
    private static JsonNode? Twisted(JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Twisted(p.Value)))),
        JsonArray { Count: > 0 } a => new JsonObject { ["0"] = Twisted(a[0]) },
        JsonArray => new JsonObject(),
        JsonValue v when v.GetValueKind() == System.Text.Json.JsonValueKind.String => JsonValue.Create(7),
        JsonValue => JsonValue.Create("?"),
        _ => null,
    };
}
