using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;

namespace Meridian.Adapters.Sql;

public sealed partial class SqlTouchLedger
{
    // A permission may test only the row being updated, or a row this transaction already holds.
    internal const string TakeNumberForCall = "update address_key set next_call_at = @free, writes = writes + 1 where id = @address and (next_call_at is null or next_call_at <= @now)";
    internal const string TakeNumberForText = "update address_key set next_text_at = @free, writes = writes + 1 where id = @address and (next_text_at is null or next_text_at <= @now)";

    // A list that was loaded since the judging moved no revision: asked again here, of numbers that are called without a consent.
    internal const string OnNoList = """
        update address_key set writes = writes + 1 where id = @address and not exists (
            select 1 from dnc_list d join dnc_number n on n.generation = d.generation
             where n.number = address_key.id and (d.area_code = '' or d.area_code = substr(address_key.id, 3, 3)))
        """;

    internal const string TakeSender = """
        update sender set last_begin_at = @now, next_slot_at = @next_slot, revision = revision + 1
         where id = @sender and revision = @sender_judged and policy_version = @mine and next_slot_at <= @now
        """;

    internal const string TakeCompany = "update company set next_call_at = @free where id = @company and stopped_at is null and (next_call_at is null or next_call_at <= @now)";

    internal const string TakeLead = """
        update lead set last_permit_id = @permit, last_touch_at = @now, revision = revision + 1
         where id = @lead and revision = @lead_judged
        """;

    internal const string TakeTouch = """
        update touch set state = 'sending', permit_id = @permit, sender_id = @sender, address_id = @address, begun_at = @now, begun_day = @day, deadline = @deadline,
               contact_ref = @contact, company_free_at = @company_free, address_free_at = @address_free, reserved_micro = @reserve, spend_day = @spend_day
         where id = @touch and state = 'planned' and parked_reason is null and due_at <= @now
           and exists (select 1 from lead where id = @lead and last_permit_id = @permit)
        """;

    internal const string MoveSuccessor = "update touch set due_at = @due where successor_of = @touch and state = 'planned' and parked_reason is null";

    internal const string KeepVerdict = "insert into touch_verdict (permit_id, touch_id, at, verdict) values (@permit, @touch, @now, @verdict)";

    internal const string KeepContent = """
        insert into touch_content (permit_id, touch_id, from_address, to_address, subject, body, message_id)
        values (@permit, @touch, @from, @to, @subject, @body, @message)
        """;

    // An upsert: a new day needs no row. 0 rows: full.
    internal const string CountSenderDay = """
        insert into sender_day (sender_id, day, begun) select @sender, @day, @m where @m <= @cap
            on conflict (sender_id, day) do update set begun = sender_day.begun + @m where sender_day.begun + @m <= @cap
        """;

    internal const string CountCampaignDay = """
        insert into campaign_day (campaign_id, day, begun) select @campaign, @day, @m where @m <= @cap
            on conflict (campaign_id, day) do update set begun = campaign_day.begun + @m where campaign_day.begun + @m <= @cap
        """;

    internal const string CountCompanyDay = """
        insert into company_day (company_id, day, begun) select @company, @day, 1 where 1 <= @cap
            on conflict (company_id, day) do update set begun = company_day.begun + 1 where company_day.begun + 1 <= @cap
        """;

    internal const string CountSpend = """
        insert into spend_day (day, channel, micro) select @day, @channel, @m where @m <= @cap
            on conflict (day, channel) do update set micro = spend_day.micro + @m where spend_day.micro + @m <= @cap
        """;

    internal const string CountZoneDay = "update zone_day set begun = begun + 1 where pool_id = @pool and day = @day and zone_group = @zone";

    public async Task<BeginAnswer> TryBeginAsync(BeginOrder order, CancellationToken cancellation)
    {
        if (order.Channel == Channel.Call && order.Touches.Count != 1) throw new ArgumentException("calls begin one at a time", nameof(order));
        try
        {
            return await store.WriteOnceAsync(s => BeginAsync(s, order), cancellation);
        }
        catch (LostRaceException)
        {
            return BeginAnswer.Lost(BeginLoss.Race);
        }
        catch (CommitAnswerLostException e)
        {
            throw new BeginAnswerLostException(e);
        }
    }

    private static async Task<BeginAnswer> BeginAsync(SqlSession s, BeginOrder order)
    {
        static RollBackException Lost(BeginLoss loss) => new(BeginAnswer.Lost(loss));

        var now = order.Now;
        if (order.Channel != Channel.Email)
        {
            var take = order.Channel == Channel.Call ? TakeNumberForCall : TakeNumberForText;
            foreach (var t in order.Touches.OrderBy(t => t.AddressId, StringComparer.Ordinal))
            {
                if (t.AddressFreeAt is { } free && await s.ExecuteAsync(take, new { address = t.AddressId, free, now }) == 0) throw Lost(BeginLoss.Address);
                if (t.WithoutConsent && await s.ExecuteAsync(OnNoList, new { address = t.AddressId }) == 0) throw Lost(BeginLoss.Address);
            }
        }

        if (await s.ExecuteAsync(TakeSender, new { sender = order.SenderId, sender_judged = order.SenderRevision, mine = order.PolicyVersion, next_slot = order.NextSlotAt, now }) == 0)
            throw Lost(BeginLoss.Sender);

        foreach (var t in order.Touches)
        {
            if (t is { CompanyId: { } company, CompanyFreeAt: { } free } && await s.ExecuteAsync(TakeCompany, new { company, free, now }) == 0) throw Lost(BeginLoss.Company);
        }

        var holding = new List<BeginTouch>(order.Touches.Count);
        foreach (var t in order.Touches.OrderBy(t => t.LeadId, StringComparer.Ordinal))
        {
            if (await s.ExecuteAsync(TakeLead, new { permit = t.PermitId, now, lead = t.LeadId, lead_judged = t.LeadRevision }) == 1) holding.Add(t);
        }

        foreach (var t in holding.OrderBy(t => t.TouchId, StringComparer.Ordinal))
        {
            var rows = await s.ExecuteAsync(TakeTouch, new
            {
                permit = t.PermitId,
                sender = order.SenderId,
                address = t.AddressId,
                now,
                day = order.SenderDay,
                deadline = t.Deadline,
                contact = t.ContactRef,
                company_free = t.CompanyFreeAt,
                address_free = t.AddressFreeAt,
                reserve = t.ReserveMicro,
                spend_day = order.SpendDay,
                touch = t.TouchId,
                lead = t.LeadId,
            });
            if (rows == 0) throw new InvalidOperationException($"lead {t.LeadId} was at the judged revision but touch {t.TouchId} was not: something changed a touch without bumping its lead");
        }

        if (holding.Count == 0) throw Lost(BeginLoss.Leads); // a stale lead must not burn the slot or the company's day

        foreach (var t in holding)
        {
            if (t.SuccessorDueAt is { } due) await s.ExecuteAsync(MoveSuccessor, new { touch = t.TouchId, due });
            await s.ExecuteAsync(KeepVerdict, new { permit = t.PermitId, touch = t.TouchId, now, verdict = t.VerdictJson });
            var c = t.Content;
            await s.ExecuteAsync(KeepContent, new { permit = t.PermitId, touch = t.TouchId, from = c.FromAddress, to = c.ToAddress, subject = c.Subject, body = c.Body, message = c.MessageId });
        }

        long m = holding.Count;
        if (await s.ExecuteAsync(CountSenderDay, new { sender = order.SenderId, day = order.SenderDay, m, cap = order.SenderDayCap }) == 0) throw Lost(BeginLoss.SenderDay);
        if (await s.ExecuteAsync(CountCampaignDay, new { campaign = order.CampaignId, day = order.CampaignDay, m, cap = order.CampaignDayCap }) == 0) throw Lost(BeginLoss.CampaignDay);

        foreach (var company in holding.Select(t => t.CompanyId).OfType<string>().Order(StringComparer.Ordinal))
            if (await s.ExecuteAsync(CountCompanyDay, new { company, day = order.CampaignDay, cap = order.CompanyDayCap }) == 0) throw Lost(BeginLoss.CompanyDay);

        var reserve = holding.Sum(t => t.ReserveMicro);
        if (reserve > 0)
        {
            // 'all' before the channel: ascending key, like every other row
            if (await s.ExecuteAsync(CountSpend, new { day = order.SpendDay, channel = "all", m = reserve, cap = order.SpendCapMicro }) == 0) throw Lost(BeginLoss.Money);
            if (await s.ExecuteAsync(CountSpend, new { day = order.SpendDay, channel = Words.Of(order.Channel), m = reserve, cap = order.ChannelSpendCapMicro }) == 0) throw Lost(BeginLoss.Money);
        }

        foreach (var t in holding) await s.ExecuteAsync(CountZoneDay, new { pool = t.PoolId, day = order.SenderDay, zone = t.ZoneGroup });
        return new BeginAnswer(holding.Select(t => t.TouchId).ToList(), null);
    }
}
