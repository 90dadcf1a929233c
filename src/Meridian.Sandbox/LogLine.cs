using System.Text.Json.Nodes;

namespace Meridian.Sandbox;

/// <summary>One thing the outside world saw or did. The order of the properties is part of the format; machine fields come last.</summary>
internal sealed record LogLine(DateTimeOffset At, string Provider, string Kind)
{
    public string? From { get; init; }
    public string? To { get; init; }
    public string? Touch { get; init; }
    public string? Subject { get; init; }
    public string? Body { get; init; }
    public string? Outcome { get; init; }

    /// <summary>When the person said it; only on lines that say what Meridian was told.</summary>
    public DateTimeOffset? SaidAt { get; init; }

    /// <summary>The provider's own id, from which a restart rebuilds.</summary>
    public string? Id { get; init; }

    /// <summary>HighLevel's contact id.</summary>
    public string? Contact { get; init; }

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["at"] = Stamp.Text(At), ["provider"] = Provider, ["kind"] = Kind, ["from"] = From, ["to"] = To,
            ["touch"] = Touch, ["subject"] = Subject, ["body"] = Body, ["outcome"] = Outcome,
        };
        if (SaidAt is { } said) json["said_at"] = Stamp.Text(said);
        if (Id is not null) json["id"] = Id;
        if (Contact is not null) json["contact"] = Contact;
        return json;
    }

    public static LogLine Parse(JsonObject json) => new(
        Stamp.Read(Text(json, "at")) ?? throw new InvalidDataException($"log line without an instant: {json}"), Text(json, "provider") ?? "", Text(json, "kind") ?? "")
    {
        From = Text(json, "from"), To = Text(json, "to"), Touch = Text(json, "touch"), Subject = Text(json, "subject"), Body = Text(json, "body"),
        Outcome = Text(json, "outcome"), SaidAt = Stamp.Read(Text(json, "said_at")), Id = Text(json, "id"), Contact = Text(json, "contact"),
    };

    private static string? Text(JsonObject json, string name) => (string?)json[name];
}
