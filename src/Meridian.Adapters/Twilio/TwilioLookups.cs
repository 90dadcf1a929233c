using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Domain.Compliance;
using Meridian.Engine.Lookups;

namespace Meridian.Adapters.Twilio;

/// <summary>
/// Lookup v2 with line type (about $0.008) and caller name (about $0.01). The type comes from the carrier, the caller type from the name registry; whatever
/// is not plainly a landline held by a business stays closed.
/// </summary>
public sealed class TwilioLookups(HttpClient http, TwilioOptions options, TimeProvider machine) : ILineLookups
{
    private readonly Wire wire = new(http, machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));

    public string Source => "twilio";

    public async Task<LineAnswer> LookUpAsync(string e164, CancellationToken cancellation)
    {
        var exchange = await wire.GetOnceAsync(new Uri($"{options.BaseUrl.AbsoluteUri.TrimEnd('/')}/v2/PhoneNumbers/{Uri.EscapeDataString(e164)}?Fields=line_type_intelligence,caller_name"), Authorize, cancellation).ConfigureAwait(false);
        if (exchange is not Exchange.Answered answer) return new LineAnswer.NotTold("Twilio did not answer", Account: false);
        if (answer.Status is 401 or 403) return new LineAnswer.NotTold($"Twilio refused the key ({answer.Status}): copy twilio.sid and twilio.secret from console.twilio.com", Account: true);
        if (answer.Status is 402 or 429) return new LineAnswer.NotTold($"Twilio answered {answer.Status}: {JsonReading.ErrorText(JsonReading.TryParse(answer.Body), answer.Body)}", Account: true);
        if (!answer.Succeeded || JsonReading.TryParse(answer.Body) is not { ValueKind: JsonValueKind.Object } json) return new LineAnswer.NotTold($"Twilio answered {answer.Status}", Account: false);
        if (json.At("valid") is { ValueKind: JsonValueKind.False }) return new LineAnswer.Told(LineType.Other, null, answer.Body!);
        var line = json.At("line_type_intelligence");
        if (line.At("type").Text() is not { } type) return new LineAnswer.NotTold($"Twilio does not know the line (error {line.At("error_code")})", Account: false);
        return new LineAnswer.Told(TypeOf(type), json.At("caller_name", "caller_type").Text() switch { "BUSINESS" => true, "CONSUMER" => false, _ => null }, answer.Body!);
    }

    private static LineType TypeOf(string type) => type switch
    {
        "landline" => LineType.Landline,
        "fixedVoip" => LineType.FixedVoip,
        "nonFixedVoip" => LineType.NonFixedVoip,
        "mobile" or "pager" => LineType.Mobile,
        _ => LineType.Other,
    };

    private void Authorize(HttpRequestHeaders headers) =>
        headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Sid}:{options.Secret}")));
}
