using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.Sql;

/// <summary>Every row that speaks of one person, table by table, as the database has it.</summary>
public sealed class SqlEvidence(SqlStore store)
{
    // Of one length, so that text sorts as time does.
    private static readonly InstantPattern Moment = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss.fff'Z'");

    private const string Mine = "select address_id from lead_address where lead_id = @lead union select address_id from touch where lead_id = @lead and address_id is not null union select address_id from consent where lead_id = @lead";

    private const string OurTouches = "select id from touch where lead_id = @lead";

    internal const string Person = "select * from lead where id = @lead";
    internal const string Company = "select c.* from company c join lead l on l.company_id = c.id where l.id = @lead";
    internal const string Addresses = "select la.role, la.extension, la.attached_at, la.detached_at, a.* from address_key a left join lead_address la on la.address_id = a.id and la.lead_id = @lead where a.id in (" + Mine + ") order by a.id";
    internal const string References = "select source, external_id from lead_ref where lead_id = @lead order by source, external_id";
    internal const string Imports = "select b.id as batch, b.file_name, b.file_hash, b.started_at, b.attested_by, b.attestation, r.line, r.result, r.reason, r.warnings, r.before, r.after from import_row r join import_batch b on b.id = r.batch_id where r.lead_id = @lead order by b.started_at, r.line";
    internal const string Prospects = "select source, external_id, state, reason, found_at, asked_at, purchase_id, raw from prospect where lead_id = @lead order by found_at, external_id";
    internal const string Pulls = "select source, external_id, state, why, filter_hash, looked_at, look_again_at from pull_contact where lead_id = @lead order by looked_at, external_id";
    internal const string Consents = "select * from consent where lead_id = @lead order by created_at, id";
    internal const string Signatures = "select * from consent_signature where lead_id = @lead order by signed_at, id";
    internal const string Forms = "select id, contact_ref, fields, received_at, state, why, closed_at from consent_form where lead_id = @lead order by received_at, id";
    internal const string Suppressions = "select * from suppression where address_id in (" + Mine + ") order by at, id";
    internal const string Walks = "select * from enrollment where lead_id = @lead order by enrolled_at, id";
    internal const string Touches = "select t.*, s.address as sender_address from touch t left join sender s on s.id = t.sender_id where t.lead_id = @lead order by coalesce(t.begun_at, t.planned_at), t.id";
    internal const string Verdicts = "select v.* from touch_verdict v join touch t on t.permit_id = v.permit_id where t.lead_id = @lead order by v.at, v.permit_id";
    internal const string Contents = "select c.* from touch_content c join touch t on t.permit_id = c.permit_id where t.lead_id = @lead order by c.permit_id";
    internal const string Signals = "select g.* from signal g where g.touch_id in (" + OurTouches + ") or g.id in (select signal_id from signal_address where address_id in (" + Mine + ")) order by g.received_at, g.id";
    internal const string LineLookups = "select * from line_lookup where address_id in (" + Mine + ") order by asked_at, id";
    internal const string Confirmations = "select * from opt_out_confirmation where address_id in (" + Mine + ") order by heard_at, id";
    internal const string CallTasks = "select * from call_task where lead_id = @lead order by created_at, id";
    internal const string CrmShown = "select * from crm_shown where lead_id = @lead order by asked_at, item, subject";
    internal const string CrmSilences = "select c.* from crm_silence c where c.contact_ref in (select external_id from lead_ref where lead_id = @lead and source = 'highlevel') order by c.contact_ref";
    internal const string PhoneOrders = "select * from phone_wanted where lead_id = @lead order by order_id";
    internal const string Incidents = "select * from incident where subject = @lead or subject in (" + OurTouches + ") order by opened_at, id";
    internal const string Holds = "select * from legal_hold where lead_id = @lead order by placed_at, id";
    internal const string Audit = "select * from audit where subject = @lead or subject in (" + Mine + ") or subject in (" + OurTouches + ") order by at, id";
    internal const string Restricted = "select id, kept_at, keep_until, reason, actor, sha256 from restricted_record where lead_id = @lead order by kept_at, id";

    internal const string WhoEverHad = """
        select lead_id from lead_address where address_id = @address union select lead_id from touch where address_id = @address and begun_at is not null
         union select lead_id from consent where address_id = @address order by 1
        """;

    private static readonly (string Name, string Sql)[] Sections =
    [
        ("person", Person), ("company", Company), ("addresses", Addresses), ("references", References), ("imports", Imports), ("prospects", Prospects), ("pulls", Pulls), ("consents", Consents), ("signatures", Signatures), ("consent_forms", Forms),
        ("suppressions", Suppressions), ("walks", Walks), ("touches", Touches), ("verdicts", Verdicts), ("words", Contents), ("signals", Signals), ("confirmations", Confirmations), ("line_lookups", LineLookups), ("call_tasks", CallTasks), ("crm_shown", CrmShown), ("crm_silences", CrmSilences), ("phone_orders", PhoneOrders),
        ("incidents", Incidents), ("legal_holds", Holds), ("audit", Audit), ("restricted_records", Restricted),
    ];

    /// <summary>By section, each row as column and text; instants in UTC.</summary>
    public Task<IReadOnlyList<EvidenceSection>> ReadAsync(string leadId, CancellationToken cancellation = default) => store.ReadAsync(s => ReadAsync(s, leadId), cancellation);

    internal static async Task<IReadOnlyList<EvidenceSection>> ReadAsync(SqlSession s, string leadId)
    {
        var sections = new List<EvidenceSection>();
        foreach (var (name, sql) in Sections)
        {
            var rows = await s.QueryAsync<dynamic>(sql, new { lead = leadId });
            sections.Add(new EvidenceSection(name, [.. rows.Select(r => Row((IDictionary<string, object?>)r))]));
        }

        return sections;
    }

    /// <summary>Also those from whom the address was taken, or who were erased.</summary>
    public Task<IReadOnlyList<string>> WhoEverHadAsync(string address) => store.ReadAsync(s => s.QueryAsync<string>(WhoEverHad, new { address }));

    private static IReadOnlyDictionary<string, string?> Row(IDictionary<string, object?> row) => row.ToDictionary(c => c.Key, c => Text(c.Key, c.Value));

    private static string? Text(string column, object? value) => value switch
    {
        null or DBNull => null,
        _ when column is "at" or "deadline" or "keep_until" or "company_free_at" || column.EndsWith("_at", StringComparison.Ordinal) => Moment.Format(TypeHandlers.ReadInstant(value)),
        IFormattable f => f.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}

/// <summary>The rows of one table.</summary>
public sealed record EvidenceSection(string Name, IReadOnlyList<IReadOnlyDictionary<string, string?>> Rows);
