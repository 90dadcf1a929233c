using Meridian.Adapters.Http;
using Meridian.Adapters.Vapi;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Tests.Providers;
using Microsoft.Extensions.Time.Testing;
using NodaTime;

namespace Meridian.Tests.Contracts.Answers;

internal static class VapiQuestions
{
    private static readonly Instant From = Instant.FromUtc(2026, 10, 12, 15, 0);

    private static readonly OutgoingCall Call = new(
        Permits.TouchId, "led_1", "pn_1", "+13125550117", "204", "Dana Whitman", "This is an AI calling.", new Dictionary<string, string> { ["firstName"] = "Dana" }, 300, 30, From);

    private static readonly string Listed = $$"""[{"id":"call_1","name":"{{Permits.TouchId}}","createdAt":"2026-10-12T15:00:20Z","status":"ended"}]""";

    private const string CalledUs = """[{"id":"call_2","type":"inboundPhoneCall","createdAt":"2026-10-12T15:00:20Z","endedAt":"2026-10-12T15:02:20Z","status":"ended","endedReason":"customer-ended-call","customer":{"number":"+13125550117"},"artifact":{"transcript":"AI: Hello\nUser: Stop calling me.\n"}}]""";

    public static IEnumerable<Question> All =>
    [
        new("Vapi", "POST /call", "place a call", new Reply(201, """{"id":"call_1","status":"queued","monitor":{"controlUrl":"https://a.vapi.ai/call_1/control"}}"""),
            async (at, machine) => Permits.Plainly(await Calls(at, machine).PlaceAsync(Permits.Fresh(Channel.Call), Call, default))),
        new("Vapi", "GET /call/{id}", "how a call stands", new Reply(200, """{"id":"call_1","status":"ended","endedReason":"customer-ended-call","startedAt":"2026-10-12T15:12:11.649Z","endedAt":"2026-10-12T15:13:15.649Z","cost":0.05,"messages":[]}"""),
            async (at, machine) => await Calls(at, machine).LookUpAsync("call_1", default) is { } standing ? $"{(standing.Status.Length > 0 ? standing.Status : "no word")} {standing.Ended?.Disposition}".TrimEnd() : "cannot tell"),
        new("Vapi", "GET /call", "look for a call whose answer was lost", new Reply(200, Listed),
            async (at, machine) => Say.Sighting(await Calls(at, machine).FindAsync(Permits.TouchId, "pn_1", From, From + Duration.FromMinutes(5), default))),
        new("Vapi", "GET /call", "what Vapi remembers of our calls", new Reply(200, Listed),
            async (at, machine) => await new VapiWitness(Http(), Options(at), ["pn_1"], machine).SinceAsync(From, default) is { } seen ? $"{seen.Count} seen" : "cannot tell"),
        new("Vapi", "GET /call", "who called us", new Reply(200, CalledUs),
            async (at, machine) => Say.Poll(await new VapiCallsToUs(Http(), Options(at), ["pn_1"], new Clocks(new FakeTimeProvider((From + Duration.FromHours(1)).ToDateTimeOffset()), machine)).FetchAsync(From, default))),
        new("Vapi", "GET /assistant/{id}", "check the assistant", new Reply(200, """{"id":"assistant_1","name":"Ann"}"""), CheckAsync) { Around = Good },
        new("Vapi", "GET /phone-number/{id}", "check a caller ID", new Reply(200, """{"id":"pn_1","number":"+13125550100","provider":"twilio","server":{"url":"https://example.com/hooks/vapi"}}"""), CheckAsync) { Around = Good },
        new("Vapi", "POST /call_1/control", "end a call", new Reply(200, "{}"),
            async (at, machine) => await Calls(at, machine).HangUpAsync(new Uri(at, "/call_1/control").AbsoluteUri, default) ? "ended" : "not ended, asked again"),
    ];

    private static Reply? Good(Asked asked) => asked.Path.StartsWith("/assistant/", StringComparison.Ordinal) ? new Reply(200, """{"id":"assistant_1","name":"Ann"}""") : null;

    private static async Task<string> CheckAsync(Uri at, TimeProvider machine) =>
        Say.Findings(await new VapiCheck(Http(), Options(at), new Dictionary<string, string> { ["pn_1"] = "+13125550100" }, machine).CheckAsync(default));

    private static VapiCalls Calls(Uri at, TimeProvider machine) => new(Http(), Options(at), machine);

    private static HttpClient Http() => ProviderHttp.Create(TimeSpan.FromSeconds(5));

    private static VapiOptions Options(Uri at) => new()
    {
        BaseUrl = at, ApiKey = "key", AssistantId = "assistant_1", WebhookUrl = new Uri("https://example.com/hooks/vapi"), WebhookSecret = "hush", RequestTimeoutSeconds = 20,
    };
}
