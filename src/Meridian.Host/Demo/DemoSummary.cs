using System.Text.Json.Serialization;
using Meridian.Adapters.Sql;
using Meridian.Domain.Compliance;
using Meridian.Engine.Dispatch;
using Meridian.Host.Composition;
using NodaTime;

namespace Meridian.Host.Demo;

/// <summary>What the second process of a demo did, and what was done to it.</summary>
/// <param name="LongestRecovery">Seconds from a kill to the first turn of its successor.</param>
public sealed record SecondFigures(
    [property: JsonPropertyName("turns")] int Turns, [property: JsonPropertyName("killed")] int Killed, [property: JsonPropertyName("frozen")] int Frozen, [property: JsonPropertyName("longest_recovery_seconds")] double LongestRecovery);

/// <summary>A demo in numbers. Touches add up: calls + emails + sms + bounces (but for bounced_later) + refused + failed + unconfirmed + skipped + parked + waiting.</summary>
public sealed record DemoSummary
{
    [JsonPropertyName("prospects")] public long Prospects { get; init; }
    [JsonPropertyName("bought")] public long Bought { get; init; }
    [JsonPropertyName("credits")] public decimal Credits { get; init; }
    [JsonPropertyName("rows")] public long Rows { get; init; }
    [JsonPropertyName("leads")] public long Leads { get; init; }
    [JsonPropertyName("enrolled")] public long Enrolled { get; init; }
    [JsonPropertyName("touches")] public long Touches { get; init; }
    [JsonPropertyName("calls")] public long Calls { get; init; }
    [JsonPropertyName("emails")] public long Emails { get; init; }
    [JsonPropertyName("sms")] public long Texts { get; init; }
    [JsonPropertyName("owner_emails")] public long OwnerEmails { get; init; }
    [JsonPropertyName("replies")] public long Replies { get; init; }
    [JsonPropertyName("consents")] public long Consents { get; init; }
    [JsonPropertyName("optouts")] public long OptOuts { get; init; }
    [JsonPropertyName("bounces")] public long Bounces { get; init; }

    /// <summary>Those of the bounces that came by mail, hours after the e-mail had been taken: these touches stay sent.</summary>
    [JsonPropertyName("bounced_later")] public long BouncedLater { get; init; }

    [JsonPropertyName("auto_replies")] public long AutoReplies { get; init; }
    [JsonPropertyName("refused")] public long Refused { get; init; }
    [JsonPropertyName("failed")] public long Failed { get; init; }
    [JsonPropertyName("unconfirmed")] public long Unconfirmed { get; init; }
    [JsonPropertyName("skipped")] public required IReadOnlyDictionary<string, long> Skipped { get; init; }
    [JsonPropertyName("parked")] public required IReadOnlyDictionary<string, long> Parked { get; init; }
    [JsonPropertyName("waiting")] public required IReadOnlyDictionary<string, long> Waiting { get; init; }
    [JsonPropertyName("incidents")] public required IReadOnlyDictionary<string, long> Incidents { get; init; }
    [JsonPropertyName("errors")] public long Errors { get; init; }
    [JsonPropertyName("simulated_days")] public double SimulatedDays { get; init; }
    [JsonPropertyName("wall_seconds")] public double WallSeconds { get; init; }
    [JsonPropertyName("second"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public SecondFigures? Second { get; init; }

    /// <summary>How often the database did not answer and was asked again.</summary>
    [JsonPropertyName("database_away"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int DatabaseAway { get; init; }

    /// <summary>Entries of the file of faults that no request of this run matched.</summary>
    [JsonPropertyName("faults_unmet"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public IReadOnlyList<string>? FaultsUnmet { get; init; }

    [JsonPropertyName("folder")] public required string Folder { get; init; }

    /// <summary>What could not be told apart from the sum of the parts: 0, or something is wrong.</summary>
    [JsonPropertyName("unaccounted")]
    public long Unaccounted => Touches - Calls - Emails - Texts - (Bounces - BouncedLater) - Refused - Failed - Unconfirmed - Skipped.Values.Sum() - Parked.Values.Sum() - Waiting.Values.Sum();

    private const string LaterBounces = "select count(*) from signal where provider = 'mail' and kind = 'bounce'";

    public static async Task<DemoSummary> ReadAsync(Node node, ImportCounts import, DemoFolder folder, DemoOptions options, Duration simulated, TimeSpan wall)
    {
        var store = node.Store;
        async Task<long> Count(string sql) => await store.ReadAsync(async s => await s.ScalarAsync<long>(sql));
        async Task<IReadOnlyDictionary<string, long>> By(string sql) =>
            (await store.ReadAsync(s => s.QueryAsync<Counted>(sql))).ToDictionary(c => c.Word, c => c.Count);

        return new DemoSummary
        {
            Consents = await Count("select count(*) from consent_signature"),
            Prospects = await Count("select count(*) from prospect"),
            Bought = await Count("select count(*) from prospect where state in ('lead', 'duplicate', 'unknown') or (state = 'cannot' and asked_at is not null)"),
            Credits = await Count("select coalesce(sum(credits), 0) from credit_day") / 1000m,
            Rows = import.Rows,
            Leads = import.Leads,
            Enrolled = await Count("select count(*) from enrollment"),
            Touches = await Count("select count(*) from touch"),
            Calls = await Count("select count(*) from touch where channel = 'call' and state = 'sent'"),
            Emails = await Count("select count(*) from touch where channel = 'email' and state = 'sent'"),
            Texts = await Count("select count(*) from touch where channel = 'text' and state = 'sent'"),
            OwnerEmails = await Count("select count(*) from owner_copy where sent_at is not null") + await Count("select count(distinct told_at) from incident"),
            Replies = await Count("select count(*) from signal where result in ('replied by text', 'replied by e-mail')"),
            OptOuts = await Count("select count(*) from (select distinct source, evidence from suppression where source in ('sms', 'call', 'email')) heard"),
            Bounces = await Count("select count(*) from touch where state = 'refused' and disposition = 'bounced'") + await Count(LaterBounces),
            BouncedLater = await Count(LaterBounces),
            AutoReplies = await Count("select count(*) from signal where kind = 'auto-reply'"),
            Refused = await Count("select count(*) from touch where state = 'refused' and (disposition is null or disposition <> 'bounced')"),
            Failed = await Count("select count(*) from touch where state = 'failed'"),
            Unconfirmed = await Count("select count(*) from touch where state in ('unconfirmed', 'sending')"),
            Skipped = await By("select skipped_reason as word, count(*) as count from touch where state = 'skipped' group by skipped_reason order by skipped_reason"),
            Parked = await By("select parked_reason as word, count(*) as count from touch where state = 'planned' and parked_reason is not null group by parked_reason order by parked_reason"),
            Waiting = await WaitingAsync(node),
            Incidents = await By("select kind as word, count(*) as count from incident group by kind order by kind"),
            Errors = node.Safe.Errors,
            SimulatedDays = Math.Round(simulated.TotalDays, 3),
            WallSeconds = Math.Round(wall.TotalSeconds, 1),
            Folder = folder.Path,
        };
    }

    /// <summary>Why each open offer has not been taken: the first rule that says wait, or the senders' capacity.</summary>
    private static async Task<IReadOnlyDictionary<string, long>> WaitingAsync(Node node)
    {
        var offers = await node.Store.ReadAsync(s => s.QueryAsync<Offer>("select id, lead_id, campaign_id, step_id, due_at from touch where state = 'planned' and parked_reason is null order by id"));
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var now = node.Clocks.Now;
        var campaigns = new Dictionary<string, Engine.Ledger.CampaignFacts?>();
        foreach (var offer in offers)
        {
            if (!campaigns.TryGetValue(offer.CampaignId, out var campaign)) campaigns[offer.CampaignId] = campaign = await node.Facts.CampaignAsync(offer.CampaignId);
            var lead = await node.Facts.LeadAsync(offer.LeadId);
            var step = campaign?.Sequence.Find(offer.StepId);
            var reason = "unknown";
            if (lead is not null && step is not null)
            {
                var verdict = Judge.Of(lead, campaign!, step, null, now, offer.Id).Verdict;
                reason = verdict.Ruling != Ruling.Allow ? Word(verdict.Decisive!.Rule) : offer.DueAt > now ? "not_yet_due" : "sender_capacity";
            }

            counts[reason] = counts.GetValueOrDefault(reason) + 1;
        }

        return counts;
    }

    private static string Word(string rule) => string.Concat(rule.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));

    private sealed class Counted
    {
        public string Word { get; init; } = "";
        public long Count { get; init; }
    }

    private sealed class Offer
    {
        public string Id { get; init; } = "";
        public string LeadId { get; init; } = "";
        public string CampaignId { get; init; } = "";
        public string StepId { get; init; } = "";
        public Instant DueAt { get; init; }
    }
}
