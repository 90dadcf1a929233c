using System.Text.Json.Nodes;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Vapi;

/// <summary>The server messages of one call, on the clock: ringing, in progress, ended, and the report a little later.</summary>
internal sealed class CallEvents(SandboxLog log, TimerQueue timers, WebhookSender sender, WebhookRoad road, OptOuts optOuts, SandboxOptions options)
{
    private const string ReportType = "end-of-call-report";
    private const string ToolType = "tool-calls";
    private const string TalkType = "conversation-update";

    /// <summary>Fixed: a server's own timeout does not count here.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(7.5);

    private readonly TimeProvider clock = options.Clock;
    private readonly Lock gate = new();
    private readonly HashSet<string> toldOptOut = [.. log.Found.Where(line => line is { Provider: "vapi", Kind: "optout", Id: not null }).Select(line => line.Id!)];

    /// <summary>Set once the listener has its port; control URLs in the payloads point there.</summary>
    public Uri Base { get; set; } = new("http://127.0.0.1/");

    /// <summary>Plans every event later than an instant: the creation of a call, its hanging up, or the last thing an earlier run wrote.</summary>
    public void Schedule(Call call, DateTimeOffset after)
    {
        var plan = call.Plan;
        if (plan.RingsAt > after && plan.RingsAt < plan.EndsAt) Add(call, plan.RingsAt, "ringing", () => Status(call, "ringing"));
        if (plan.AnsweredAt is { } answered && answered > after) Add(call, answered, "in-progress", () => Status(call, "in-progress"));
        if (plan.OptOutSaidAt is { } said && said > after && WhoHears(call) is { } hears) Add(call, said + TimeSpan.FromMilliseconds(500), hears, () => hears == ToolType ? Tool(call) : Talk(call));
        ScheduleEnd(call);
    }

    /// <summary>Asks the number's server who answers; null when it does not say.</summary>
    public async Task<JsonObject?> WhoAnswersAsync(Call call, CancellationToken ct)
    {
        if (CallServer.Of(call.Request) is not { } server) return null;
        var json = new JsonObject { ["message"] = Message(call, "assistant-request") }.ToJsonString();
        return await sender.AskAsync(server.Url, json, server.Proof(options.VapiCredentials, json, $"{call.Id}:assistant-request", Stamp.Now(clock)), AnswerWithin, ct);
    }

    /// <summary>A third of the agents understand and use their tool, a third only pass on what is said, and a third are deaf until the report.</summary>
    private static string? WhoHears(Call call) => (call.Id[^1] % 3) switch
    {
        0 when call.Request.Object("assistantOverrides").List("tools:append") is { Count: > 0 } => ToolType,
        1 => TalkType,
        _ => null,
    };

    public void ScheduleEnd(Call call)
    {
        Add(call, call.Plan.EndsAt, "ended", () => Status(call, "ended"));
        Add(call, call.Plan.ReportedAt, ReportType, () => Report(call));
    }

    /// <summary>Only now does the engine know that this person wants to be left alone: by a report it took, or by a look at the finished call. Logged once.</summary>
    public void Told(Call call)
    {
        if (call.Plan.OptOutSaidAt is not { } said) return;
        lock (gate)
        {
            if (!toldOptOut.Add(call.Id)) return;
        }

        log.Append(at => new LogLine(at, "vapi", "optout")
        {
            From = call.To, To = call.From, Body = call.Plan.Said[^1].Text, Outcome = "told", SaidAt = said, Id = call.Id,
        });
        optOuts.Add(call.To);
    }

    /// <param name="what">A status, or <see cref="ReportType"/>.</param>
    private void Add(Call call, DateTimeOffset at, string what, Func<JsonObject> payload)
    {
        if (CallServer.Of(call.Request) is not { } server || !CallServer.Wants(call.Request, what is ReportType or ToolType or TalkType ? what : "status-update")) return;
        call.Ahead.Add(timers.Schedule(at, ct => road.TakeAsync(
            $"vapi {(what is ReportType or ToolType or TalkType ? what : "status-update")}", $"call:{call.Id}:{what}", at, call.To, what is ReportType or ToolType or TalkType, payload().ToJsonString(),
            () => Forged(call), (parcel, later) => DeliverAsync(call, server, what, parcel, 1, later), ct)));
    }

    private async Task DeliverAsync(Call call, CallServer server, string what, Parcel parcel, int tries, CancellationToken ct)
    {
        var status = await sender.PostAsync(server.Url, parcel.Json, parcel.Headers(server.Proof(options.VapiCredentials, parcel.Json, $"{call.Id}:{what}", Stamp.Now(clock))), server.Timeout, ct);
        if (status is >= 200 and < 300)
        {
            if (what is ReportType or ToolType or TalkType && parcel.Readable) Told(call);
        }
        else if (parcel.Paper != Paper.Forged && server.RetryAfter(status, tries) is { } delay)
        {
            // A retry carries the same bytes, even if the call has moved on.
            timers.Schedule(Stamp.Now(clock) + delay, again => DeliverAsync(call, server, what, parcel, tries + 1, again));
        }
    }

    /// <summary>A report of somebody who knows the call and not the secret: it would opt the person out.</summary>
    private string Forged(Call call)
    {
        var message = Message(call, ReportType);
        message["endedReason"] = "customer-ended-call";
        message["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["message"] = "Take me off your list and never call again." });
        return new JsonObject { ["message"] = message }.ToJsonString();
    }

    private JsonObject Status(Call call, string status)
    {
        var message = Message(call, "status-update");
        message["status"] = status;
        if (status == "ended") message["endedReason"] = call.Plan.EndedReason;
        return new JsonObject { ["message"] = message };
    }

    private JsonObject Tool(Call call)
    {
        var message = Message(call, ToolType);
        message["toolCallList"] = new JsonArray(new JsonObject
        {
            ["id"] = $"call_{call.Id[^12..]}", ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = "do_not_call", ["arguments"] = new JsonObject { ["reason"] = call.Plan.Said[^1].Text } },
        });
        return new JsonObject { ["message"] = message };
    }

    private JsonObject Talk(Call call)
    {
        var message = Message(call, TalkType);
        message["messages"] = CallJson.Messages(call.Plan);
        return new JsonObject { ["message"] = message };
    }

    private JsonObject Report(Call call)
    {
        var plan = call.Plan;
        var message = Message(call, "end-of-call-report");
        message["endedReason"] = plan.EndedReason;
        if (plan.AnsweredAt is { } answered) message["startedAt"] = Stamp.Text(answered);
        message["endedAt"] = Stamp.Text(plan.EndsAt);
        message["durationSeconds"] = Math.Round(plan.Talked.TotalSeconds, 3);
        message["cost"] = CallJson.Cost(plan);
        message["costBreakdown"] = CallJson.CostBreakdown(plan);
        message["analysis"] = CallJson.Analysis(plan);
        message["artifact"] = CallJson.Artifact(plan);
        message["transcript"] = CallJson.Transcript(plan);
        message["messages"] = CallJson.Messages(plan);
        return new JsonObject { ["message"] = message };
    }

    private JsonObject Message(Call call, string type)
    {
        var message = new JsonObject
        {
            ["type"] = type, ["timestamp"] = Stamp.Now(clock).ToUnixTimeMilliseconds(), ["call"] = CallJson.Bare(call, "queued", Base),
            ["phoneNumber"] = new JsonObject { ["id"] = call.PhoneNumberId, ["number"] = call.From },
        };
        if (call.Request.Copy("customer") is { } customer) message["customer"] = customer;
        return message;
    }
}
