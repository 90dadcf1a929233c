using System.Text.Json.Nodes;

namespace Meridian.Sandbox.Imap;

/// <summary>One message as it lies in a folder.</summary>
/// <param name="Said">What the log will say once the message has been fetched; null for messages nobody waits for.</param>
internal sealed record StoredMail(string Mailbox, string Folder, DateTimeOffset At, byte[] Raw, SaidByMail? Said)
{
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["mailbox"] = Mailbox, ["folder"] = Folder, ["at"] = Stamp.Text(At), ["raw"] = Convert.ToBase64String(Raw) };
        if (Said is { } said)
            json["said"] = new JsonObject { ["id"] = said.Id, ["kind"] = said.Kind, ["from"] = said.From, ["to"] = said.To, ["subject"] = said.Subject, ["body"] = said.Body, ["outcome"] = said.Outcome };
        return json;
    }

    public static StoredMail Parse(JsonObject json)
    {
        var said = json["said"] is JsonObject s
            ? new SaidByMail((string)s["id"]!, (string)s["kind"]!, (string)s["from"]!, (string)s["to"]!, (string?)s["subject"], (string?)s["body"], (string?)s["outcome"])
            : null;
        return new((string)json["mailbox"]!, (string)json["folder"]!, Stamp.Read((string?)json["at"])!.Value, Convert.FromBase64String((string)json["raw"]!), said);
    }
}

/// <summary>A message from outside in the words of the log: the kind, who it is about, and the fresh words without what they quote.</summary>
internal sealed record SaidByMail(string Id, string Kind, string From, string To, string? Subject, string? Body, string? Outcome);
