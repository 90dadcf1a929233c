using Meridian.Domain.Compliance.Pack;
using Meridian.Engine;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Who of the owner's counsel read which rules and stands by them.</summary>
public sealed class SqlCounsel(SqlStore store, IIds ids)
{
    internal const string Sign = """
        insert into counsel_signoff (id, name, firm, signed_on, pack_version, pack_as_of, pack_sha256, law_settings, note, recorded_by, recorded_at)
        values (@id, @name, @firm, @signed, @version, @as_of, @hash, @law, @note, @actor, @now)
        """;

    internal const string All = "select name, firm, signed_on, pack_version, pack_as_of, pack_sha256, law_settings, note, recorded_by, recorded_at from counsel_signoff order by recorded_at desc, id desc";

    /// <summary>Signs the rules of this build and the papers as they are now; a change of either is not signed by it.</summary>
    public Task SignAsync(string name, string firm, LocalDate signedOn, string? note, string law, string actor, Instant now) => store.WriteAsync(async s =>
    {
        var pack = ContactRulesPack.Current;
        await s.ExecuteAsync(Sign, new { id = ids.New("sgn"), name, firm, signed = signedOn, version = pack.Version, as_of = pack.AsOf, hash = pack.Fingerprint, law, note, actor, now });
        await AuditVerbs.WriteAsync(s, ids, now, actor, "counsel sign-off", "law", null, $"{name}, {firm}: rules {pack.Version} of {pack.AsOf:uuuu-MM-dd}, sha256 {pack.Fingerprint}");
    });

    public Task<IReadOnlyList<SignOff>> AllAsync() => store.ReadAsync<IReadOnlyList<SignOff>>(async s => (await s.QueryAsync<Row>(All)).Select(r => new SignOff(
        r.Name, r.Firm, r.SignedOn, r.PackVersion, r.PackAsOf, r.PackSha256, r.LawSettings, r.Note, r.RecordedBy, r.RecordedAt)).ToList());

    /// <summary>What the owner is told about the rules that are in force; null: counsel has signed exactly them.</summary>
    public async Task<string?> WarningAsync(string law)
    {
        var pack = ContactRulesPack.Current;
        var all = await AllAsync();
        const string how = "have counsel read them and record it with `meridian counsel sign`";
        if (all.Count == 0) return $"the contact rules {pack.Version} of {pack.AsOf:uuuu-MM-dd} are signed off by nobody; {how}";
        var last = all[0];
        if (last.PackSha256 != pack.Fingerprint) return $"{last.Name} signed the contact rules of {last.PackAsOf:uuuu-MM-dd} on {last.SignedOn:uuuu-MM-dd}; this build has others; {how}";
        return last.LawSettings == law ? null : $"permits, registrations, exemptions or emergencies were changed since {last.Name} signed on {last.SignedOn:uuuu-MM-dd}; {how}";
    }

    private sealed class Row
    {
        public string Name { get; init; } = "";
        public string Firm { get; init; } = "";
        public LocalDate SignedOn { get; init; }
        public string PackVersion { get; init; } = "";
        public LocalDate PackAsOf { get; init; }
        public string PackSha256 { get; init; } = "";
        public string LawSettings { get; init; } = "";
        public string? Note { get; init; }
        public string RecordedBy { get; init; } = "";
        public Instant RecordedAt { get; init; }
    }
}

/// <summary>One sign-off.</summary>
public sealed record SignOff(string Name, string Firm, LocalDate SignedOn, string PackVersion, LocalDate PackAsOf, string PackSha256, string LawSettings, string? Note, string RecordedBy, Instant RecordedAt);
