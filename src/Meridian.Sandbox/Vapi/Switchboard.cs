using System.Text.Json.Nodes;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Vapi;

/// <summary>Every call there was, and the decision to place another. A call is in the log before its answer leaves.</summary>
internal sealed class Switchboard(SandboxOptions options, Chance chance, SandboxLog log, ProviderBook book, OptOuts optOuts, CallEvents events)
{
    private const int Slots = 10;
    private static readonly TimeSpan Doubt = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private readonly OrderedDictionary<string, Call> calls = [];
    private readonly Dictionary<string, int> nth = [];
    private readonly Dictionary<string, JsonObject> requests = book.Found("call").ToDictionary(kept => kept.Id, kept => kept.Entry);
    private readonly Dictionary<string, string> endings = book.Found("ending").ToDictionary(kept => kept.Id, kept => kept.Entry.Text("reason")!);
    private readonly HashSet<string> erased = [.. book.Found("erased").Select(kept => kept.Id)];
    private readonly Dictionary<string, DateTimeOffset> hangUps = book.Found("hangup").ToDictionary(kept => kept.Id, kept => Stamp.Read(kept.Entry.Text("at"))!.Value);

    /// <param name="ends">The word this call will end with, whatever was said in it; null: the usual one.</param>
    public Answer Place(JsonObject request, string? ends)
    {
        if (CallRequest.Refusal(request, options.VapiPhoneNumbers) is { } refusal) return refusal;
        lock (gate)
        {
            var now = Stamp.Now(options.Clock);
            var active = calls.Values.Count(call => call.Plan.EndsAt > now);
            if (active >= Slots) return VapiErrors.OverConcurrency(Limits(active, blocked: true));

            var to = request.Object("customer").Text("number")!;
            var from = options.VapiPhoneNumbers[request.Text("phoneNumberId")!];
            var id = NextId(to);
            // The book first: a call in the log without its request could not report after a restart.
            book.Keep("call", id, request);
            if (ends is not null) book.Keep("ending", id, new JsonObject { ["reason"] = endings[id] = ends });
            Call? call = null;
            log.Append(at =>
            {
                call = Plan(id, from, to, at, request);
                return new LogLine(at, "vapi", "call")
                {
                    From = from, To = to, Touch = call.Touch, Body = Call.Spoken(request, "firstMessage") ?? "", Outcome = call.Plan.Outcome, Id = id,
                };
            });
            Add(call!);
            events.Schedule(call!, call!.CreatedAt);
            var json = CallJson.At(call, call.CreatedAt, events.Base);
            json["subscriptionLimits"] = Limits(active + 1, blocked: false);
            return new Answer(201, json);
        }
    }

    /// <summary>Somebody calls one of our numbers. Who answers is asked first, outside of any lock; that may take as long as the other side likes.</summary>
    public async Task<string> RingAsync(string phoneNumberId, string person, IReadOnlyList<string> said, bool wantsOut, CancellationToken ct)
    {
        var ours = options.VapiPhoneNumbers[phoneNumberId];
        string id;
        lock (gate) id = NextId(person);
        var request = InboundCall.Begin(phoneNumberId, person, said, wantsOut, options.VapiNumberSettings.GetValueOrDefault(phoneNumberId));
        var ringing = new Call(id, ours, person, Stamp.Now(options.Clock), request, InboundCall.Plan(request, Stamp.Now(options.Clock)), options.VapiAssistant);
        if (InboundCall.AsksWhoAnswers(request)) InboundCall.Answered(request, await events.WhoAnswersAsync(ringing, ct));
        lock (gate)
        {
            book.Keep("call", id, request);
            Call? call = null;
            log.Append(at =>
            {
                call = new Call(id, ours, person, at, request, InboundCall.Plan(request, at), options.VapiAssistant);
                return new LogLine(at, "vapi", "called-us") { From = person, To = ours, Body = string.Join(' ', said), Outcome = call.Plan.Outcome, Id = id };
            });
            Add(call!);
            events.Schedule(call!, call!.CreatedAt);
            return id;
        }
    }

    /// <summary>Ends a call by its control URL, which asks for the public key where the assistant or the call says so; nobody here has it.</summary>
    public Answer Control(string id)
    {
        lock (gate)
        {
            if (calls.TryGetValue(id, out var call) && !call.IsControlled) return VapiErrors.NotFound($"Call with id {id} not found.");
            if (call is { AsksForKey: true }) return VapiErrors.Unauthorized(VapiErrors.NoHeader);
        }

        return HangUp(id);
    }

    public Answer Read(string id)
    {
        lock (gate)
        {
            if (!calls.TryGetValue(id, out var call) || erased.Contains(id)) return VapiErrors.NotFound($"Call with id {id} not found.");
            var now = Stamp.Now(options.Clock);
            // From then on the call shows what was said in it: whoever looks has been told.
            if (now >= call.Plan.ReportedAt) events.Told(call);
            return Answer.Ok(CallJson.At(call, now, events.Base));
        }
    }

    public Answer List(CallFilter filter)
    {
        lock (gate)
        {
            var now = Stamp.Now(options.Clock);
            var found = calls.Values.Reverse().Where(call => !erased.Contains(call.Id) && filter.Matches(call, now)).Take(filter.Limit).Select(call => CallJson.At(call, now, events.Base));
            return Answer.Ok(new JsonArray([.. found]));
        }
    }

    private Answer HangUp(string id)
    {
        lock (gate)
        {
            if (!calls.TryGetValue(id, out var call)) return VapiErrors.NotFound($"Call with id {id} not found.");
            var now = Stamp.Now(options.Clock);
            if (now < call.Plan.EndsAt)
            {
                book.Keep("hangup", id, new JsonObject { ["at"] = Stamp.Text(now) });
                call.HangUp(now);
                events.ScheduleEnd(call);
            }
            return Answer.Ok(new JsonObject());
        }
    }

    /// <summary>Erases what is known of a call. It does not hang up: whoever talks goes on talking, and the slot stays taken.</summary>
    public Answer Erase(string id)
    {
        lock (gate)
        {
            if (!calls.TryGetValue(id, out var call) || !erased.Add(id)) return VapiErrors.NotFound($"Call with id {id} not found.");
            book.Keep("erased", id, []);
            return Answer.Ok(CallJson.At(call, Stamp.Now(options.Clock), events.Base));
        }
    }

    /// <summary>The people of an earlier run said what they would say again: plans come from the same hashes.</summary>
    public void Recall(LogLine line)
    {
        if (line is { Provider: "vapi", Kind: "called-us", Id: { } rung, From: { } person, To: { } ours } && requests.TryGetValue(rung, out var kept))
        {
            NextId(person);
            Add(new Call(rung, ours, person, line.At, kept, InboundCall.Plan(kept, line.At), options.VapiAssistant));
            return;
        }

        if (line is not { Provider: "vapi", Kind: "call", Id: { } id, From: { } from, To: { } to }) return;
        NextId(to);
        var call = Plan(id, from, to, line.At, requests.GetValueOrDefault(id) ?? Remembered(line));
        if (hangUps.TryGetValue(id, out var hungUpAt)) call.HangUp(hungUpAt);
        Add(call);
    }

    /// <summary>What ended shortly before the last line was written may not have been reported, and is reported again.</summary>
    public void Resume(DateTimeOffset last)
    {
        foreach (var call in calls.Values)
            if (call.Plan.EndsAt > last - Doubt) events.Schedule(call, last);
    }

    private Call Plan(string id, string from, string to, DateTimeOffset at, JsonObject request)
    {
        var plan = Callee.Plan(chance, to, nth[to], at, Call.Spoken(request, "firstMessage") ?? "", Call.Spoken(request, "voicemailMessage"), optOuts.Heard(to));
        var longest = request.Object("assistantOverrides").Number("maxDurationSeconds") ?? request.Object("assistant").Number("maxDurationSeconds") ?? 600;
        if (plan.AnsweredAt is { } answered && plan.Talked.TotalSeconds > longest) plan = plan.CutAt(Stamp.Cut(answered.AddSeconds(longest)), "exceeded-max-duration");
        if (endings.TryGetValue(id, out var word)) plan = plan with { EndedReason = word };
        return new Call(id, from, to, at, request, plan, options.VapiAssistant);
    }

    private string NextId(string to)
    {
        nth[to] = nth.GetValueOrDefault(to) + 1;
        return chance.Uuid("call-id", to, nth[to].ToString());
    }

    private void Add(Call call) => calls[call.Id] = call;

    private static JsonObject Limits(int active, bool blocked) => new()
    {
        ["concurrencyBlocked"] = blocked, ["concurrencyLimit"] = Slots, ["remainingConcurrentCalls"] = Math.Max(0, Slots - active),
    };

    /// <summary>The book was lost: enough of the request to list the call, nowhere to report it.</summary>
    private static JsonObject Remembered(LogLine line) => new() { ["name"] = line.Touch, ["customer"] = new JsonObject { ["number"] = line.To } };
}
