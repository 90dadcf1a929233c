using System.Text.Json.Nodes;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Vapi;

/// <summary>Writes the body of <c>POST /call</c>. Dials at once: Vapi's own scheduler is coarse and would slip out of the contact window.</summary>
internal static class CallRequest
{
    private const int LongestName = 40;

    public static JsonObject Of(OutgoingCall call, VapiOptions options)
    {
        if (call.TouchId.Length > LongestName) throw new ArgumentException($"touch id {call.TouchId} is longer than the {LongestName} characters Vapi keeps");

        var body = new JsonObject
        {
            ["assistantId"] = options.AssistantId,
            ["phoneNumberId"] = call.ProviderSenderKey,
            ["name"] = call.TouchId,
            ["customer"] = Customer(call),
            ["assistantOverrides"] = Overrides(call, options),
        };
        if (options.SendsTopLevelMetadata) body["metadata"] = new JsonObject { ["touchId"] = call.TouchId };
        return body;
    }

    private static JsonObject Customer(OutgoingCall call)
    {
        var customer = new JsonObject { ["number"] = call.ToE164, ["externalId"] = Short(call.LeadId) };
        if (!string.IsNullOrWhiteSpace(call.CustomerName)) customer["name"] = Short(call.CustomerName.Trim());
        if (!string.IsNullOrWhiteSpace(call.Extension)) customer["extension"] = call.Extension;
        return customer;
    }

    private static JsonObject Overrides(OutgoingCall call, VapiOptions options)
    {
        var variables = new JsonObject();
        foreach (var (name, value) in call.Variables) variables[name] = value;

        var overrides = Conversation(call.FirstMessage, options, call.TransferToE164, call.MaxDurationSeconds);
        overrides["variableValues"] = variables;
        overrides["metadata"] = new JsonObject { ["touchId"] = call.TouchId };
        overrides["voicemailDetection"] = DetectVoicemail();
        // Asked for where the carrier is Twilio; others ignore it, and we hang up by ourselves anyway.
        overrides["transportConfigurations"] = new JsonArray(new JsonObject { ["provider"] = "twilio", ["timeout"] = Math.Clamp(call.RingSeconds, 1, 600) });
        return overrides;
    }

    /// <summary>What every conversation has, whoever called whom.</summary>
    internal static JsonObject Conversation(string firstMessage, VapiOptions options, string? transferTo, int maxSeconds)
    {
        var overrides = new JsonObject
        {
            ["firstMessage"] = firstMessage,
            ["maxDurationSeconds"] = Math.Clamp(maxSeconds, 10, 43200),
            ["keypadInputPlan"] = AssistantTools.Keypad(),
            // Whatever the saved assistant says: a call that must end is ended by its control address, which we hold and the public key we do not.
            ["monitorPlan"] = new JsonObject { ["controlEnabled"] = true, ["controlAuthenticationEnabled"] = false },
            ["serverMessages"] = new JsonArray("status-update", "end-of-call-report", "tool-calls", "conversation-update"),
        };
        if (AssistantTools.For(options, transferTo) is { Count: > 0 } tools) overrides["tools:append"] = tools;
        if (options.WebhookUrl is not null) overrides["server"] = Server(options);
        if (!string.IsNullOrWhiteSpace(options.VoiceId)) overrides["voice"] = new JsonObject { ["provider"] = options.VoiceProvider, ["voiceId"] = options.VoiceId };
        return overrides;
    }

    /// <summary>Off by default at Vapi. With no voicemail message it hangs up in silence, so there is no beep worth waiting for.</summary>
    private static JsonObject DetectVoicemail() => new()
    {
        ["provider"] = "vapi",
        ["backoffPlan"] = new JsonObject { ["startAtSeconds"] = 2, ["frequencySeconds"] = 2.5, ["maxRetries"] = 5 },
        ["beepMaxAwaitSeconds"] = 0,
    };

    /// <summary>Vapi repeats no webhook unless asked to; our endpoint stores each once.</summary>
    private static JsonObject Server(VapiOptions options)
    {
        var server = new JsonObject
        {
            ["url"] = options.WebhookUrl!.AbsoluteUri,
            ["timeoutSeconds"] = 20,
            ["backoffPlan"] = new JsonObject
            {
                ["type"] = "exponential", ["maxRetries"] = 5, ["baseDelaySeconds"] = 1, ["excludedStatusCodes"] = new JsonArray(400, 401, 403, 404),
            },
        };
        if (!string.IsNullOrEmpty(options.WebhookSecret)) server["headers"] = new JsonObject { [VapiWebhookAuth.Header] = options.WebhookSecret };
        return server;
    }

    private static string Short(string text)
    {
        if (text.Length <= LongestName) return text;
        return char.IsHighSurrogate(text[LongestName - 1]) ? text[..(LongestName - 1)] : text[..LongestName];
    }
}
