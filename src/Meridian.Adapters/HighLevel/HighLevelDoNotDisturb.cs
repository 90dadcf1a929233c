using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.HighLevel;

/// <summary>
/// The do-not-disturb of HighLevel's contacts: looked at one by one before somebody is contacted, and read of everybody who changed, for somebody at the
/// owner's may set it by hand and no webhook may come.
/// </summary>
public sealed class HighLevelDoNotDisturb(HighLevelLocation location, TimeProvider machine) : IDoNotDisturb, IInboundPoll
{
    private const int MostPages = 200;

    /// <summary>The search may keep silent about a contact, and then it is looked at. Beyond so many in one poll the look before each touch has to do.</summary>
    private const int MostLooks = 300;

    private const int MostRemembered = 20_000;

    /// <summary>So many contacts that cannot be shown mean that it is HighLevel.</summary>
    private const int MostBroken = 3;

    /// <summary>Who could not be reached is not asked for every person in turn.</summary>
    private static readonly TimeSpan Deaf = TimeSpan.FromSeconds(30);

    private readonly HighLevelContactSearch search = new(location);
    private readonly Dictionary<string, Instant?> silent = [];
    private DateTimeOffset deafUntil;

    public string Source => "highlevel";

    public string Provider => "highlevel";

    public string Key => "highlevel-dnd";

    public async Task<Disturbance> LookAsync(string contactId, CancellationToken cancellation)
    {
        if (machine.GetUtcNow() < deafUntil) return new Disturbance.CannotTell("HighLevel could not be reached a moment ago");
        var exchange = await ReadAsync(contactId, cancellation).ConfigureAwait(false);
        if (OneContact.IsGone(exchange)) return new Disturbance.None();
        if (exchange is not Exchange.Answered { Succeeded: true } answer)
        {
            if (!IsAboutOne(exchange)) deafUntil = machine.GetUtcNow() + Deaf;
            return new Disturbance.CannotTell(OneContact.Why(exchange));
        }

        var contact = (JsonReading.TryParse(answer.Body) ?? default).At("contact");
        if (HighLevelContact.AnythingOn(contact) is { } on) return new Disturbance.Asked(on);
        if (!HighLevelContact.TellsDoNotDisturb(contact)) return new Disturbance.CannotTell("HighLevel did not tell the contact's do-not-disturb");
        return new Disturbance.None();
    }

    public async Task<PollAnswer> FetchAsync(Instant since, CancellationToken cancellation)
    {
        var (raw, untold, mark) = (new List<string>(), new List<FoundContact>(), (string?)null);
        for (var page = 0; page < MostPages; page++)
        {
            var query = new ContactQuery([ContactFilter.Between("dateUpdated", since, null)], ContactQuery.MostPerPage, mark, "dateUpdated", Descending: true);
            var answer = await search.FindAsync(query, Haste.Urgent, cancellation).ConfigureAwait(false);
            if (answer is not ContactsAnswer.Found found) return new PollAnswer.NotFetched(((ContactsAnswer.NotTold)answer).Reason);
            raw.AddRange(found.Contacts.Where(c => c.DoNotDisturb is not null).Select(c => AsWebhook(JsonReading.TryParse(c.Raw) ?? default)));
            untold.AddRange(found.Contacts.Where(c => c.DoNotDisturb is null && !c.TellsDoNotDisturb && !(silent.TryGetValue(c.Id, out var then) && then == c.DateUpdated)));
            if ((mark = found.Next) is null) return await LookAtAsync(untold, raw, cancellation).ConfigureAwait(false);
        }

        return new PollAnswer.NotFetched($"HighLevel's changed contacts do not end after {MostPages} pages");
    }

    private async Task<PollAnswer> LookAtAsync(List<FoundContact> untold, List<string> raw, CancellationToken cancellation)
    {
        if (silent.Count > MostRemembered) silent.Clear();
        var broken = 0;
        foreach (var contact in untold.Take(MostLooks))
        {
            var exchange = await ReadAsync(contact.Id, cancellation).ConfigureAwait(false);
            // One contact that is never shown makes nobody deaf for all the others; it is looked at before each touch, too.
            if (OneContact.IsGone(exchange) || IsAboutOne(exchange) || (exchange is Exchange.Answered { Status: >= 500 } && ++broken < MostBroken)) continue;
            if (exchange is not Exchange.Answered { Succeeded: true } answer) return new PollAnswer.NotFetched($"HighLevel did not show a contact: {OneContact.Why(exchange)}");
            var shown = (JsonReading.TryParse(answer.Body) ?? default).At("contact");
            if (HighLevelContact.AnythingOn(shown) is not null) raw.Add(AsWebhook(shown));
            else if (HighLevelContact.TellsDoNotDisturb(shown)) silent[contact.Id] = contact.DateUpdated;
        }

        return new PollAnswer.Fetched(raw);
    }

    private Task<Exchange> ReadAsync(string contactId, CancellationToken cancellation) => OneContact.ReadAsync(location, contactId, Haste.Urgent, cancellation);

    /// <summary>A "no" about this one contact is none about the others; about the token, the account, the time or the pace it is.</summary>
    private static bool IsAboutOne(Exchange exchange) => exchange is Exchange.Answered { Status: >= 400 and < 500 and not (401 or 402 or 408 or 429) };

    /// <summary>As the webhook would have said it; dated by the change, so that the same state is one event however often it is read.</summary>
    private static string AsWebhook(JsonElement contact)
    {
        var json = new JsonObject { ["type"] = "ContactDndUpdate" };
        foreach (var name in (ReadOnlySpan<string>)["id", "locationId", "dnd", "dndSettings", "email", "phone"])
            if (contact.At(name) is var value && !value.IsMissing()) json[name] = JsonNode.Parse(value.GetRawText());
        if (contact.At("dateUpdated").Time() is { } changed) json["timestamp"] = InstantPattern.ExtendedIso.Format(changed);
        return json.ToJsonString();
    }
}
