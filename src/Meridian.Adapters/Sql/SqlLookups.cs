using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Lookups;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Carrier lookups, in the ledger's lock order: the address, then whoever holds it.</summary>
public sealed class SqlLookups(SqlStore store, IIds ids) : ILookupBook
{
    internal const string Candidates = """
        select distinct t.address_id, t.window_key from touch t join lead l on l.id = t.lead_id join address_key a on a.id = t.address_id
         where t.channel = 'call' and t.state = 'planned' and t.parked_reason = 'no_legal_basis' and t.address_id > @after and l.opted_out_at is null and a.suppressed_at is null and a.kind = 'phone'
           and (a.line_looked_up_at is null or a.line_looked_up_at < @answeredBefore)
           and not exists (select 1 from line_lookup k where k.address_id = a.id and k.asked_at >= @askedBefore)
           and not exists (select 1 from dnc_list d join dnc_number n on n.generation = d.generation where n.number = a.id and (d.area_code = '' or d.area_code = substr(a.id, 3, 3)))
           and not exists (select 1 from lead_address c where c.address_id = a.id and c.role = 'company' and c.detached_at is null)
         order by t.address_id limit @most
        """;

    internal const string Reserve = """
        insert into line_lookup (id, address_id, source, day, micro, asked_at)
        select @id, @address, @source, @day, @micro, @now where (select count(*) from line_lookup where day = @day) < @most
        """;

    internal const string KeepAnswer = "update line_lookup set answered_at = @now, line_type = @type, business = @business, raw = @raw where id = @id and answered_at is null";

    internal const string KeepError = "update line_lookup set error = @why where id = @id and answered_at is null";

    internal const string KeepOnAddress = "update address_key set line_type = @type, line_business = @business, line_looked_up_at = @now, writes = writes + 1 where id = @address";

    public Task<IReadOnlyList<LookupCandidate>> CandidatesAsync(string after, Instant askedBefore, Instant answeredBefore, int most) => store.ReadAsync<IReadOnlyList<LookupCandidate>>(async s =>
        (await s.QueryAsync<Row>(Candidates, new { after, askedBefore, answeredBefore, most = (long)most })).Select(r => new LookupCandidate(r.AddressId, r.WindowKey)).ToList());

    public Task<string?> TryReserveAsync(string addressId, string source, LookupLimits limits, Instant now) => store.WriteAsync<string?>(async s =>
    {
        var id = ids.New("lku");
        if (await s.ExecuteAsync(Reserve, new { id, address = addressId, source, day = limits.Day, micro = limits.Micro, now, most = (long)limits.MostPerDay }) == 0) throw new RollBackException(null!);
        if (await s.ExecuteAsync(SqlProspects.ReserveMoney, new { day = limits.Day, micro = limits.Micro, cap = limits.BudgetMicro }) == 0) throw new RollBackException(null!);
        return id;
    });

    public Task KeepAsync(string id, string addressId, LineLookup line, string raw, Instant now) => store.WriteAsync(async s =>
    {
        var (type, business) = (TypeWord(line.Type), line.IsBusiness switch { true => "yes", false => "no", null => (string?)null });
        await s.ExecuteAsync(KeepOnAddress, new { address = addressId, type, business, now = line.At });
        var holders = await s.QueryAsync<string>(SqlPeopleLedger.OwnersOf, new { address = addressId });
        foreach (var lead in holders) await s.ExecuteAsync(SqlPeopleLedger.BumpLead, new { lead });
        await s.ExecuteAsync(KeepAnswer, new { id, now = line.At, type, business, raw });
        if (!line.ConfirmsBusinessLine(now)) return;
        foreach (var lead in holders) await SqlIntake.FreeOffersAsync(s, lead, [Words.Of(Channel.Call)], now);
    });

    public Task KeepFailureAsync(string id, string why) => store.WriteAsync(s => s.ExecuteAsync(KeepError, new { id, why }));

    /// <summary>As the call tasks read it.</summary>
    internal static string TypeWord(LineType type) => type.ToString();

    private sealed class Row
    {
        public string AddressId { get; init; } = "";
        public string WindowKey { get; init; } = "";
    }
}
