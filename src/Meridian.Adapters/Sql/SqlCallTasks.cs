using Meridian.Domain.Compliance;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.HumanCalls;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Call tasks, and what lists and lookups say of their numbers, in the ledger's lock order: number, company, lead, task.</summary>
public sealed class SqlCallTasks(SqlStore store, IIds ids) : ICallTasks, ICrmTaskBook
{
    private const string Forgotten = "call-task-open";

    /// <summary>No call of a person takes longer; who took one an hour ago has forgotten it.</summary>
    private static readonly Duration TalkedEnough = Duration.FromHours(1);

    internal const string Lists = "select name, area_code, as_of from dnc_list order by name, area_code";

    internal const string ListedOn = """
        select distinct l.name from dnc_list l join dnc_number n on n.generation = l.generation where n.number = @number and (l.area_code = '' or l.area_code = @area) order by l.name
        """;

    internal const string LineOf = "select line_type, line_business, line_looked_up_at from address_key where id = @number";

    internal const string CandidatesSql = """
        select t.id as touch_id, t.lead_id, t.campaign_id, t.step_id from touch t join lead l on l.id = t.lead_id
         where t.state = 'planned' and t.channel = 'call' and t.parked_reason = 'no_legal_basis' and t.id > @after
           and l.opted_out_at is null and l.paused_at is null and l.detached_at is null
           and exists (select 1 from lead_address la where la.lead_id = t.lead_id and la.kind = 'phone' and la.role <> 'company' and la.detached_at is null)
           and not exists (select 1 from call_task k where k.touch_id = t.id)
         order by t.id limit @most
        """;

    internal const string LeadIsStill = "update lead set revision = revision where id = @lead and revision = @revision";

    internal const string Insert = """
        insert into call_task (id, lead_id, touch_id, address_id, state, window_key, created_at, expires_at, findings)
        select @id, @lead, t.id, @address, 'open', @window, @now, @expires, @findings from touch t
         where t.id = @touch and t.state = 'planned' and t.parked_reason = 'no_legal_basis'
           and (select count(*) from call_task k where k.created_at >= @began) < @most
            on conflict do nothing
        """;

    private const string Columns = """
        select k.id, k.touch_id, k.lead_id, t.campaign_id, t.step_id, k.address_id, l.company_id, coalesce(l.first_name || ' ', '') || coalesce(l.last_name, '') as name, l.title,
               c.name as company_name, la.extension, k.state, k.created_at, k.expires_at, k.begun_at, k.actor, k.outcome
          from call_task k join touch t on t.id = k.touch_id join lead l on l.id = k.lead_id left join company c on c.id = l.company_id
          left join lead_address la on la.lead_id = k.lead_id and la.address_id = k.address_id
        """;

    internal const string OpenSql = $"{Columns} where k.state = 'open' order by k.expires_at, k.id limit @most";

    internal const string OneSql = $"{Columns} where k.id = @id";

    internal const string ToOpenSql = $"{Columns} where k.state = 'open' and k.begun_at is null and k.crm_asked_at is null order by k.created_at, k.id limit @most";

    internal const string AskCrm = "update call_task set crm_asked_at = @now where id = @id and crm_asked_at is null and state = 'open'";

    internal const string KeepCrm = "update call_task set provider_ref = @reference where id = @id and provider_ref is null";

    internal const string ToCompleteSql = "select id as task_id, provider_ref as reference from call_task where state <> 'open' and provider_ref is not null and crm_done_at is null order by closed_at, id limit @most";

    internal const string CrmDone = "update call_task set crm_done_at = @now where id = @id and crm_done_at is null";

    internal const string TakeLead = """
        update lead set last_touch_at = @now, revision = revision + 1
         where id = @lead and revision = @revision and opted_out_at is null and not exists (select 1 from setting where key = 'engine.paused_at')
        """;

    // A list or a pause that came since the judging moved no revision of the person: asked again here.
    internal const string Dial = """
        update call_task set begun_at = @now, actor = @actor where id = @id and state = 'open' and begun_at is null and expires_at > @now
           and not exists (select 1 from touch t join campaign c on c.id = t.campaign_id where t.id = call_task.touch_id and c.paused_at is not null)
           and not exists (select 1 from dnc_number n join dnc_list l on l.generation = n.generation where n.number = call_task.address_id)
        """;

    // What a person did is taken down whatever became of the task meanwhile, once.
    internal const string CloseSql = """
        update call_task set state = 'done', outcome = @outcome, note = @note, actor = @actor, closed_at = @now, begun_at = case when @called = 1 then coalesce(begun_at, @now) else begun_at end
         where id = @id and outcome is null
        """;

    internal const string OfferStands = "update touch set due_at = due_at where id = @touch and state = 'planned'";

    internal const string TakenBy = "select count(*) from call_task where id = @id and begun_at = @now and actor = @actor and outcome is null";

    internal const string BegunLongAgo = "select id, lead_id, actor, begun_at from call_task where state = 'open' and begun_at <= @before order by id";

    internal const string NotForgotten = "select subject from incident where kind = @kind and closed_at is null and not exists (select 1 from call_task k where k.id = incident.subject and k.state = 'open')";

    internal const string Settle = """
        update touch set state = 'skipped', skipped_reason = @reason, parked_reason = null, closed_at = @now where id = @touch and state = 'planned'
        """;

    internal const string WakeWalkOf = "update enrollment set plan_at = @now, wakes = wakes + 1 where id = (select enrollment_id from touch where id = @touch) and state = 'active'";

    internal const string RestNumber = "update address_key set next_call_at = @free, writes = writes + 1 where id = @address and (next_call_at is null or next_call_at < @free)";

    internal const string RestCompany = "update company set next_call_at = @free where id = @company and (next_call_at is null or next_call_at < @free)";

    internal const string WithdrawOf = "update call_task set state = 'withdrawn', closed_at = @now, note = @why where lead_id = @lead and state = 'open'";

    // Whoever is on the phone with them finishes the call and says what came of it.
    internal const string WithdrawWaitingOf = "update call_task set state = 'withdrawn', closed_at = @now, note = @why where lead_id = @lead and state = 'open' and begun_at is null";

    internal const string WithdrawSettled = """
        update call_task set state = 'withdrawn', closed_at = @now, note = 'the AI voice may call, or nobody needs to'
         where state = 'open' and begun_at is null and not exists (select 1 from touch t where t.id = call_task.touch_id and t.state = 'planned' and t.parked_reason = 'no_legal_basis')
        """;

    internal const string Expire = "update call_task set state = 'expired', closed_at = @now where state = 'open' and begun_at is null and expires_at <= @now";

    internal const string NextExpiry = "select min(expires_at) from call_task where state = 'open' and begun_at is null";

    public Task<LoadedLists> ListsAsync() => store.ReadAsync(async s => new LoadedLists((await s.QueryAsync<ListRow>(Lists)).Select(l => l.ToList()).ToList()));

    public Task<NumberStanding> StandingAsync(string e164) => store.ReadAsync(async s =>
    {
        var loaded = new LoadedLists((await s.QueryAsync<ListRow>(Lists)).Select(l => l.ToList()).ToList()).Covering(e164);
        var listed = loaded.Count == 0 ? [] : await s.QueryAsync<string>(ListedOn, new { number = e164, area = e164.Substring(2, 3) });
        var line = await s.FirstOrDefaultAsync<LineRow>(LineOf, new { number = e164 });
        return new NumberStanding(listed.ToList(), loaded, line is { LineType: { } type, LineLookedUpAt: { } at } ? new LineLookup(Enum.Parse<LineType>(type), line.LineBusiness is null ? null : line.LineBusiness == "yes", at) : null);
    });

    public Task<IReadOnlyList<CallTaskCandidate>> CandidatesAsync(string after, int most) => store.ReadAsync(async s =>
        (IReadOnlyList<CallTaskCandidate>)(await s.QueryAsync<Candidate>(CandidatesSql, new { after, most = (long)most })).Select(c => new CallTaskCandidate(c.TouchId, c.LeadId, c.CampaignId, c.StepId)).ToList());

    public Task<bool> TryOpenAsync(NewCallTask task, long leadRevision, Instant dayBegan, int mostPerDay, Instant now) => store.WriteAsync(async s =>
    {
        if (await s.ExecuteAsync(LeadIsStill, new { lead = task.LeadId, revision = leadRevision }) == 0) throw new RollBackException(false);
        return await s.ExecuteAsync(Insert, new
        {
            id = ids.New("tsk"),
            lead = task.LeadId,
            touch = task.TouchId,
            address = task.AddressId,
            window = task.WindowKey,
            now,
            expires = task.ExpiresAt,
            findings = task.Findings,
            began = dayBegan,
            most = (long)mostPerDay,
        }) == 1;
    });

    public Task<IReadOnlyList<CallTask>> OpenAsync(int most) => store.ReadAsync(async s =>
        (IReadOnlyList<CallTask>)(await s.QueryAsync<TaskRow>(OpenSql, new { most = (long)most })).Select(r => r.ToTask()).ToList());

    public Task<IReadOnlyList<CallTask>> ToOpenAsync(int most) => store.ReadAsync(async s =>
        (IReadOnlyList<CallTask>)(await s.QueryAsync<TaskRow>(ToOpenSql, new { most = (long)most })).Select(r => r.ToTask()).ToList());

    public Task<bool> TryAskAsync(string taskId, Instant now) => store.WriteAsync(async s => await s.ExecuteAsync(AskCrm, new { id = taskId, now }) == 1);

    public Task KeepAsync(string taskId, string reference) => store.WriteAsync(s => s.ExecuteAsync(KeepCrm, new { id = taskId, reference }));

    public Task<IReadOnlyList<CrmTaskOver>> ToCompleteAsync(int most) => store.ReadAsync<IReadOnlyList<CrmTaskOver>>(async s =>
        (await s.QueryAsync<OverRow>(ToCompleteSql, new { most = (long)most })).Select(r => new CrmTaskOver(r.TaskId, r.Reference)).ToList());

    public Task CompletedAsync(string taskId, Instant now) => store.WriteAsync(s => s.ExecuteAsync(CrmDone, new { id = taskId, now }));

    public Task<CallTask?> FindAsync(string taskId) => store.ReadAsync(async s => (await s.FirstOrDefaultAsync<TaskRow>(OneSql, new { id = taskId }))?.ToTask());

    public async Task<bool> TryDialAsync(CallTask task, long leadRevision, Instant numberFreeAt, CompanyTake? company, string actor, Instant now)
    {
        try
        {
            return await store.WriteAsync(s => DialAsync(s, task, leadRevision, numberFreeAt, company, actor, now));
        }
        catch (CommitAnswerLostException)
        {
            // Whoever took it at this instant under this name took it here.
            return await store.ReadAsync(s => s.ScalarAsync<long>(TakenBy, new { id = task.Id, actor, now })) > 0;
        }
    }

    private static async Task<bool> DialAsync(SqlSession s, CallTask task, long leadRevision, Instant numberFreeAt, CompanyTake? company, string actor, Instant now)
    {
        if (await s.ExecuteAsync(SqlTouchLedger.TakeNumberForCall, new { address = task.AddressId, free = numberFreeAt, now }) == 0) throw new RollBackException(false);
        if (task.CompanyId is not null && company is not null && await s.ExecuteAsync(SqlTouchLedger.TakeCompany, new { company = task.CompanyId, free = company.FreeAt, now }) == 0) throw new RollBackException(false);
        if (await s.ExecuteAsync(TakeLead, new { lead = task.LeadId, revision = leadRevision, now }) == 0) throw new RollBackException(false);
        // From here on the person is in the air, and the step with them: whoever called ends it, and who did not gives it back.
        if (await s.ExecuteAsync(OfferStands, new { touch = task.TouchId }) == 0) throw new RollBackException(false);
        if (await s.ExecuteAsync(Dial, new { id = task.Id, actor, now }) == 0) throw new RollBackException(false);
        if (task.CompanyId is not null && company is not null && await s.ExecuteAsync(SqlTouchLedger.CountCompanyDay, new { company = task.CompanyId, day = company.Day, cap = (long)company.Cap }) == 0) throw new RollBackException(false);
        return true;
    }

    public Task<bool> TryCloseAsync(string taskId, CallOutcome outcome, string? stops, string? note, string actor, Instant now) => store.WriteAsync(async s =>
    {
        if (await s.FirstOrDefaultAsync<TaskRow>(OneSql, new { id = taskId }) is not { } row) throw new RollBackException(false);
        var called = outcome != CallOutcome.NotCalled;
        if (called && row.BegunAt is null)
        {
            // It happened without us: it counts all the same.
            var free = now + Engine.Dispatch.Gaps.Number;
            await s.ExecuteAsync(RestNumber, new { address = row.AddressId, free });
            if (row.CompanyId is { } company) await s.ExecuteAsync(RestCompany, new { company, free });
        }

        await s.ExecuteAsync(SqlPeopleLedger.BumpLead, new { lead = row.LeadId });
        await s.ExecuteAsync(WakeWalkOf, new { touch = row.TouchId, now });
        // The step was a person's: a consent that comes later does not have it called a second time.
        if (called) await s.ExecuteAsync(Settle, new { touch = row.TouchId, reason = Words.Of(SkippedReason.CalledByPerson), now });
        // With the answer or not at all: nothing is begun in between, and a second telling would find nothing left to stop.
        if (stops is not null) await SqlPeopleLedger.StopWalksAsync(s, row.LeadId, stops, SkippedReason.Stopped, now);
        if (await s.ExecuteAsync(CloseSql, new { id = taskId, outcome = Words.Of(outcome), note, actor, now, called = called ? 1L : 0L }) == 0) throw new RollBackException(false);
        await s.ExecuteAsync(IncidentVerbs.Close, new { kind = Forgotten, subject = taskId, now });
        await AuditVerbs.WriteAsync(s, ids, now, actor, "call task", taskId, null, Words.Of(outcome));
        await DeskVerbs.WakeAsync(s, "campaign", row.CampaignId, now);
        return true;
    });

    public async Task<int> TellForgottenAsync(Instant now)
    {
        var forgotten = await store.ReadAsync(s => s.QueryAsync<ForgottenRow>(BegunLongAgo, new { before = now - TalkedEnough }));
        foreach (var task in forgotten)
        {
            await store.WriteAsync(s => IncidentVerbs.OpenAndTellAsync(
                s, ids, Forgotten, task.Id, $"{task.Actor} took this call at {task.BegunAt} and nobody has said what came of it; until then nothing else is sent to {task.LeadId}. Say it: meridian tasks done {task.Id} --outcome WORD", now));
        }

        // A task that was withdrawn, or closed while this looked, holds nobody any more.
        foreach (var over in await store.ReadAsync(s => s.QueryAsync<string>(NotForgotten, new { kind = Forgotten })))
            await store.WriteAsync(s => s.ExecuteAsync(IncidentVerbs.Close, new { kind = Forgotten, subject = over, now }));
        return forgotten.Count;
    }

    public Task WithdrawSettledAsync(Instant now) => store.WriteAsync(async s => { await s.ExecuteAsync(WithdrawSettled, new { now }); });

    public Task<int> ExpireAsync(Instant now) => store.WriteAsync(s => s.ExecuteAsync(Expire, new { now }));

    public Task<Instant?> NextExpiryAsync() => store.ReadAsync(s => s.InstantAsync(NextExpiry));

    private sealed class ForgottenRow
    {
        public string Id { get; init; } = "";
        public string LeadId { get; init; } = "";
        public string Actor { get; init; } = "";
        public Instant BegunAt { get; init; }
    }

    private sealed class ListRow
    {
        public string Name { get; init; } = "";
        public string AreaCode { get; init; } = "";
        public LocalDate AsOf { get; init; }

        public ScrubbedList ToList() => new(Name, AreaCode.Length == 0 ? null : AreaCode, AsOf);
    }

    private sealed class LineRow
    {
        public string? LineType { get; init; }
        public string? LineBusiness { get; init; }
        public Instant? LineLookedUpAt { get; init; }
    }

    private sealed class OverRow
    {
        public string TaskId { get; init; } = "";
        public string Reference { get; init; } = "";
    }

    private sealed class Candidate
    {
        public string TouchId { get; init; } = "";
        public string LeadId { get; init; } = "";
        public string CampaignId { get; init; } = "";
        public string StepId { get; init; } = "";
    }

    private sealed class TaskRow
    {
        public string Id { get; init; } = "";
        public string TouchId { get; init; } = "";
        public string LeadId { get; init; } = "";
        public string CampaignId { get; init; } = "";
        public string StepId { get; init; } = "";
        public string AddressId { get; init; } = "";
        public string? CompanyId { get; init; }
        public string Name { get; init; } = "";
        public string? Title { get; init; }
        public string? CompanyName { get; init; }
        public string? Extension { get; init; }
        public string State { get; init; } = "";
        public Instant CreatedAt { get; init; }
        public Instant ExpiresAt { get; init; }
        public Instant? BegunAt { get; init; }
        public string? Actor { get; init; }
        public string? Outcome { get; init; }

        public CallTask ToTask() => new(Id, TouchId, LeadId, CampaignId, StepId, AddressId, CompanyId, Name.Trim(), Title, CompanyName, Extension, State, CreatedAt, ExpiresAt, BegunAt, Actor, Outcome);
    }
}
