using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Meridian.Domain.Compliance;
using Meridian.Engine;
using Meridian.Engine.Consents;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Answers of the owner's forms on the ledger.</summary>
public sealed class SqlConsentForms(SqlStore store, IIds ids) : IConsentForms
{
    internal const string Keep = """
        insert into consent_form (id, contact_ref, fingerprint, fields, received_at, state, look_at) values (@id, @contact, @fingerprint, @fields, @received, 'open', @now)
            on conflict (contact_ref, fingerprint) do nothing
        """;

    internal const string Open = "select id, contact_ref, fields, received_at from consent_form where state = 'open' and look_at <= @now order by received_at, id limit @most";

    internal const string Next = "select min(look_at) from consent_form where state = 'open'";

    internal const string LookAgain = "update consent_form set look_at = @at where id = @id and state = 'open'";

    internal const string Close = "update consent_form set state = @state, why = @why, lead_id = @lead, closed_at = @now where id = @id and state = 'open'";

    public Task<bool> KeepAsync(string contactRef, FormSubmission said, Instant received, Instant now) => store.WriteAsync(async s =>
    {
        var fields = JsonSerializer.Serialize(said);
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fields)));
        if (await s.ExecuteAsync(Keep, new { id = ids.New("frm"), contact = contactRef, fingerprint, fields, received, now }) == 0) return false;
        await DeskVerbs.WakeAsync(s, "consent-forms", "all", now);
        return true;
    });

    public Task<IReadOnlyList<PendingForm>> OpenAsync(Instant now, int most) => store.ReadAsync<IReadOnlyList<PendingForm>>(async s =>
        [.. (await s.QueryAsync<Row>(Open, new { now, most = (long)most })).Select(r => new PendingForm(r.Id, r.ContactRef, JsonSerializer.Deserialize<FormSubmission>(r.Fields)!, r.ReceivedAt))]);

    public Task<Instant?> NextAsync() => store.ReadAsync(s => s.InstantAsync(Next));

    public Task LookAgainAsync(string id, Instant at) => store.WriteAsync(async s => { await s.ExecuteAsync(LookAgain, new { id, at }); });

    public Task CloseAsync(string id, bool recorded, string why, string? leadId, Instant now) => store.WriteAsync(async s =>
    {
        if (await s.ExecuteAsync(Close, new { id, state = recorded ? "recorded" : "refused", why, lead = leadId, now }) == 1 && !recorded)
            await IncidentVerbs.OpenAndTellAsync(s, ids, "consent-form", id, $"a form came from HighLevel: {why}", now);
    });

    private sealed class Row
    {
        public string Id { get; init; } = "";
        public string ContactRef { get; init; } = "";
        public string Fields { get; init; } = "";
        public Instant ReceivedAt { get; init; }
    }
}
