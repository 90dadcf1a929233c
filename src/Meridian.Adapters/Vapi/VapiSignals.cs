using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine.Inbound;

namespace Meridian.Adapters.Vapi;

/// <summary>
/// Reads Vapi's server messages. There is no event id: call, type and status make one, so a repeated message is stored once. The message's own
/// status is trusted; the one inside its call may be older.
/// </summary>
public sealed class VapiSignals : ISignalReader
{
    private const string Report = "end-of-call-report";
    private const string StatusUpdate = "status-update";

    public string Provider => "vapi";

    public SignalEnvelope Describe(string raw)
    {
        if (Message(raw) is not { } message || message.At("type").Text() is not { } type) return Unreadable(raw);

        var call = message.At("call");
        var holds = type == Report;
        var addresses = NamedAddresses.Of(NamedAddresses.Phone(call.At("customer", "number").Text()), NamedAddresses.Phone(message.At("customer", "number").Text()));
        var callId = CallId(message);
        if (callId is null && type is Report or StatusUpdate) return Unreadable(raw);

        var eventId = callId is null ? NamedAddresses.HashId(raw) : $"{callId}:{type}:{message.At("status").Text()}";
        return new SignalEnvelope(eventId, type, CallReading.TouchId(call), null, addresses, holds);
    }

    public SignalMeaning Read(string raw)
    {
        if (Message(raw) is not { } message) return new SignalMeaning.Unreadable("not a JSON object with a message");
        if (message.At("type").Text() is not { } type) return new SignalMeaning.Unreadable("the message has no type");
        if (type is not (Report or StatusUpdate)) return new SignalMeaning.Nothing($"{type} asks nothing of us");
        if (CallId(message) is not { } callId) return new SignalMeaning.Unreadable($"{type} without a call id");

        var call = message.At("call");
        var touchId = CallReading.TouchId(call);
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

    private static JsonElement? Message(string raw) =>
        JsonReading.TryParse(raw) is { } root && root.At("message") is { ValueKind: JsonValueKind.Object } message ? message : null;

    private static string? CallId(JsonElement message) => message.At("call", "id").Text() ?? message.At("callId").Text();

    private static SignalEnvelope Unreadable(string raw) =>
        new(NamedAddresses.HashId(raw), "unreadable", null, null, NamedAddresses.Salvage(raw), Holds: true);
}
