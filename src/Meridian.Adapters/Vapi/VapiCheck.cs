using System.Net.Http.Headers;
using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine.Checks;

namespace Meridian.Adapters.Vapi;

/// <summary>Looks whether the key is let in, the assistant exists and leaves no voicemail of its own, and each caller ID is ours. Reads only.</summary>
public sealed class VapiCheck(HttpClient http, VapiOptions options, IReadOnlyDictionary<string, string> callerIds, TimeProvider machine) : IProviderCheck
{
    private const string KeyFix = "Copy the private key (not the public one) from dashboard.vapi.ai into vapi.apiKey.";
    private readonly Wire wire = new(http, machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));

    public string Provider => "vapi";

    /// <summary>One finding a caller ID, <c>call:+12025550180</c>: key, assistant and number together, for a call needs all three.</summary>
    public async Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation)
    {
        var (assistant, fix) = await AssistantAsync(cancellation).ConfigureAwait(false);
        var findings = new List<CheckFinding>();
        foreach (var (id, number) in callerIds.OrderBy(c => c.Value, StringComparer.Ordinal))
        {
            var capability = $"call:{number}";
            findings.Add(fix is not null ? new CheckFinding(capability, false, assistant, fix) : await NumberAsync(capability, id, number, assistant, cancellation).ConfigureAwait(false));
        }

        return findings;
    }

    private async Task<(string Found, string? Fix)> AssistantAsync(CancellationToken cancellation)
    {
        var (assistant, no) = await LookAsync($"/assistant/{Uri.EscapeDataString(options.AssistantId)}", ($"Vapi has no assistant {options.AssistantId}.", "Copy the assistant's id from dashboard.vapi.ai into vapi.assistantId."), cancellation).ConfigureAwait(false);
        if (no is { } failed) return failed;
        return assistant.At("voicemailMessage").Text() is { Length: > 0 }
            ? ("the assistant leaves a voicemail message of its own, which a call cannot take away.", "Empty the assistant's voicemail message at dashboard.vapi.ai: a recorded advertisement on a voicemail needs the same consent as a call.")
            : ($"the key is let in and the assistant {assistant.At("name").Text() ?? options.AssistantId} is there", null);
    }

    private async Task<CheckFinding> NumberAsync(string capability, string id, string number, string assistant, CancellationToken cancellation)
    {
        var (theirs, no) = await LookAsync($"/phone-number/{Uri.EscapeDataString(id)}", ($"Vapi has no number with the id {id}.", $"Copy the id of {number} from dashboard.vapi.ai into callerIds.phoneNumberId; it changes when a number is imported again."), cancellation).ConfigureAwait(false);
        if (no is { } failed) return new CheckFinding(capability, false, failed.Found, failed.Fix);
        var ours = theirs.At("provider").Text() == "vapi" ? $"{number} was bought at Vapi, which lets it place about 10 calls a day; a number imported from Twilio has no such limit" : $"{number} is ours";
        if (theirs.At("number").Text() is { } shown && shown != number) return new CheckFinding(capability, false, $"the number with the id {id} is {shown}, not {number}.", "Set callerIds.number to the number people will see.");
        return CallingBack(number, theirs) is { } deaf
            ? new CheckFinding(capability, true, $"{assistant}; {ours}. But {deaf}", $"At dashboard.vapi.ai, under Phone Numbers, take any assistant, squad or workflow off {number} and set its server URL to {options.WebhookUrl}; `meridian webhooks` shows the secret that goes with it.")
            : new CheckFinding(capability, true, $"{assistant}; {ours}", null);
    }

    /// <summary>No request of ours makes a call to us, so the number alone says where it leads. Calls go out all the same: this stops none.</summary>
    /// <returns>Why whoever calls back does not reach us; null when they do, or when nobody can.</returns>
    private string? CallingBack(string number, JsonElement theirs)
    {
        if (options.WebhookUrl is not { } ours) return null;
        foreach (var (field, whose) in (ReadOnlySpan<(string, string)>)[("assistantId", "an assistant"), ("squadId", "a squad"), ("workflowId", "a workflow")])
            if (theirs.At(field).Text() is { Length: > 0 }) return $"whoever calls {number} back is answered by {whose} set at the number, and Meridian is not asked: what they say there is heard minutes later, not at once.";
        if (theirs.At("server", "url").Text() is not { Length: > 0 } url) return $"{number} names no server URL: unless the organisation's is ours, nobody answers whoever calls it back.";
        return Uri.TryCreate(url, UriKind.Absolute, out var named) && named.AbsoluteUri.TrimEnd('/') == ours.AbsoluteUri.TrimEnd('/') ? null : $"the server URL of {number} is not Meridian's: whoever calls it back reaches somebody else.";
    }

    /// <summary>What lies there, or why not. A success without an id is no answer of Vapi's.</summary>
    private async Task<(JsonElement Shown, (string Found, string Fix)? No)> LookAsync(string path, (string Found, string Fix) missing, CancellationToken cancellation)
    {
        var exchange = await wire.GetAsync(At(path), Authorize, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return (default, ($"Vapi could not be reached: {exchange.Why}.", "Look whether this machine reaches the internet; it is tried again in five minutes."));
        var shown = JsonReading.TryParse(answer.Body) ?? default;
        var text = JsonReading.ErrorText(shown, answer.Body).TrimEnd('.');
        return answer.Status switch
        {
            >= 200 and < 300 when shown.At("id").Text() is not null => (shown, null),
            (>= 200 and < 300) or (>= 300 and < 400) => (default, ($"what answers at {options.BaseUrl.Host} is not Vapi.", "Take vapi.baseUrl out, or set it to https://api.vapi.ai.")),
            401 or 403 => (default, ($"Vapi refused the key: {text}.", KeyFix)),
            402 => (default, ($"Vapi wants to be paid: {text}.", "Look at billing at dashboard.vapi.ai.")),
            404 => (default, missing),
            _ => (default, ($"Vapi answered {answer.Status}: {text}.", "It is tried again in five minutes; status.vapi.ai tells of faults on their side.")),
        };
    }

    private void Authorize(HttpRequestHeaders headers) => headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);

    private Uri At(string path) => new(options.BaseUrl.AbsoluteUri.TrimEnd('/') + path);
}
