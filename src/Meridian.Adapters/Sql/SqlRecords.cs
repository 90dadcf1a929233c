using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Engine;
using Meridian.Engine.Records;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>
/// Erases a person from the working tables. What law asks to be kept for five years (47 CFR 64.1200(d)(6); 16 CFR 310.5) moves whole into a restricted
/// record that no desk, page or report reads; the addresses stay on the suppression list, or the next import would start all over.
/// </summary>
public sealed partial class SqlRecords(SqlStore store, IIds ids) : IRecords
{
    /// <summary>How long an opt-out and the records of calls must be kept, in years.</summary>
    public const int Years = 5;

    private const string Gone = "erased";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal const string EraseLead = """
        update lead set erased_at = @now, revision = revision + 1, first_name = null, last_name = null, title = null, street = null, city = null, state = null, postal_code = null,
               company_state = null, stated_zone = null, company_id = null
         where id = @lead and erased_at is null and opted_out_at is not null
        """;

    internal const string InTheAirOf = """
        select (select count(*) from touch where lead_id = @lead and begun_at is not null and closed_at is null)
             + (select count(*) from call_task where lead_id = @lead and begun_at is not null and closed_at is null)
        """;

    internal const string NotUnderstoodOf = """
        select count(*) from signal g where g.understood_at is null
           and (g.touch_id in (select id from touch where lead_id = @lead) or g.id in (select sa.signal_id from signal_address sa join lead_address la on la.address_id = sa.address_id where la.lead_id = @lead))
        """;

    internal const string LiveHoldOf = "select matter from legal_hold where lead_id = @lead and lifted_at is null";

    internal const string KeepRecord = """
        insert into restricted_record (id, lead_id, kept_at, keep_until, reason, actor, sha256, pack) values (@id, @lead, @now, @until, @reason, @actor, @hash, @pack)
        """;

    // What others hold too stays theirs, and a company's line is nobody's own; only what this person alone had is marked, so that no file brings it back.
    internal const string MarkAddresses = """
        update address_key set erased_at = @now, writes = writes + 1 where id = @address
           and not exists (select 1 from lead_address la where la.address_id = @address and (la.role = 'company' or la.lead_id <> @lead and la.detached_at is null))
        """;

    internal const string PhonesToCome = "select count(*) from phone_wanted where lead_id = @lead and result is null";

    internal const string DropAddresses = "delete from lead_address where lead_id = @lead";

    internal const string ErasedWords = "update touch_content set subject = null, body = @gone where touch_id in (select id from touch where lead_id = @lead)";
    internal const string ErasedVerdicts = "update touch_verdict set verdict = '[]' where touch_id in (select id from touch where lead_id = @lead)";
    internal const string ErasedTouches = "update touch set error = null, control_url = null where lead_id = @lead";
    internal const string ErasedRows = "update import_row set value = null, warnings = null, before = null, after = null where lead_id = @lead";
    internal const string ErasedProspects = "update prospect set raw = null where lead_id = @lead";
    internal const string ErasedPulls = "update pull_contact set why = null where lead_id = @lead";
    internal const string ErasedConsents = "update consent set evidence = @gone, attested_by = null, missing = null where lead_id = @lead";
    internal const string ErasedSignatures = "update consent_signature set signature = @gone, from_address = @gone, browser = null where lead_id = @lead";
    internal const string ErasedForms = "update consent_form set fields = '{}', why = null where lead_id = @lead";
    internal const string ErasedTasks = "update call_task set note = null, findings = '[]' where lead_id = @lead";
    internal const string ErasedCrm = "update crm_shown set reference = null, refusal = null where lead_id = @lead";
    internal const string ErasedSilences = "update crm_silence set why = null where contact_ref in (select external_id from lead_ref where lead_id = @lead and source = 'highlevel')";
    internal const string ErasedIncidents = "update incident set detail = @gone where subject = @lead or subject in (select id from touch where lead_id = @lead) or subject in (select id from consent_form where lead_id = @lead)";
    internal const string ErasedAudit = "update audit set before = null, after = @gone where subject = @lead and verb <> 'erase'";
    internal const string ErasedSuppressions = "update suppression set evidence = null where address_id = @address";
    internal const string ErasedLookups = "update line_lookup set raw = null where address_id = @address";
    internal const string ErasedOrders = "update phone_wanted set result = null where lead_id = @lead";

    internal const string ErasedSignals = """
        update signal set raw = '{}' where understood_at is not null
           and (touch_id in (select id from touch where lead_id = @lead) or id in (select signal_id from signal_address where address_id = @address))
        """;

    internal const string BoughtWith = """
        select q.id, q.reply, p.external_id from prospect p join purchase q on q.id = p.purchase_id where p.lead_id = @lead and q.kept_at is not null order by q.id
        """;

    internal const string KeepReplyWithout = "update purchase set reply = @reply where id = @id";

    internal const string Outdated = """
        select id from restricted_record r where keep_until <= @now and not exists (select 1 from legal_hold h where h.lead_id = r.lead_id and h.lifted_at is null) order by id
        """;

    internal const string DropRecord = "delete from restricted_record where id = @id and keep_until <= @now";

    internal const string ReadRecord = "select id, lead_id, kept_at, keep_until, reason, actor, sha256, pack from restricted_record where lead_id = @lead order by kept_at, id";

    internal const string IsErased = "select count(*) from lead where id = @lead and erased_at is not null";

    /// <summary>The person must have been opted out before: whoever wants to be forgotten wants to be left alone.</summary>
    public Task<Erasure> EraseAsync(string leadId, string reason, string actor, Instant now) => store.WriteAsync<Erasure>(async s =>
    {
        var addresses = await s.QueryAsync<string>(SqlPeopleLedger.AddressesEverUsedOf, new { lead = leadId });
        var alone = new List<string>(); // what others hold too says something about them
        foreach (var address in addresses)
            if (await s.ExecuteAsync(MarkAddresses, new { address, lead = leadId, now }) == 1) alone.Add(address);

        // The evidence is read under the locks and before anything of it is gone.
        await s.ExecuteAsync(SqlIntake.HoldLead, new { lead = leadId });
        if (!(await s.QueryAsync<string>(SqlPeopleLedger.AddressesEverUsedOf, new { lead = leadId })).SequenceEqual(addresses)) throw new RollBackException(new Erasure.Cannot("an address of theirs was changed at this very moment; try again"));
        var pack = PackOf(await SqlEvidence.ReadAsync(s, leadId));
        if (await s.ScalarAsync<long>(IsErased, new { lead = leadId }) > 0) throw new RollBackException(new Erasure.Cannot("they were erased before"));
        if (await s.ScalarAsync<string>(LiveHoldOf, new { lead = leadId }) is { } matter) throw new RollBackException(new Erasure.Cannot($"a legal hold keeps everything about them: {matter}; lift it first with `meridian legal-hold PERSON --lift`"));
        if (await s.ScalarAsync<long>(InTheAirOf, new { lead = leadId }) > 0) throw new RollBackException(new Erasure.Cannot("something sent to them has no known end yet; try again in an hour, or tomorrow if it was an e-mail or a text"));
        if (await s.ScalarAsync<long>(NotUnderstoodOf, new { lead = leadId }) > 0) throw new RollBackException(new Erasure.Cannot("something they said is not understood yet; see `meridian signals`, then try again"));
        if (await s.ScalarAsync<long>(PhonesToCome, new { lead = leadId }) > 0) throw new RollBackException(new Erasure.Cannot("a phone of theirs was ordered and has not come yet; try again tomorrow"));
        if (await s.ExecuteAsync(EraseLead, new { lead = leadId, now }) == 0) throw new RollBackException(new Erasure.Cannot("there is nobody to erase, or their opt-out was taken back meanwhile"));

        var hash = HashOf(pack);
        var until = now.InUtc().LocalDateTime.PlusYears(Years).InUtc().ToInstant();
        var id = ids.New("rec");
        await s.ExecuteAsync(KeepRecord, new { id, lead = leadId, now, until, reason, actor, hash, pack });
        await WipeAsync(s, leadId, alone);
        await AuditVerbs.WriteAsync(s, ids, now, actor, "erase", leadId, null, $"{reason}; kept apart as {id} (sha256 {hash}) until {until.InUtc().Date:uuuu-MM-dd}");
        return new Erasure.Done(id, hash, until, addresses);
    });

    private static async Task WipeAsync(SqlSession s, string lead, IReadOnlyList<string> addresses)
    {
        await s.ExecuteAsync(DropAddresses, new { lead });
        foreach (var sql in new[] { ErasedWords, ErasedVerdicts, ErasedTouches, ErasedRows, ErasedProspects, ErasedPulls, ErasedConsents, ErasedSignatures, ErasedForms, ErasedTasks, ErasedCrm, ErasedSilences, ErasedIncidents, ErasedAudit, ErasedOrders })
            await s.ExecuteAsync(sql, new { lead, gone = Gone });
        foreach (var address in addresses.DefaultIfEmpty(""))
        {
            await s.ExecuteAsync(ErasedSignals, new { lead, address });
            await s.ExecuteAsync(ErasedSuppressions, new { address });
            await s.ExecuteAsync(ErasedLookups, new { address });
        }

        foreach (var bought in await s.QueryAsync<BoughtRow>(BoughtWith, new { lead }))
        {
            // Read anew each time: two of them may be in one reply.
            var now = await s.ScalarAsync<string>("select reply from purchase where id = @Id", new { bought.Id });
            if (Without(now!, bought.ExternalId) is { } reply) await s.ExecuteAsync(KeepReplyWithout, new { id = bought.Id, reply });
        }
    }

    private static string? Without(string reply, string externalId)
    {
        if (JsonNode.Parse(reply) is not JsonObject all || all["People"] is not JsonArray people) return null;
        foreach (var person in people.Where(p => (string?)p?["ExternalId"] == externalId).ToList()) people.Remove(person);
        return all.ToJsonString(Readable);
    }

    /// <summary>Somebody takes a pack away.</summary>
    public Task LogEvidenceAsync(string leadId, string reason, string hash, string actor, Instant now) =>
        store.WriteAsync(s => AuditVerbs.WriteAsync(s, ids, now, actor, "evidence", leadId, null, $"{reason}; sha256 {hash}"));

    /// <summary>What was kept of an erased person; the reading is written down before the answer is given.</summary>
    public Task<IReadOnlyList<RestrictedRecord>> OpenAsync(string leadId, string reason, string actor, Instant now) => store.WriteAsync<IReadOnlyList<RestrictedRecord>>(async s =>
    {
        var rows = await s.QueryAsync<RecordRow>(ReadRecord, new { lead = leadId });
        foreach (var row in rows) await AuditVerbs.WriteAsync(s, ids, now, actor, "read restricted record", leadId, null, $"{row.Id}: {reason}");
        return rows.Select(r => new RestrictedRecord(r.Id, r.KeptAt, r.KeepUntil, r.Reason, r.Actor, r.Sha256, r.Pack, HashOf(r.Pack) == r.Sha256)).ToList();
    });

    public async Task<int> DropOutdatedAsync(Instant now)
    {
        var dropped = 0;
        foreach (var id in await store.ReadAsync(s => s.QueryAsync<string>(Outdated, new { now })))
            dropped += await store.WriteAsync(s => s.ExecuteAsync(DropRecord, new { id, now }));
        return dropped;
    }

    internal static string PackOf(IReadOnlyList<EvidenceSection> sections) => JsonSerializer.Serialize(sections.ToDictionary(x => x.Name, x => x.Rows), Readable);

    internal static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed class BoughtRow
    {
        public string Id { get; init; } = "";
        public string ExternalId { get; init; } = "";
    }

    private sealed class RecordRow
    {
        public string Id { get; init; } = "";
        public Instant KeptAt { get; init; }
        public Instant KeepUntil { get; init; }
        public string Reason { get; init; } = "";
        public string Actor { get; init; } = "";
        public string Sha256 { get; init; } = "";
        public string Pack { get; init; } = "";
    }
}

/// <summary>What became of a wish to be erased.</summary>
public abstract record Erasure
{
    /// <param name="Addresses">They stay on the suppression list.</param>
    public sealed record Done(string RecordId, string Sha256, Instant KeepUntil, IReadOnlyList<string> Addresses) : Erasure;

    public sealed record Cannot(string Why) : Erasure;
}

/// <summary>What is kept of an erased person.</summary>
/// <param name="Intact">The pack still has the hash it was kept under.</param>
public sealed record RestrictedRecord(string Id, Instant KeptAt, Instant KeepUntil, string Reason, string Actor, string Sha256, string Pack, bool Intact);
