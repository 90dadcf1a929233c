using System.Net.Http.Headers;
using System.Text;
using Meridian.Adapters.Http;
using Meridian.Engine.Checks;

namespace Meridian.Adapters.Twilio;

/// <summary>Whether the key is let in: a look-up without fields only tells whether a number can exist, and costs nothing.</summary>
public sealed class TwilioCheck(HttpClient http, TwilioOptions options, TimeProvider machine) : IProviderCheck
{
    private readonly Wire wire = new(http, machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));

    public string Provider => "twilio";

    public async Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation)
    {
        var exchange = await wire.GetOnceAsync(new Uri($"{options.BaseUrl.AbsoluteUri.TrimEnd('/')}/v2/PhoneNumbers/%2B12025550100"), Authorize, cancellation).ConfigureAwait(false);
        return [exchange switch
        {
            Exchange.Answered { Succeeded: true } answer when (JsonReading.TryParse(answer.Body) ?? default).At("phone_number").Text() is not null => new CheckFinding("look-up", true, "Twilio lets the key in", null),
            Exchange.Answered { Status: 401 or 403 } => new CheckFinding("look-up", false, "Twilio refused the key.", "Copy twilio.sid and twilio.secret from console.twilio.com; an API key's secret is shown only once, when it is made."),
            Exchange.Answered { Succeeded: true } => new CheckFinding("look-up", false, "what answers there is not Twilio Lookup.", "Take twilio.baseUrl out, or set it to https://lookups.twilio.com."),
            Exchange.Answered answer => new CheckFinding("look-up", false, $"Twilio answered {answer.Status}: {JsonReading.ErrorText(JsonReading.TryParse(answer.Body), answer.Body).TrimEnd('.')}.", "It is tried again in five minutes; status.twilio.com tells of faults on their side."),
            _ => new CheckFinding("look-up", false, "Twilio could not be reached.", "Look whether this machine reaches the internet."),
        }];
    }

    private void Authorize(HttpRequestHeaders headers) =>
        headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Sid}:{options.Secret}")));
}
