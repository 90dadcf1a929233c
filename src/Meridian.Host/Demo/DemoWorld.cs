using Meridian.Adapters.Sql;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance.Rules;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Prospecting;
using NodaTime;

namespace Meridian.Host.Demo;

/// <summary>The demo's owner and senders: 8 warmed mailboxes (40 a day), 2 caller IDs (75), 1 text number (100).</summary>
public static class DemoWorld
{
    public const string CampaignId = "cam_demo";
    public const string OwnerEmail = "owner@example.com";
    public const string TextNumber = "+12025550190";
    public const string VapiKey = "sandbox-vapi-key";
    public const string ApolloKey = "sandbox-apollo-key";
    public const string HighLevelToken = "sandbox-highlevel-token";
    public const string HighLevelLocation = "sandboxLocation00001";

    /// <summary>Ten seconds of the machine may be hours there: a limit by its clock would mean nothing.</summary>
    public const int HighLevelRequests = 10_000_000;
    public const string LinkSecret = "sandbox-link-secret";
    public const string WebhookSecret = "sandbox-webhook-secret";
    private const string Zone = "America/New_York";

    public static readonly OwnerSettings Owner = new()
    {
        SellerName = "Example Growth LLC",
        PostalAddress = "100 Example Way, Richmond, VA 23219",
        SellerPhone = "+12025550199",
        OwnerEmail = OwnerEmail,
        Zone = Zone,
        DailyBudgetUsd = 500m,
        Law = PracticePapers.All,
    };

    public static readonly IReadOnlyDictionary<string, string> CallerIds = new Dictionary<string, string>
    {
        ["11111111-1111-4111-8111-111111111111"] = "+12025550180",
        ["22222222-2222-4222-8222-222222222222"] = "+12025550181",
    };

    public static readonly IReadOnlyList<string> Mailboxes =
        ["ana@growth1.example", "ben@growth2.example", "carla@growth3.example", "diego@growth4.example", "elena@growth5.example", "farid@growth6.example", "grace@growth7.example", "hugo@growth8.example"];

    /// <summary>Whom the demo finds by itself when no file is given.</summary>
    public static readonly SearchFilter Search = new(["owner", "office manager", "operations"], [], [], [], null);

    /// <summary>A national list and every state's own, drawn today and naming nobody.</summary>
    private static async Task LoadListsAsync(SqlStore store, IIds ids, Instant now)
    {
        var lists = new SqlDoNotCall(store, ids);
        foreach (var name in DoNotCallLists.StatesWithTheirOwn.Order().Prepend("national"))
            await lists.LoadAsync(name, new Dictionary<string, IReadOnlyCollection<string>> { [""] = [] }, now.InUtc().Date, "demo", "demo", now);
    }

    /// <summary>Writes it all; may be repeated on a folder that is resumed.</summary>
    public static async Task<string> SetUpAsync(SqlStore store, IIds ids, Sequence sequence, bool prospects, Instant now, bool humanCalls = false, Uri? publicAt = null)
    {
        var setup = new SqlSetup(store, ids);
        var owner = humanCalls ? Owner with { HumanCalls = true, BuyPhones = true, PublicUrl = "https://reach.example.com" } : Owner;
        owner = owner with { Law = PracticePapers.On(now.InUtc().Date) };
        if (publicAt is not null) owner = owner with { PublicUrl = publicAt.AbsoluteUri };
        await setup.KeepSecretAsync("secret.links", () => LinkSecret);
        var version = await setup.KeepOwnerAsync(owner, "demo", now);
        if (humanCalls) await LoadListsAsync(store, ids, now);
        await setup.KeepCampaignAsync(CampaignId, "Demo", sequence, Zone, dailyCap: 100_000, enrollsFrom: Instant.FromUnixTimeSeconds(0), now);
        foreach (var (mailbox, i) in Mailboxes.Select((m, i) => (m, i)))
        {
            var name = $"{char.ToUpperInvariant(mailbox[0])}{mailbox[1..mailbox.IndexOf('@')]}";
            await setup.KeepSenderAsync(CampaignId, new NewSender($"snd_mailbox_{i + 1}", Channel.Email, mailbox, $"{name} at Example Growth", null, Zone, 180, 20, 40, null), version, now);
        }

        foreach (var ((key, number), i) in CallerIds.OrderBy(c => c.Value, StringComparer.Ordinal).Select((c, i) => (c, i)))
            await setup.KeepSenderAsync(CampaignId, new NewSender($"snd_caller_{i + 1}", Channel.Call, number, null, key, Zone, 180, 20, 75, null), version, now);
        await setup.KeepSenderAsync(CampaignId, new NewSender("snd_text_1", Channel.Text, TextNumber, null, null, Zone, 180, 20, 100, null), version, now);
        if (prospects) await setup.KeepSearchAsync("sea_demo", "Owners and operations", "apollo", Search, now);
        await setup.KeepDesksAsync(now);
        return version;
    }
}
