using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Vapi;

/// <summary>One call as Vapi keeps it: the request as it came, or what was made of somebody's call to us, and how the call goes.</summary>
/// <param name="from">Our number, whoever called whom.</param>
/// <param name="to">The person's number.</param>
/// <param name="saved">What the saved assistant has set of itself.</param>
internal sealed partial class Call(string id, string from, string to, DateTimeOffset createdAt, JsonObject request, CallPlan plan, JsonObject saved)
{
    public string Id => id;
    public string From => from;
    public string To => to;
    public DateTimeOffset CreatedAt => createdAt;
    public JsonObject Request => request;
    public CallPlan Plan { get; private set; } = plan;
    public List<PendingEvent> Ahead { get; } = [];

    public string? Name => request.Text("name");
    public string? PhoneNumberId => request.Text("phoneNumberId");
    public string? Touch => TouchIn(request);
    public bool IsInbound => InboundCall.Is(request);

    /// <summary>Whether it has a control URL, and whether that asks for the public key. Each setting by itself: the call's, then the assistant's.</summary>
    public bool IsControlled => Monitors("controlEnabled") ?? true;
    public bool AsksForKey => Monitors("controlAuthenticationEnabled") ?? false;

    public string ControlPath => $"{id}/control";

    private bool? Monitors(string name) => ((JsonObject?[])[request.Object("assistantOverrides"), request.Object("assistant"), saved])
        .Select(holder => holder.Object("monitorPlan")?[name]).OfType<JsonValue>().Select(value => value.TryGetValue<bool>(out var on) ? on : (bool?)null).FirstOrDefault(on => on is not null);

    /// <summary>Everything that was still to happen is off; the caller schedules what follows from the new plan.</summary>
    public void HangUp(DateTimeOffset at)
    {
        foreach (var item in Ahead) item.Cancel();
        Ahead.Clear();
        Plan = Plan.CutAt(at, "manually-canceled");
    }

    public static string? TouchIn(JsonObject request) => TouchId.In(request.Text("name")) ?? TouchId.In(request.Object("metadata").Text("touchId"));

    /// <summary>An override wins over the assistant, with its variables put in.</summary>
    public static string? Spoken(JsonObject request, string name)
    {
        var overrides = request.Object("assistantOverrides");
        var text = overrides.Text(name) ?? request.Object("assistant").Text(name);
        var values = overrides.Object("variableValues");
        return text is null ? null : Variable().Replace(text, match => values?[match.Groups[1].Value]?.ToString() ?? "");
    }

    [GeneratedRegex(@"\{\{\s*([A-Za-z_][A-Za-z0-9_.]*)\s*\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
