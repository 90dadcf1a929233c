using Meridian.Domain.Touches;
using Meridian.Engine.Crm;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>
/// What the CRM shows, and what happened that it does not show yet. News is found through the touches of the last weeks by their ids, which sort by birth,
/// so a look costs what those weeks cost.
/// </summary>
public sealed class SqlCrmBook(SqlStore store) : ICrmBook
{
    private static readonly Duration OneAsk = Duration.FromMinutes(5);

    /// <summary>What was asked for so often in vain is asked for ever after at the slower pace.</summary>
    private static readonly Duration SlowAsk = Duration.FromHours(1);

    /// <summary>A report may come after the end of its call.</summary>
    private static readonly Duration ReportComes = Duration.FromMinutes(2);

    private const string Contact = "(select min(r.external_id) from lead_ref r where r.lead_id = l.id and r.source = 'highlevel') as contact_id";

    // Whoever opted out is not made known to anybody.
    private const string Wanted = """
        l.detached_at is null and l.erased_at is null
           and ((@everybody = 1 and l.opted_out_at is null) or exists (select 1 from lead_ref r where r.lead_id = l.id and r.source = 'highlevel'))
        """;

    private const string May = "c.shown_at is null and c.refused_at is null and ((c.asks < 4 and c.asked_at <= @before) or c.asked_at <= @long_before)";

    private const string Asked = "left join crm_shown c on c.lead_id = l.id and c.item = @item and c.subject";

    private const string NotYet = $"(c.lead_id is null or ({May}))";

    // Who was never asked for comes first, then whoever waits longest: what is not taken again and again keeps nobody else out.
    private const string InTurn = "order by c.asked_at nulls first, l.id limit @most";

    internal const string Contacted = $"""
        select distinct l.id as lead_id, c.asked_at, {Contact} from touch t join lead l on l.id = t.lead_id {Asked} = @subject
         where t.id > @since and t.state = 'sent' and {Wanted} and {NotYet} {InTurn}
        """;

    internal const string Replied = $"""
        select distinct l.id as lead_id, c.asked_at, {Contact} from touch t join lead l on l.id = t.lead_id {Asked} = @subject
         where t.id > @since and t.disposition = 'replied' and {Wanted} and {NotYet} {InTurn}
        """;

    internal const string OptedOut = $"""
        select l.id as lead_id, c.asked_at, {Contact} from lead l {Asked} = @subject where l.opted_out_at > @at and {Wanted} and {NotYet} {InTurn}
        """;

    internal const string Interested = $"""
        select l.id as lead_id, c.asked_at, {Contact} from lead l {Asked} = @subject
         where l.id in (select t.lead_id from touch t where t.id > @since and t.disposition = 'interested'
                         union select k.lead_id from call_task k where k.outcome = 'interested' and k.closed_at > @at)
           and {Wanted} and {NotYet} {InTurn}
        """;

    internal const string Calls = $"""
        select l.id as lead_id, c.asked_at, {Contact}, t.id as subject from touch t join lead l on l.id = t.lead_id {Asked} = t.id
         where t.id > @since and t.channel = 'call' and t.state = 'sent' and t.closed_at < @settled and {Wanted} and {NotYet}
         order by c.asked_at nulls first, t.id limit @most
        """;

    internal const string Call = "select begun_at, answered_at, closed_at, disposition from touch where id = @touch and begun_at is not null";

    internal const string Reports = "select raw from signal where touch_id = @touch and provider = 'vapi' order by received_at desc, id desc limit 20";

    internal const string Ask = """
        insert into crm_shown (lead_id, item, subject, asked_at, asks) values (@lead, @item, @subject, @now, 1)
            on conflict (lead_id, item, subject) do update set asked_at = excluded.asked_at, asks = crm_shown.asks + 1
         where crm_shown.shown_at is null and crm_shown.refused_at is null and ((crm_shown.asks < 4 and crm_shown.asked_at <= @before) or crm_shown.asked_at <= @long_before)
        """;

    internal const string Asks = "select asks from crm_shown where lead_id = @lead and item = @item and subject = @subject";

    internal const string Shown = "update crm_shown set shown_at = @now, reference = @reference where lead_id = @lead and item = @item and subject = @subject and shown_at is null";

    internal const string Refused = """
        update crm_shown set refused_at = @now, refusal = @reason where lead_id = @lead and item = @item and subject = @subject and shown_at is null and refused_at is null
        """;

    public Task<IReadOnlyList<CrmNews>> TagsAsync(CrmTag tag, CrmLook look) => FindAsync(tag switch
    {
        CrmTag.Contacted => Contacted,
        CrmTag.Replied => Replied,
        CrmTag.OptedOut => OptedOut,
        _ => Interested,
    }, CrmItem.Tag, tag.ToString(), look);

    public Task<IReadOnlyList<CrmNews>> NotesAsync(CrmLook look) => FindAsync(Calls, CrmItem.Note, "", look);

    public Task<IReadOnlyList<CrmNews>> OpportunitiesAsync(CrmLook look) => FindAsync(Interested, CrmItem.Opportunity, nameof(CrmTag.Interested), look);

    public Task<CrmCall?> CallAsync(string touchId) => store.ReadAsync(async s => await s.FirstOrDefaultAsync<CallRow>(Call, new { touch = touchId }) is { } row
        ? new CrmCall(row.BegunAt, row.AnsweredAt, row.ClosedAt, Words.ReadOrNull<Disposition>(row.Disposition), await s.QueryAsync<string>(Reports, new { touch = touchId }))
        : null);

    public Task<long?> TryAskAsync(CrmNews news, Instant now) => store.WriteAsync<long?>(async s =>
    {
        var (lead, item, subject) = (news.LeadId, Words.Of(news.Item), news.Subject);
        if (await s.ExecuteAsync(Ask, new { lead, item, subject, now, before = now - OneAsk, long_before = now - SlowAsk }) == 0) return null;
        return await s.ScalarAsync<long>(Asks, new { lead, item, subject }) - 1;
    });

    public Task ShownAsync(CrmNews news, string? reference, Instant now) =>
        store.WriteAsync(s => s.ExecuteAsync(Shown, new { lead = news.LeadId, item = Words.Of(news.Item), subject = news.Subject, reference, now }));

    public Task RefusedAsync(CrmNews news, string reason, Instant now) =>
        store.WriteAsync(s => s.ExecuteAsync(Refused, new { lead = news.LeadId, item = Words.Of(news.Item), subject = news.Subject, reason, now }));

    private Task<IReadOnlyList<CrmNews>> FindAsync(string sql, CrmItem item, string subject, CrmLook look) => store.ReadAsync<IReadOnlyList<CrmNews>>(async s =>
        (await s.QueryAsync<NewsRow>(sql, new
        {
            since = $"tch_{look.Since.ToUnixTimeMilliseconds():x12}", at = look.Since, everybody = look.Everybody ? 1L : 0L, item = Words.Of(item), subject,
            before = look.Now - OneAsk, long_before = look.Now - SlowAsk, settled = look.Now - ReportComes, most = (long)look.Most,
        })).Select(r => new CrmNews(r.LeadId, r.ContactId, item, r.Subject ?? subject, r.AskedAt)).ToList());

    private sealed class NewsRow
    {
        public string LeadId { get; init; } = "";
        public string? ContactId { get; init; }
        public string? Subject { get; init; }
        public Instant? AskedAt { get; init; }
    }

    private sealed class CallRow
    {
        public Instant BegunAt { get; init; }
        public Instant? AnsweredAt { get; init; }
        public Instant? ClosedAt { get; init; }
        public string? Disposition { get; init; }
    }
}
