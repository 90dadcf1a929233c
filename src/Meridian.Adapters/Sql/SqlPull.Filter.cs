using System.Text.Json;
using Meridian.Adapters.Csv;
using Meridian.Domain.Leads;
using Meridian.Domain.Pulling;
using Meridian.Engine;
using Meridian.Engine.Pulling;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.Sql;

// The filter: what was previewed, what was confirmed, and by whom.
public sealed partial class SqlPull
{
    private const string Previewed = "pull.previewed";
    private const string Confirmed = "pull.confirmed";

    internal const string SettingOf = "select value from setting where key = @key";

    internal const string KeepSetting = "insert into setting (key, value) values (@key, @value) on conflict (key) do update set value = excluded.value";

    internal const string HoldConfirmed = "update setting set value = value where key = @key";

    internal const string DropSetting = "delete from setting where key = @key";

    internal const string OwnSenders = "select address from sender order by address";

    internal const string Seen = """
        select external_id, state, why, looked_at, look_again_at, lead_id from pull_contact where source = @source and (@state is null or state = @state) order by looked_at desc, external_id limit @most
        """;

    internal const string Tally = "select state, count(*) as people from pull_contact where source = @source group by state order by state";

    public Task<PullSettings> SettingsAsync() => store.ReadAsync(async s =>
    {
        var previewed = await s.ScalarAsync<string>(SettingOf, new { key = Previewed });
        var confirmed = await s.ScalarAsync<string>(SettingOf, new { key = Confirmed });
        return new PullSettings(
            previewed is null ? null : JsonSerializer.Deserialize<PreviewWritten>(previewed, SqlIntake.Json)!.Read(), confirmed is null ? null : JsonSerializer.Deserialize<ConfirmationWritten>(confirmed, SqlIntake.Json)!.Read());
    });

    /// <summary>What the owner saw. It pulls nobody: what was confirmed before stays in force until something else is.</summary>
    public Task PreviewedAsync(PreviewedPull preview) =>
        store.WriteAsync(async s => { await s.ExecuteAsync(KeepSetting, new { key = Previewed, value = JsonSerializer.Serialize(PreviewWritten.Of(preview), SqlIntake.Json) }); });

    /// <summary>The previewed filter is in force from here on. Null: another one was previewed meanwhile.</summary>
    public Task<ConfirmedPull?> ConfirmAsync(string hash, string name, Instant now) => store.WriteAsync<ConfirmedPull?>(async s =>
    {
        if (await s.ScalarAsync<string>(SettingOf, new { key = Previewed }) is not { } json || JsonSerializer.Deserialize<PreviewWritten>(json, SqlIntake.Json)!.Read() is not { } seen || seen.Hash != hash) throw new RollBackException(null!);
        var statement = $"{name} states that contacts {seen.Filter} are not customers and may be contacted as strangers, and has seen a preview of {seen.LookedAt} of them ({seen.WouldBePulled} would be pulled).";
        var confirmed = new ConfirmedPull(seen.Filter, hash, name, statement, now);
        var before = await s.ScalarAsync<string>(SettingOf, new { key = Confirmed });
        var after = JsonSerializer.Serialize(ConfirmationWritten.Of(confirmed), SqlIntake.Json);
        await s.ExecuteAsync(KeepSetting, new { key = Confirmed, value = after });
        await AuditVerbs.WriteAsync(s, ids, now, name, "confirm pull", "pull", before, after);
        await DeskVerbs.WakeAsync(s, "pull", "all", now);
        return confirmed;
    });

    /// <summary>Nobody is pulled from here on. False: there was nothing to switch off.</summary>
    public Task<bool> OffAsync(string actor, Instant now) => store.WriteAsync(async s =>
    {
        var before = await s.ScalarAsync<string>(SettingOf, new { key = Confirmed });
        await s.ExecuteAsync(DropSetting, new { key = Previewed });
        if (await s.ExecuteAsync(DropSetting, new { key = Confirmed }) == 0) return false;
        await AuditVerbs.WriteAsync(s, ids, now, actor, "pull off", "pull", before, null);
        return true;
    });

    public Task<PullTerms> TermsAsync(OwnerSettings owner) => store.ReadAsync(async s =>
    {
        var addresses = (await s.QueryAsync<string>(OwnSenders)).Append(owner.OwnerEmail.Trim().ToLowerInvariant()).Append(owner.SellerPhone).Append(owner.TransferTo ?? "").Where(a => a.Length > 0).Distinct().ToList();
        var domains = addresses.Where(a => a.Contains('@')).Select(a => CompanyKey.Of(null, a, null)?.Domain).Append(CompanyKey.WebDomain(owner.PublicUrl)).OfType<string>().Distinct().ToList();
        return new PullTerms(owner.TagsNeverPulled(), domains, addresses, owner.Zone);
    });

    /// <summary>Contacts that were looked at, the last first.</summary>
    public Task<IReadOnlyList<PullLook>> SeenAsync(PullState? state, int most) => store.ReadAsync<IReadOnlyList<PullLook>>(async s =>
        [.. (await s.QueryAsync<SeenRow>(Seen, new { source = Source, state = Words.Of(state), most = (long)most })).Select(r => new PullLook(r.ExternalId, Words.Read<PullState>(r.State), r.Why, r.LookedAt, r.LookAgainAt, r.LeadId))]);

    public Task<IReadOnlyDictionary<PullState, long>> TallyAsync() => store.ReadAsync<IReadOnlyDictionary<PullState, long>>(async s =>
        (await s.QueryAsync<TallyRow>(Tally, new { source = Source })).ToDictionary(r => Words.Read<PullState>(r.State), r => r.People));

    private sealed record FilterWritten(IReadOnlyList<string> AnyTag, IReadOnlyList<string> NoTag, IReadOnlyList<string> Sources, IReadOnlyList<string> States, string? AddedSince, string? AddedBefore)
    {
        public static FilterWritten Of(PullFilter f) => new(f.AnyTag, f.NoTag, f.Sources, f.States, Day(f.AddedSince), Day(f.AddedBefore));

        public PullFilter Read() => new(AnyTag, NoTag, Sources, States, Day(AddedSince), Day(AddedBefore));

        private static string? Day(LocalDate? day) => day is { } d ? LocalDatePattern.Iso.Format(d) : null;

        private static LocalDate? Day(string? day) => day is null ? null : LocalDatePattern.Iso.Parse(day).GetValueOrThrow();
    }

    private sealed record PreviewWritten(FilterWritten Filter, string Hash, long Matching, int LookedAt, int WouldBePulled, long At)
    {
        public static PreviewWritten Of(PreviewedPull p) => new(FilterWritten.Of(p.Filter), p.Hash, p.Matching, p.LookedAt, p.WouldBePulled, p.At.ToUnixTimeMilliseconds());

        public PreviewedPull Read() => new(Filter.Read(), Hash, Matching, LookedAt, WouldBePulled, Instant.FromUnixTimeMilliseconds(At));
    }

    private sealed record ConfirmationWritten(FilterWritten Filter, string Hash, string ConfirmedBy, string Statement, long At)
    {
        public static ConfirmationWritten Of(ConfirmedPull c) => new(FilterWritten.Of(c.Filter), c.Hash, c.ConfirmedBy, c.Statement, c.At.ToUnixTimeMilliseconds());

        public ConfirmedPull Read() => new(Filter.Read(), Hash, ConfirmedBy, Statement, Instant.FromUnixTimeMilliseconds(At));
    }

    private sealed class SeenRow
    {
        public string ExternalId { get; init; } = "";
        public string State { get; init; } = "";
        public string? Why { get; init; }
        public Instant LookedAt { get; init; }
        public Instant? LookAgainAt { get; init; }
        public string? LeadId { get; init; }
    }

    private sealed class TallyRow
    {
        public string State { get; init; } = "";
        public long People { get; init; }
    }
}

/// <summary>A contact that was looked at.</summary>
public sealed record PullLook(string ContactId, PullState State, string? Why, Instant LookedAt, Instant? LookAgainAt, string? LeadId);
