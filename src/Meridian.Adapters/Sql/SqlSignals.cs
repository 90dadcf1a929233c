using Meridian.Engine;
using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Raw signals and the holds they put on people.</summary>
public sealed class SqlSignals(SqlStore store, IIds ids) : ISignals
{
    /// <summary>The kind of the incident a signal nobody can read opens.</summary>
    internal const string UnreadableIncident = "unreadable-signal";

    // The address row is written first by everybody who holds, releases, suppresses or attaches it.
    internal const string Hold = """
        insert into address_key (id, kind, held_at, writes) values (@address, @kind, @now, 1)
            on conflict (id) do update set held_at = coalesce(address_key.held_at, excluded.held_at), writes = address_key.writes + 1
        """;

    internal const string OwnAddress = "update address_key set writes = writes + 1 where id = @address";

    // In a later statement than OwnAddress: whoever stores a signal must have that row, so none can slip in between.
    internal const string Release = """
        update address_key set held_at = null
         where id = @address and held_at is not null
           and not exists (select 1 from signal_address sa join signal g on g.id = sa.signal_id
                            where sa.address_id = @address and g.understood_at is null and g.id <> @signal)
        """;

    internal const string HeldOffersOf = "select id, pool_id from touch where lead_id = @lead and state = 'planned' and parked_reason = 'held' order by id";

    internal const string StillHeld = """
        select count(*) from lead_address la join address_key a on a.id = la.address_id where la.lead_id = @lead and la.detached_at is null and a.held_at is not null
        """;

    internal const string Unpark = "update touch set parked_reason = null, due_at = case when due_at > @now then due_at else @now end where id = @touch and state = 'planned' and parked_reason = 'held'";

    internal const string OpenSql = """
        select id, provider, event_id, kind, received_at, raw, touch_id, contact_ref from signal
         where understood_at is null and unreadable_at is null order by received_at, id limit @limit
        """;

    internal const string MarkUnderstood = "update signal set understood_at = @now, result = @result, attempts = attempts + 1 where id = @id and understood_at is null";

    public Task<bool> StoreAsync(string provider, SignalEnvelope envelope, string raw, Instant now) => store.WriteAsync(async s =>
    {
        var addresses = envelope.Holds ? await NamedAsync(s, envelope) : [];
        foreach (var address in addresses) await s.ExecuteAsync(Hold, new { address, kind = address.Contains('@') ? "email" : "phone", now });

        var leads = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var address in addresses) leads.UnionWith(await SqlPeopleLedger.HoldersAsync(s, address));
        foreach (var lead in leads) await s.ExecuteAsync(SqlPeopleLedger.BumpLead, new { lead });

        var id = ids.New("sig");
        var rows = await s.ExecuteAsync(SignalVerbs.Insert, new { id, provider, @event = envelope.IdAt(now), kind = envelope.Kind, now, raw, touch = envelope.TouchId, contact = envelope.ContactId });
        if (rows == 0) throw new RollBackException(false); // known: its hold was placed, and perhaps released, before
        foreach (var address in addresses) await s.ExecuteAsync("insert into signal_address (signal_id, address_id) values (@id, @address)", new { id, address });
        await DeskVerbs.WakeAsync(s, "inbox", "all", now);
        return true;
    });

    public async Task<bool> IsKnownAsync(string provider, string eventId) =>
        await store.ReadAsync(s => s.ScalarAsync<long>("select count(*) from signal where provider = @provider and event_id = @eventId", new { provider, eventId })) > 0;

    public Task<IReadOnlyList<StoredSignal>> OpenAsync(int limit) => store.ReadAsync(s => s.QueryAsync<StoredSignal>(OpenSql, new { limit }));

    public Task UnderstoodAsync(StoredSignal signal, string result, Instant now) => store.WriteAsync(async s => { await UnderstoodAsync(s, signal, result, now); });

    /// <summary>False: it was understood before.</summary>
    internal static async Task<bool> UnderstoodAsync(SqlSession s, StoredSignal signal, string result, Instant now)
    {
        var addresses = await s.QueryAsync<string>("select address_id from signal_address where signal_id = @id order by address_id", new { id = signal.Id });
        foreach (var address in addresses) await s.ExecuteAsync(OwnAddress, new { address });

        var released = new List<string>();
        foreach (var address in addresses)
            if (await s.ExecuteAsync(Release, new { address, signal = signal.Id }) == 1) released.Add(address);

        var leads = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var address in released) leads.UnionWith(await SqlPeopleLedger.HoldersAsync(s, address));
        foreach (var lead in leads) await s.ExecuteAsync(SqlPeopleLedger.BumpLead, new { lead });
        var pools = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var lead in leads)
        {
            if (await s.ScalarAsync<long>(StillHeld, new { lead }) > 0) continue;
            foreach (var offer in await s.QueryAsync<Offer>(HeldOffersOf, new { lead }))
            {
                await s.ExecuteAsync(Unpark, new { touch = offer.Id, now });
                pools.Add(offer.PoolId);
            }
        }

        var rows = await s.ExecuteAsync(MarkUnderstood, new { id = signal.Id, now, result });
        foreach (var pool in pools) await SqlTouchLedger.WakeSendersAsync(s, pool, now);
        return rows == 1;
    }

    public Task UnreadableAsync(StoredSignal signal, string why, Instant now) => store.WriteAsync(async s =>
    {
        await s.ExecuteAsync("update signal set unreadable_at = @now, result = @why, attempts = attempts + 1 where id = @id", new { id = signal.Id, now, why });
        await IncidentVerbs.OpenAndTellAsync(s, ids, UnreadableIncident, signal.Id, $"{signal.Provider} sent something we cannot read ({why}); whoever it names stays held", now);
    });

    public Task<TouchRef?> FindTouchAsync(string? touchId, string? providerRef) => store.ReadAsync(async s =>
    {
        const string columns = "select id as touch_id, lead_id, address_id, sender_id, begun_at, answered_at from touch where begun_at is not null and ";
        return (touchId is null ? null : await s.FirstOrDefaultAsync<TouchRef>(columns + "id = @touchId", new { touchId }))
            ?? (providerRef is null ? null : await s.FirstOrDefaultAsync<TouchRef>(columns + "provider_ref = @providerRef", new { providerRef }));
    });

    public Task<IReadOnlyList<string>> FindLeadsAsync(string? contactRef, string? addressId) => store.ReadAsync<IReadOnlyList<string>>(async s =>
    {
        if (contactRef is not null && await s.FirstOrDefaultAsync<string>("select lead_id from lead_ref where source = 'highlevel' and external_id = @contactRef", new { contactRef }) is { } lead)
            return [lead];
        return addressId is null ? [] : await SqlPeopleLedger.HoldersAsync(s, addressId);
    });

    /// <summary>The addresses a signal names, and those of the contact or touch it names.</summary>
    private static async Task<IReadOnlyList<string>> NamedAsync(SqlSession s, SignalEnvelope envelope)
    {
        var named = new SortedSet<string>(envelope.AddressIds, StringComparer.Ordinal);
        var lead = envelope.ContactId is { } contact
            ? await s.FirstOrDefaultAsync<string>("select lead_id from lead_ref where source = 'highlevel' and external_id = @contact", new { contact })
            : null;
        lead ??= envelope.TouchId is { } touch ? await s.FirstOrDefaultAsync<string>("select lead_id from touch where id = @touch", new { touch }) : null;
        if (lead is not null) named.UnionWith(await s.QueryAsync<string>(SqlPeopleLedger.AddressesOf, new { lead }));
        return named.ToList();
    }

    private sealed class Offer
    {
        public string Id { get; init; } = "";
        public string PoolId { get; init; } = "";
    }
}
