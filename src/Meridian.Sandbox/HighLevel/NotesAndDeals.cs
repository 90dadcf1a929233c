using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.HighLevel;

/// <summary>Notes on contacts, and opportunities in the location's pipelines. They are the owner's, not a person's: they leave no line in the log.</summary>
internal sealed class NotesAndDeals(SandboxOptions options, Chance chance, ProviderBook book, ContactBook contacts)
{
    private static readonly HashSet<string> OfOpportunity = ["pipelineId", "locationId", "name", "pipelineStageId", "status", "contactId", "monetaryValue", "assignedTo", "customFields"];
    private readonly Lock gate = new();
    private readonly List<JsonObject> notes = [];
    private readonly List<(DateTimeOffset At, JsonObject Deal)> deals = [.. options.HighLevelOpportunities.Select(d => (DateTimeOffset.MinValue, d))];

    public void Reopen()
    {
        notes.AddRange(book.Found("note").Select(n => n.Entry));
        deals.AddRange(book.Found("opportunity").Select(d => (DateTimeOffset.MinValue, d.Entry)));
    }

    public Answer Note(string contact, JsonObject body)
    {
        if (body.Text("body") is not { Length: > 0 } words) return HighLevelErrors.Unprocessable(["body must be a string"]);
        if (!contacts.Has(contact)) return HighLevelErrors.NotFound($"Contact with id {contact} not found");
        lock (gate)
        {
            var note = new JsonObject { ["id"] = chance.ShortId("note", contact, notes.Count.ToString()), ["body"] = words, ["contactId"] = contact, ["dateAdded"] = Stamp.Text(Stamp.Now(options.Clock)) };
            book.Keep("note", (string)note["id"]!, note);
            notes.Add(note);
            return new Answer(201, new JsonObject { ["note"] = note.DeepClone() });
        }
    }

    public Answer Notes(string contact)
    {
        lock (gate) return Answer.Ok(new JsonObject { ["notes"] = new JsonArray([.. notes.Where(n => n.Text("contactId") == contact).Select(n => n.DeepClone())]) });
    }

    public Answer Open(JsonObject body)
    {
        if (body.Where(p => !OfOpportunity.Contains(p.Key)).Select(p => $"property {p.Key} should not exist").ToList() is { Count: > 0 } unknown) return HighLevelErrors.Unprocessable(unknown);
        foreach (var needed in (ReadOnlySpan<string>)["pipelineId", "locationId", "name", "status", "contactId"])
            if (body.Text(needed) is not { Length: > 0 }) return HighLevelErrors.Unprocessable([$"{needed} must be a string"]);
        if (body.Text("locationId") != options.HighLevelLocation) return HighLevelErrors.WrongLocation;
        if (!options.HighLevelPipelines.Contains(body.Text("pipelineId")!)) return HighLevelErrors.BadRequest("The pipeline id is invalid.");
        if (!contacts.Has(body.Text("contactId")!)) return HighLevelErrors.BadRequest("The contact id is invalid.");
        lock (gate)
        {
            var deal = (JsonObject)body.DeepClone();
            deal["id"] = chance.ShortId("opportunity", body.Text("contactId")!, deals.Count.ToString());
            book.Keep("opportunity", (string)deal["id"]!, deal);
            deals.Add((Stamp.Now(options.Clock), deal));
            return new Answer(201, new JsonObject { ["opportunity"] = deal.DeepClone() });
        }
    }

    /// <summary>Behind by as much as the contact search.</summary>
    public Answer Search(IQueryCollection query)
    {
        if (query["location_id"] != options.HighLevelLocation) return HighLevelErrors.WrongLocation;
        lock (gate)
        {
            var until = Stamp.Now(options.Clock) - options.HighLevelIndexLag;
            var found = deals.Where(d => d.At <= until && Fits(d.Deal, "contactId", query["contact_id"]) && Fits(d.Deal, "pipelineId", query["pipeline_id"]) && (query["status"] == "all" || Fits(d.Deal, "status", query["status"]))).ToList();
            return Answer.Ok(new JsonObject { ["opportunities"] = new JsonArray([.. found.Select(d => d.Deal.DeepClone())]), ["meta"] = new JsonObject { ["total"] = found.Count } });
        }
    }

    private static bool Fits(JsonObject deal, string field, string? wanted) => string.IsNullOrEmpty(wanted) || deal.Text(field) == wanted;
}
