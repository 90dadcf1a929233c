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
        var exchange = await wire.GetAsync(At($"/assistant/{Uri.EscapeDataString(options.AssistantId)}"), Authorize, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return ($"Vapi could not be reached: {Reason(exchange)}.", "Look whether this machine reaches the internet; it is tried again in five minutes.");
        if (answer.Status == 401) return ($"Vapi refused the key: {Text(answer)}.", KeyFix);
        if (answer.Status == 404) return ($"Vapi has no assistant {options.AssistantId}.", "Copy the assistant's id from dashboard.vapi.ai into vapi.assistantId.");
        if (!answer.Succeeded) return ($"Vapi answered {answer.Status}: {Text(answer)}.", "It is tried again in five minutes; status.vapi.ai tells of faults on their side.");
        var assistant = JsonReading.TryParse(answer.Body) ?? default;
        return assistant.At("voicemailMessage").Text() is { Length: > 0 }
            ? ("the assistant leaves a voicemail message of its own, which a call cannot take away.", "Empty the assistant's voicemail message at dashboard.vapi.ai: a recorded advertisement on a voicemail needs the same consent as a call.")
            : ($"the key is let in and the assistant {assistant.At("name").Text() ?? options.AssistantId} is there", null);
    }

    private async Task<CheckFinding> NumberAsync(string capability, string id, string number, string assistant, CancellationToken cancellation)
    {
        var exchange = await wire.GetAsync(At($"/phone-number/{Uri.EscapeDataString(id)}"), Authorize, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return new CheckFinding(capability, false, $"Vapi could not be reached: {Reason(exchange)}.", "It is tried again in five minutes.");
        if (answer.Status == 404) return new CheckFinding(capability, false, $"Vapi has no number with the id {id}.", $"Copy the id of {number} from dashboard.vapi.ai into callerIds.phoneNumberId; it changes when a number is imported again.");
        if (!answer.Succeeded) return new CheckFinding(capability, false, $"Vapi answered {answer.Status}: {Text(answer)}.", KeyFix);
        var theirs = (JsonReading.TryParse(answer.Body) ?? default).At("number").Text();
        var ours = (JsonReading.TryParse(answer.Body) ?? default).At("provider").Text() == "vapi" ? $"{number} was bought at Vapi, which lets it place about 10 calls a day; a number imported from Twilio has no such limit" : $"{number} is ours";
        return theirs is not null && theirs != number
            ? new CheckFinding(capability, false, $"the number with the id {id} is {theirs}, not {number}.", "Set callerIds.number to the number people will see.")
            : new CheckFinding(capability, true, $"{assistant}; {ours}", null);
    }

    private void Authorize(HttpRequestHeaders headers) => headers.Authorization = new AuthenticationHeaderValue("Bearer", options.ApiKey);

    private Uri At(string path) => new(options.BaseUrl.AbsoluteUri.TrimEnd('/') + path);

    private static string Text(Exchange.Answered answer) => JsonReading.ErrorText(JsonReading.TryParse(answer.Body), answer.Body).TrimEnd('.');

    private static string Reason(Exchange exchange) => exchange switch
    {
        Exchange.NeverLeft left => left.Reason,
        Exchange.Lost lost => lost.Reason,
        _ => "it was not asked",
    };
}
