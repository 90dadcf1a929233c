using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;
using Meridian.Engine.HumanCalls;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.HighLevel;

/// <summary>Tasks on HighLevel's contacts. A contact on do-not-disturb gets none: the opt-out comes by the poll.</summary>
public sealed class HighLevelTasks(HighLevelLocation location, ITextTransport contacts) : ICrmTasks
{
    public async Task<string?> OpenAsync(TextPerson person, string title, string body, Instant due, CancellationToken cancellation)
    {
        if (await contacts.PrepareAsync(person, cancellation).ConfigureAwait(false) is not TextContact.Ready { ContactId: var contact }) return null;
        var task = new JsonObject { ["title"] = title, ["body"] = body, ["dueDate"] = InstantPattern.General.Format(due), ["completed"] = false };
        var exchange = await location.SendAsync(HttpMethod.Post, $"/contacts/{Uri.EscapeDataString(contact)}/tasks", location.Options.ContactsVersion, task, Haste.Patient, cancellation).ConfigureAwait(false);
        return exchange is Exchange.Answered { Succeeded: true } answer && (JsonReading.TryParse(answer.Body) ?? default).At("task", "id").Text() is { } id ? $"{contact}/{id}" : null;
    }

    public async Task<bool> CompleteAsync(string reference, CancellationToken cancellation)
    {
        if (reference.Split('/') is not [var contact, var task]) return true;
        var path = $"/contacts/{Uri.EscapeDataString(contact)}/tasks/{Uri.EscapeDataString(task)}/completed";
        var exchange = await location.SendAsync(HttpMethod.Put, path, location.Options.ContactsVersion, new JsonObject { ["completed"] = true }, Haste.Patient, cancellation).ConfigureAwait(false);
        return exchange is Exchange.Answered answer && (answer.Succeeded || answer.Status == 404); // somebody deleted it there
    }
}
