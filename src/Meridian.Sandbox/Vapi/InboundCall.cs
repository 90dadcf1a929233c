using System.Text.Json.Nodes;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Vapi;

/// <summary>
/// Somebody calls one of our numbers. No request made it, so the number decides: its own assistant answers, or its server is asked who does; its server also
/// hears of the call, unless the answer names another. Kept like a request, so that it is there again after a restart.
/// </summary>
internal static class InboundCall
{
    private const string Mark = "calledUs";

    public static bool Is(JsonObject request) => request[Mark] is not null;

    public static JsonObject? ServerOf(JsonObject request) => request.Object(Mark).Object("server");

    public static JsonObject Begin(string phoneNumberId, string person, IReadOnlyList<string> said, bool wantsOut, JsonObject? number)
    {
        var call = new JsonObject { ["said"] = new JsonArray([.. said.Select(words => (JsonNode)words)]), ["wantsOut"] = wantsOut };
        if (number.Copy("server") is { } server) call["server"] = server;
        var request = new JsonObject { [Mark] = call, ["phoneNumberId"] = phoneNumberId, ["customer"] = new JsonObject { ["number"] = person } };
        foreach (var whose in (string[])["assistantId", "squadId", "workflowId"])
            if (number.Text(whose) is { } id) request[whose] = id;
        if (Answers(request)) return request;
        call["ends"] = CallServer.Read(call.Object("server")) is null ? "call-start-error-neither-assistant-nor-server-set" : "assistant-request-failed";
        return request;
    }

    /// <summary>Nobody is set to answer, and there is somebody to ask.</summary>
    public static bool AsksWhoAnswers(JsonObject request) => request.Object(Mark).Text("ends") == "assistant-request-failed";

    public static void Answered(JsonObject request, JsonObject? reply)
    {
        foreach (var name in (string[])["assistantId", "assistant", "assistantOverrides"])
            if (reply.Copy(name) is { } value) request[name] = value;
        var call = request.Object(Mark)!;
        if (Answers(request)) call.Remove("ends");
        else if (reply.Text("error") is not null) call["ends"] = "assistant-request-returned-error";
    }

    /// <summary>They speak once the greeting is over, a few seconds a sentence, and hang up.</summary>
    public static CallPlan Plan(JsonObject request, DateTimeOffset at)
    {
        var call = request.Object(Mark);
        if (call.Text("ends") is { } reason) return new CallPlan("not-answered", reason, at, null, at.AddSeconds(1));
        var answered = at.AddSeconds(1);
        var said = new List<Utterance>();
        if (Call.Spoken(request, "firstMessage") is { } greeting) said.Add(new Utterance("bot", greeting, 0, 8));
        foreach (var words in call.List("said") ?? []) said.Add(new Utterance("user", words!.ToString(), 9 + said.Count * 4, 3));
        var over = answered.AddSeconds(said.Count == 0 ? 4 : said[^1].FromStart + said[^1].Seconds);
        return new CallPlan("called-us", "customer-ended-call", at, answered, over.AddSeconds(2))
        {
            Said = said, OptOutSaidAt = call?["wantsOut"]?.GetValue<bool>() == true ? over : null,
        };
    }

    private static bool Answers(JsonObject request) => ((string[])["assistantId", "assistant", "squadId", "workflowId"]).Any(name => request[name] is not null);
}
