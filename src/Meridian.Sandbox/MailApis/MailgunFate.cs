using System.Text.Json.Nodes;

namespace Meridian.Sandbox.MailApis;

/// <summary>What becomes of a letter after Mailgun took it, as its events tell it.</summary>
/// <param name="After">How long after it was taken.</param>
internal sealed record MailgunFate(string Event, TimeSpan After)
{
    public string? Severity { get; init; }

    public string? Reason { get; init; }

    public int Code { get; init; }

    public string Enhanced { get; init; } = "";

    public string Message { get; init; } = "";

    public string Description { get; init; } = "";

    private static readonly Dictionary<string, MailgunFate[]> Known = new()
    {
        ["bounce"] = [Gone(TimeSpan.FromSeconds(40))],
        ["mailbox-full"] = [new("failed", TimeSpan.FromSeconds(40)) { Severity = "permanent", Reason = "bounce", Code = 552, Enhanced = "5.2.2", Message = "5.2.2 The recipient's mailbox is full" }],
        ["blocked"] = [new("failed", TimeSpan.FromSeconds(40)) { Severity = "permanent", Reason = "espblock", Code = 550, Enhanced = "5.7.1", Message = "5.7.1 Our system has detected that this message is likely unsolicited mail" }],
        ["greylisted"] = [Later(TimeSpan.FromSeconds(40))],
        // Tried for eight hours; the last word was seen as temporary, too.
        ["too-old"] = [Later(TimeSpan.FromSeconds(40)), new("failed", TimeSpan.FromHours(8)) { Severity = "permanent", Reason = "old", Code = 602, Message = "Too old" }],
        ["no-mx"] = [new("failed", TimeSpan.FromHours(8)) { Severity = "temporary", Reason = "old", Code = 498, Message = "No MX for [people.example]", Description = "No MX for [people.example]" }],
        ["complained"] = [new("complained", TimeSpan.FromMinutes(20))],
        ["unsubscribed"] = [new("unsubscribed", TimeSpan.FromMinutes(20))],
    };

    public static IReadOnlyList<MailgunFate> Of(string? name) => name is null ? [] : Known[name];

    public static MailgunFate Gone(TimeSpan after) => new("failed", after) { Severity = "permanent", Reason = "bounce", Code = 550, Enhanced = "5.1.1", Message = "5.1.1 The email account that you tried to reach does not exist" };

    /// <summary>Not tried at all: the address is on the domain's list.</summary>
    public static MailgunFate Suppressed { get; } = new("failed", TimeSpan.Zero) { Severity = "permanent", Reason = "suppress-bounce", Code = 605, Description = "Not delivering to previously bounced address" };

    private static MailgunFate Later(TimeSpan after) => new("failed", after) { Severity = "temporary", Reason = "generic", Code = 451, Enhanced = "4.7.1", Message = "4.7.1 Greylisted, please try again later" };

    /// <summary>Every event has <c>event</c>, <c>id</c> and <c>timestamp</c>; the rest depends on its kind.</summary>
    public JsonObject ToJson(string id, DateTimeOffset at, string domain, string to, string? from, string? messageId, string? subject)
    {
        var headers = new JsonObject { ["message-id"] = messageId };
        if (Event != "unsubscribed") (headers["to"], headers["from"], headers["subject"]) = (to, from, subject);
        var json = new JsonObject
        {
            ["event"] = Event, ["id"] = id, ["timestamp"] = at.ToUnixTimeMilliseconds() / 1000.0, ["log-level"] = Event == "accepted" ? "info" : Severity == "permanent" ? "error" : "warn",
            ["recipient"] = to, ["recipient-domain"] = to[(to.IndexOf('@') + 1)..], ["domain"] = new JsonObject { ["name"] = domain },
            ["message"] = new JsonObject { ["headers"] = headers, ["attachments"] = new JsonArray() }, ["tags"] = new JsonArray(), ["campaigns"] = new JsonArray(), ["user-variables"] = new JsonObject(),
            ["flags"] = new JsonObject { ["is-routed"] = false, ["is-authenticated"] = true, ["is-system-test"] = false, ["is-test-mode"] = false },
        };
        if (Severity is null) return json;
        json["severity"] = Severity;
        json["reason"] = Reason;
        json["envelope"] = new JsonObject { ["transport"] = "smtp", ["sender"] = from, ["sending-ip"] = "192.0.2.10", ["targets"] = to };
        json["delivery-status"] = new JsonObject { ["attempt-no"] = 1, ["message"] = Message, ["code"] = Code, ["enhanced-code"] = Enhanced, ["description"] = Description, ["session-seconds"] = Code >= 600 ? 0 : 0.71 };
        return json;
    }
}
