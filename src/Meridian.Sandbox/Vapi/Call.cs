using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Meridian.Sandbox.People;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Vapi;

/// <summary>One outbound call as Vapi keeps it: the request as it came, and how the call goes.</summary>
internal sealed partial class Call(string id, string from, string to, DateTimeOffset createdAt, JsonObject request, CallPlan plan)
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
    public string ControlPath => $"{id}/control";

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
