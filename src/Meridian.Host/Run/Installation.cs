using System.Security.Cryptography;
using Meridian.Adapters.Sql;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Senders;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Host.Composition;
using Meridian.Host.Setup;
using NodaTime;

namespace Meridian.Host.Run;

/// <summary>Brings the settings of an install into its database: owner, campaign, senders, desks. May be repeated; that is how settings are reloaded.</summary>
public sealed class Installation(SqlStore store, IIds ids, string folder)
{
    public const string CampaignId = "cam_main";
    private const int GapSeconds = 180;
    private const int HourlyCap = 20;

    /// <summary>Returns the policy version this process judges by from now on.</summary>
    /// <exception cref="UsageException">The settings lack what a live engine needs.</exception>
    public async Task<string> ApplyAsync(MeridianSettings settings, Instant now, Action<string>? judgeBy = null)
    {
        var problems = Missing(settings);
        if (problems.Count > 0) throw new UsageException(string.Join(Environment.NewLine, problems));
        var owner = settings.Owner!;
        var setup = new SqlSetup(store, ids);
        // Whatever may be refused is read before anything is written; and whoever judges must hold the version the senders hold.
        var texts = SequenceTexts.Read(folder, settings.Campaign.Sequence == "sop" ? SopSequence.Default : SopSequence.EmailFirstWithFollowUps);
        var version = await setup.KeepOwnerAsync(owner, "settings", now);
        judgeBy?.Invoke(version);
        var sequence = await setup.KeepSequenceAsync(texts);
        await setup.KeepCampaignAsync(CampaignId, "Main", sequence, owner.Zone, settings.Campaign.DailyCap, Instant.FromUnixTimeSeconds(0), now);
        await setup.ChangeCampaignAsync(CampaignId, sequence, owner.Zone, settings.Campaign.DailyCap, now);
        await setup.KeepSendersAsync(CampaignId, Senders(settings).ToList(), version, now);
        await setup.SetAsideSearchesAsync(settings.Searches.Select(IdOf).ToHashSet(), now);
        foreach (var search in settings.Searches) await setup.KeepSearchAsync(IdOf(search), search.Name, "apollo", search.Filter(), now);
        await setup.KeepDesksAsync(now);
        return version;
    }

    /// <summary>The secrets of this install, made once: webhooks and opt-out links.</summary>
    public async Task<InstallSecrets> SecretsAsync()
    {
        var setup = new SqlSetup(store, ids);
        static string Make() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        return new InstallSecrets(await setup.KeepSecretAsync("secret.webhook", Make), await setup.KeepSecretAsync("secret.links", Make));
    }

    /// <summary>What a live engine cannot do without.</summary>
    public static IReadOnlyList<string> Missing(MeridianSettings settings)
    {
        var missing = new List<string>();
        if (settings.Owner is null) missing.Add("owner is not set up: run `meridian init`, or write owner into meridian.json");
        else if (settings.CallerIds.Count > 0 && settings.Owner.SellerPhone.Length == 0) missing.Add("owner.sellerPhone is empty: every call must say a number to call back (47 CFR 64.1200(b)(2))");
        if (settings.Mailboxes.Count + settings.CallerIds.Count + settings.TextNumbers.Count == 0) missing.Add("there is nobody to send from: set up at least one of mailboxes, callerIds, textNumbers");
        return missing;
    }

    private static string IdOf(SearchSettings search) => $"sea_{search.Name.Trim().ToLowerInvariant()}";

    private static IEnumerable<NewSender> Senders(MeridianSettings settings)
    {
        var zone = settings.Owner!.Zone;
        foreach (var m in settings.Mailboxes)
            yield return new NewSender($"snd_{m.Address.Trim().ToLowerInvariant()}", Channel.Email, m.Address.Trim().ToLowerInvariant(), m.Name ?? settings.Owner.SellerName, null, zone, GapSeconds, HourlyCap, m.DailyCap, Caps.Day(m.WarmSince));
        foreach (var c in settings.CallerIds)
            yield return new NewSender($"snd_call_{c.Number}", Channel.Call, c.Number, null, c.PhoneNumberId, zone, GapSeconds, HourlyCap, c.DailyCap, null);
        foreach (var t in settings.TextNumbers)
            yield return new NewSender($"snd_text_{t.Number}", Channel.Text, t.Number, null, null, zone, GapSeconds, HourlyCap, t.DailyCap, null);
    }
}

/// <summary>Made once per install and kept in its database.</summary>
/// <param name="Webhook">Comes back with every webhook of ours.</param>
/// <param name="Links">Signs opt-out links.</param>
public sealed record InstallSecrets(string Webhook, string Links);
