using Meridian.Engine.Crm;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>The table <c>crm_silence</c>.</summary>
public sealed class SqlCrmSilences(SqlStore store) : ICrmSilences
{
    private const int MostAtOnce = 200;

    private const string Heard = "from lead_address la join suppression k on k.address_id = la.address_id where la.lead_id = l.id";

    // A closed confirmation has written it; an open one writes it when its text has left, for after that nothing is let through.
    internal const string Owed = $"""
        select r.external_id as contact_ref, l.opted_out_at from lead l join lead_ref r on r.lead_id = l.id and r.source = 'highlevel' left join crm_silence c on c.contact_ref = r.external_id
         where l.opted_out_at > @since and (c.contact_ref is null or c.opted_out_at < l.opted_out_at)
           and (exists (select 1 {Heard} and k.source <> 'highlevel') or not exists (select 1 {Heard}))
           and not exists (select 1 from opt_out_confirmation o where o.contact_ref = r.external_id and (o.closed_at is null or o.closed_at >= l.opted_out_at))
         order by r.external_id limit @most
        """;

    internal const string Keep = """
        insert into crm_silence (contact_ref, opted_out_at, owed_since, look_at, tries) values (@contact, @optedOut, @now, @now, 0)
            on conflict (contact_ref) do update set opted_out_at = excluded.opted_out_at, owed_since = case when crm_silence.written_at is null and crm_silence.gone_at is null then crm_silence.owed_since else excluded.owed_since end,
                   look_at = excluded.look_at, tries = 0, why = null, written_at = null, gone_at = null
             where crm_silence.opted_out_at < excluded.opted_out_at
        """;

    // Whoever signed again meanwhile is not silenced late.
    private const string StillOwed = """
        written_at is null and gone_at is null
           and not exists (select 1 from lead_ref r join lead l on l.id = r.lead_id where r.source = 'highlevel' and r.external_id = crm_silence.contact_ref and l.opted_out_at is null)
        """;

    internal const string Due = $"select contact_ref, opted_out_at, tries from crm_silence where look_at <= @now and {StillOwed} order by look_at, contact_ref limit @most";

    internal const string Written = "update crm_silence set written_at = @written, gone_at = @gone, why = null where contact_ref = @contact and opted_out_at = @optedOut and written_at is null and gone_at is null";

    internal const string LookAgain = "update crm_silence set look_at = @at, tries = tries + 1, why = @why where contact_ref = @contact and opted_out_at = @optedOut and written_at is null and gone_at is null";

    internal const string Late = $"select count(*) as owed, min(owed_since) as owed_since, max(why) as why from crm_silence where owed_since < @before and {StillOwed}";

    public async Task<bool> CollectAsync(Instant since, Instant now)
    {
        var owed = await store.ReadAsync(s => s.QueryAsync<Row>(Owed, new { since, most = (long)MostAtOnce }));
        if (owed.Count == 0) return false;
        await store.WriteAsync(async s =>
        {
            foreach (var row in owed.OrderBy(r => r.ContactRef, StringComparer.Ordinal)) await s.ExecuteAsync(Keep, new { contact = row.ContactRef, optedOut = row.OptedOutAt, now });
        });
        return owed.Count == MostAtOnce;
    }

    public Task OweAsync(string contactRef, Instant now) => store.WriteAsync(async s =>
    {
        await s.ExecuteAsync(Keep, new { contact = contactRef, optedOut = now, now });
        await DeskVerbs.WakeAsync(s, "crm-silence", "all", now);
    });

    public Task<IReadOnlyList<OwedSilence>> DueAsync(Instant now, int most) => store.ReadAsync<IReadOnlyList<OwedSilence>>(async s =>
        (await s.QueryAsync<Row>(Due, new { now, most = (long)most })).Select(r => new OwedSilence(r.ContactRef, r.OptedOutAt, r.Tries)).ToList());

    public Task WrittenAsync(OwedSilence silence, bool isGone, Instant now) =>
        store.WriteAsync(s => s.ExecuteAsync(Written, new { contact = silence.ContactRef, optedOut = silence.OptedOutAt, written = isGone ? (Instant?)null : now, gone = isGone ? now : (Instant?)null }));

    public Task LookAgainAsync(OwedSilence silence, string why, Instant at) =>
        store.WriteAsync(s => s.ExecuteAsync(LookAgain, new { contact = silence.ContactRef, optedOut = silence.OptedOutAt, why, at }));

    public Task<LateSilences?> LateAsync(Instant before) => store.ReadAsync(async s =>
        await s.FirstOrDefaultAsync<LateRow>(Late, new { before }) is { Owed: > 0 } late ? new LateSilences(late.Owed, late.OwedSince!.Value, late.Why) : null);

    private sealed class Row
    {
        public string ContactRef { get; init; } = "";
        public Instant OptedOutAt { get; init; }
        public long Tries { get; init; }
    }

    private sealed class LateRow
    {
        public long Owed { get; init; }
        public Instant? OwedSince { get; init; }
        public string? Why { get; init; }
    }
}
