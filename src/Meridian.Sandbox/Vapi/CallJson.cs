using System.Text.Json.Nodes;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Vapi;

/// <summary>The Call object at an instant, and the parts of it that reports repeat.</summary>
internal static class CallJson
{
    public const string OrgId = "eb166faa-7145-46ef-8044-589b47ae0001";

    private static readonly string[] Echoed = ["assistantId", "squadId", "workflowId", "phoneNumberId", "name", "customer", "metadata", "assistantOverrides"];

    public static JsonObject At(Call call, DateTimeOffset now, Uri baseUri)
    {
        var plan = call.Plan;
        var status = plan.StatusAt(now);
        var json = Bare(call, status, baseUri);
        json["updatedAt"] = Stamp.Text(ChangedAt(call, now));
        if (plan.AnsweredAt is { } answered && now >= answered) json["startedAt"] = Stamp.Text(answered);
        if (status != "ended") return json;
        json["endedAt"] = Stamp.Text(plan.EndsAt);
        json["endedReason"] = plan.EndedReason;
        // The report, the artifact and the bill come out of post-processing, seconds after the end.
        if (now < plan.ReportedAt) return json;
        json["cost"] = Cost(plan);
        json["costBreakdown"] = CostBreakdown(plan);
        json["artifact"] = Artifact(plan);
        json["analysis"] = Analysis(plan);
        return json;
    }

    /// <summary>The call as events carry it. Its status is the one it was created with, whatever the event says: the real thing does that too.</summary>
    public static JsonObject Bare(Call call, string status, Uri baseUri)
    {
        var json = new JsonObject
        {
            ["id"] = call.Id, ["orgId"] = OrgId, ["type"] = call.IsInbound ? "inboundPhoneCall" : "outboundPhoneCall", ["status"] = status,
            ["createdAt"] = Stamp.Text(call.CreatedAt), ["updatedAt"] = Stamp.Text(call.CreatedAt),
        };
        foreach (var name in Echoed)
            if (call.Request.Copy(name) is { } value) json[name] = value;
        json["cost"] = 0;
        json["phoneCallProvider"] = "twilio";
        json["phoneCallProviderId"] = "CA" + call.Id.Replace("-", "");
        json["phoneCallTransport"] = "pstn";
        var monitor = new JsonObject { ["listenUrl"] = $"ws://{baseUri.Authority}/{call.Id}/listen" };
        if (call.IsControlled) monitor["controlUrl"] = new Uri(baseUri, call.ControlPath).ToString();
        json["monitor"] = monitor;
        return json;
    }

    public static double Cost(CallPlan plan) => plan.AnsweredAt is null ? 0 : Math.Round(0.01 + plan.Talked.TotalMinutes * 0.09, 4);

    public static JsonObject CostBreakdown(CallPlan plan)
    {
        var total = Cost(plan);
        var vapi = Math.Round(total / 2, 4);
        return new JsonObject { ["transport"] = Math.Round(total - vapi, 4), ["stt"] = 0, ["llm"] = 0, ["tts"] = 0, ["vapi"] = vapi, ["total"] = total };
    }

    public static string Transcript(CallPlan plan) => string.Concat(plan.Said.Select(u => $"{(u.Role == "bot" ? "AI" : "User")}: {u.Text}\n"));

    public static JsonArray Messages(CallPlan plan)
    {
        if (plan.AnsweredAt is not { } answered) return [];
        var start = answered.ToUnixTimeMilliseconds();
        return new JsonArray([.. plan.Said.Select(u => new JsonObject
        {
            ["role"] = u.Role, ["message"] = u.Text, ["time"] = start + (long)(u.FromStart * 1000), ["endTime"] = start + (long)((u.FromStart + u.Seconds) * 1000),
            ["secondsFromStart"] = u.FromStart, ["duration"] = (long)(u.Seconds * 1000), ["source"] = "",
        })]);
    }

    public static JsonObject Artifact(CallPlan plan) => new() { ["transcript"] = Transcript(plan), ["messages"] = Messages(plan) };

    /// <summary>Under two utterances there is nothing to analyse, and the fields are missing rather than empty.</summary>
    public static JsonObject Analysis(CallPlan plan) => plan.Said.Count < 2
        ? []
        : new JsonObject { ["summary"] = $"The call lasted {plan.Talked.TotalSeconds:0} seconds.", ["successEvaluation"] = plan.Outcome == "answered" };

    public static DateTimeOffset ChangedAt(Call call, DateTimeOffset now)
    {
        DateTimeOffset?[] turns = [call.Plan.EndsAt, call.Plan.AnsweredAt, call.Plan.RingsAt, call.CreatedAt];
        return turns.First(at => at <= now) ?? call.CreatedAt;
    }
}
