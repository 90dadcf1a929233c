using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Domain.Compliance;
using Meridian.Engine.Inbound;
using Meridian.Engine.Voice;

namespace Meridian.Adapters.Vapi;

/// <summary>
/// Reads Vapi's server messages. There is no event id: call, type and status make one, so a repeated message is stored once. The message's own
/// status is trusted; the one inside its call may be older.
/// </summary>
public sealed class VapiSignals : ISignalReader
{
    internal const string Report = "end-of-call-report";
    private const string StatusUpdate = "status-update";
    private const string ToolCalls = "tool-calls";
    private const string Conversation = "conversation-update";

    public string Provider => "vapi";

    public SignalEnvelope Describe(string raw)
    {
        if (Message(raw) is not { } message || message.At("type").Text() is not { } type) return Unreadable(raw);

        var call = message.At("call");
        var isKept = type != Conversation || Read(raw) is not SignalMeaning.Nothing;
        var holds = isKept && type is (Report or ToolCalls or Conversation);
        var addresses = NamedAddresses.Of(NamedAddresses.Phone(call.At("customer", "number").Text()), NamedAddresses.Phone(message.At("customer", "number").Text()));
        var callId = CallId(message);
        if (callId is null && type is Report or StatusUpdate) return Unreadable(raw);

        var which = type switch
        {
            ToolCalls => string.Join('+', ToolCallReading.Of(message).Select(t => t.Id)),
            Conversation => "said-no",
            _ => message.At("status").Text(),
        };
        var eventId = callId is null ? NamedAddresses.HashId(raw) : $"{callId}:{type}:{which}";
        return new SignalEnvelope(eventId, type, CallReading.TouchId(call), null, addresses, holds) { IsKept = isKept };
    }

    public SignalMeaning Read(string raw)
    {
        if (Message(raw) is not { } message) return new SignalMeaning.Unreadable("not a JSON object with a message");
        if (message.At("type").Text() is not { } type) return new SignalMeaning.Unreadable("the message has no type");
        if (type == ToolCalls) return ReadTools(message);
        if (type == Conversation) return ReadConversation(message);
        if (type == "assistant-request") return new SignalMeaning.Nothing("somebody calls one of our numbers");
        if (type is not (Report or StatusUpdate)) return new SignalMeaning.Nothing($"{type} asks nothing of us");
        if (CallId(message) is not { } callId) return new SignalMeaning.Unreadable($"{type} without a call id");

        var call = message.At("call");
        var touchId = CallReading.TouchId(call);
        if (IsInbound(call))
        {
            return type == Report
                ? new SignalMeaning.CalledUs(callId, From(message), CallReading.PersonSaid(message) is { Length: > 0 } said ? said : CallReading.PersonSaid(call))
                : new SignalMeaning.Nothing("somebody calls one of our numbers");
        }

        if (type == Report) return new SignalMeaning.CallEnded(touchId, callId, CallReading.Ending(message, call), IsReport: true);

        return message.At("status").Text() switch
        {
            null => new SignalMeaning.Unreadable("status-update without a status"),
            // The call inside still says that it costs nothing: only the report knows.
            "ended" => new SignalMeaning.CallEnded(touchId, callId, CallReading.Ending(message, call) with { CostUsd = null }, IsReport: false),
            "ringing" => new SignalMeaning.CallProgress(touchId, callId, "ringing"),
            "in-progress" or "forwarding" => new SignalMeaning.CallProgress(touchId, callId, "in-progress"),
            var status => new SignalMeaning.Nothing($"{status} asks nothing of us"),
        };
    }

    private static SignalMeaning ReadTools(JsonElement message)
    {
        var tools = ToolCallReading.Of(message);
        if (tools.FirstOrDefault(t => t.Name == VoiceTools.DoNotCall) is { } no) return new SignalMeaning.CallOptOut(no.TouchId, no.CallId, no.FromE164);
        if (tools.FirstOrDefault(t => t.Name == VoiceTools.CallBack) is { } back)
            return new SignalMeaning.CallBackAsked(back.TouchId, back.CallId, back.FromE164, back.Arguments.GetValueOrDefault("when") ?? "they did not say when");
        return new SignalMeaning.Nothing($"the voice agent used {string.Join(", ", tools.Select(t => t.Name))}");
    }

    /// <summary>Everything said so far. A plain "no" ends the call now, whatever the voice agent makes of it; all else waits for the report.</summary>
    private static SignalMeaning ReadConversation(JsonElement message) => Said.Read(CallReading.PersonSaid(message)) == OptOutReading.OptOut
        ? new SignalMeaning.CallOptOut(CallReading.TouchId(message.At("call")), CallId(message), From(message))
        : new SignalMeaning.Nothing("they are talking");

    /// <summary>Vapi asks who answers a call to one of our numbers.</summary>
    public static bool IsIncomingCall(string raw) => Message(raw) is { } message && message.At("type").Text() == "assistant-request";

    internal static bool IsInbound(JsonElement call) => call.At("type").Text() == "inboundPhoneCall";

    private static string? From(JsonElement message) => NamedAddresses.Phone(message.At("call", "customer", "number").Text()) ?? NamedAddresses.Phone(message.At("customer", "number").Text());

    private static JsonElement? Message(string raw) =>
        JsonReading.TryParse(raw) is { } root && root.At("message") is { ValueKind: JsonValueKind.Object } message ? message : null;

    private static string? CallId(JsonElement message) => message.At("call", "id").Text() ?? message.At("callId").Text();

    private static SignalEnvelope Unreadable(string raw) =>
        new(NamedAddresses.HashId(raw), "unreadable", null, null, NamedAddresses.Salvage(raw), Holds: true);
}
