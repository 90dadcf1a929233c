using Meridian.Adapters.Sql;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Compliance.Rules;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Host.Demo;
using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>The owner, the campaign and the senders of a simulated world, small enough that every cap is reached.</summary>
internal static class SimWorld
{
    public const string Campaign = "cam_sim";
    public const int GapSeconds = 180;
    private const string Zone = "America/New_York";

    public static readonly OwnerSettings Owner = new()
    {
        SellerName = "Example LLC",
        PostalAddress = "1 Example Way, Richmond, VA 23219",
        SellerPhone = "+12025550199",
        OwnerEmail = "owner@example.com",
        Zone = Zone,
        DailyBudgetUsd = 1.2m,
        Law = PracticePapers.All,
    };

    /// <summary>Days on which clocks change or nobody is called, ordinary ones, a weekend, the turn of a year; all at 5:00 in New York.</summary>
    public static readonly IReadOnlyList<LocalDate> Starts =
    [
        new(2026, 11, 16), new(2026, 11, 25), new(2026, 10, 30), new(2027, 3, 12), new(2026, 12, 31), new(2027, 1, 15), new(2026, 7, 2), new(2027, 11, 5), new(2026, 11, 19), new(2027, 6, 17),
    ];

    /// <summary>As <see cref="Owner"/>, with people who make calls by hand.</summary>
    public static readonly OwnerSettings OwnerWithCallers = Owner with { HumanCalls = true, HumanCallsPerDay = 6 };

    public static async Task<string> SetUpAsync(SqlStore store, IIds ids, SimChance chance, OwnerSettings owner, Instant now)
    {
        var setup = new SqlSetup(store, ids);
        var sequence = chance.Happens(0.6) ? SopSequence.Default : chance.Happens(0.5) ? SopSequence.EmailFirst : SopSequence.EmailFirstWithFollowUps;
        var version = await setup.KeepOwnerAsync(owner, "simulation", now);
        await setup.KeepCampaignAsync(Campaign, "Simulated", sequence, Zone, chance.Between(8, 30), Instant.FromUnixTimeSeconds(0), now);
        for (var i = 1; i <= 2; i++) await SenderAsync($"snd_call_{i}", Channel.Call, $"+1202555018{i}", chance.Between(3, 8));
        for (var i = 1; i <= chance.Between(1, 2); i++) await SenderAsync($"snd_mail_{i}", Channel.Email, $"a{i}@mail.example", chance.Between(4, 12));
        await SenderAsync("snd_text_1", Channel.Text, "+12025550190", chance.Between(3, 8));
        await setup.KeepDesksAsync(now);
        // Desks that reach nobody and only look every few minutes: a third of all steps, and no law speaks of them.
        await store.WriteAsync(async s => { await s.ExecuteAsync("delete from desk where kind in ('alerts', 'checks', 'consent-forms', 'crm', 'phones', 'pull')"); });
        return version;

        Task SenderAsync(string id, Channel channel, string address, int cap) =>
            setup.KeepSenderAsync(Campaign, new NewSender(id, channel, address, "Ann", null, Zone, GapSeconds, 20, cap, null), version, now);
    }

    /// <summary>Do-not-call lists that name every seventh number; in every tenth world they are too old to call by.</summary>
    /// <returns>The numbers on it; null: no list is good.</returns>
    public static async Task<IReadOnlySet<string>?> LoadListsAsync(SqlStore store, IIds ids, SimChance chance, IReadOnlyList<SimPerson> people, Instant now)
    {
        var listed = people.Select(p => p.Phone).Distinct().Where(_ => chance.Next(7) == 0).ToHashSet();
        var fresh = !chance.Happens(0.1);
        foreach (var list in DoNotCallLists.StatesWithTheirOwn.Order(StringComparer.Ordinal).Prepend("national"))
            await new SqlDoNotCall(store, ids).LoadAsync(list, new Dictionary<string, IReadOnlyCollection<string>> { [""] = list == "national" ? listed : [] }, now.InUtc().Date.PlusDays(fresh ? -3 : -40), "list.csv", "sam", now);
        return fresh ? listed : null;
    }

    public static Instant StartOf(LocalDate day) => day.At(new LocalTime(5, 0)).InZoneLeniently(DateTimeZoneProviders.Tzdb[Zone]).ToInstant();
}
