using Meridian.Engine;
using Meridian.Engine.Checks;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>The latest finding of every capability, with an incident while it does not pass.</summary>
public sealed class SqlCheckBook(SqlStore store, IIds ids) : ICheckBook
{
    private const string IncidentKind = "provider-check";

    internal const string Keep = """
        insert into provider_check (provider, capability, at, passed_at, failed_at, found, fix) values (@provider, @capability, @at, @passed, @failed, @found, @fix)
            on conflict (provider, capability) do update set at = excluded.at, passed_at = coalesce(excluded.passed_at, provider_check.passed_at), failed_at = excluded.failed_at,
               found = excluded.found, fix = excluded.fix
        """;

    internal const string All = "select provider, capability, at, passed_at, failed_at, found, fix from provider_check order by provider, capability";

    /// <summary>What is checked no longer (a mailbox taken out of the settings) is forgotten with its incident.</summary>
    internal const string Known = "select capability from provider_check where provider = @provider order by capability";

    internal const string Forget = "delete from provider_check where provider = @provider and capability = @capability";

    internal const string SenderDesks = "select key from desk where kind = 'sender' order by key";

    public Task KeepAsync(string provider, IReadOnlyList<CheckFinding> findings, Instant at) => store.WriteAsync(async s =>
    {
        foreach (var gone in (await s.QueryAsync<string>(Known, new { provider })).Except(findings.Select(f => f.Capability)))
        {
            await s.ExecuteAsync(Forget, new { provider, capability = gone });
            await s.ExecuteAsync(IncidentVerbs.Close, new { kind = IncidentKind, subject = gone, now = at });
        }

        foreach (var f in findings.OrderBy(f => f.Capability, StringComparer.Ordinal))
        {
            await s.ExecuteAsync(Keep, new { provider, capability = f.Capability, at, passed = f.Passed ? at : (Instant?)null, failed = f.Passed ? null : (Instant?)at, found = f.Found, fix = f.Fix });
            if (f.Passed) await s.ExecuteAsync(IncidentVerbs.Close, new { kind = IncidentKind, subject = f.Capability, now = at });
            else await IncidentVerbs.OpenAsync(s, ids, IncidentKind, f.Capability, $"{f.Found}{(f.Fix is { } fix ? $" {fix}" : "")}", at);
        }

        foreach (var sender in await s.QueryAsync<string>(SenderDesks)) await DeskVerbs.WakeAsync(s, "sender", sender, at);
    });

    public Task<IReadOnlyList<ProviderCheckRow>> AllAsync() => store.ReadAsync(s => s.QueryAsync<ProviderCheckRow>(All));
}

public sealed class ProviderCheckRow
{
    public string Provider { get; init; } = "";
    public string Capability { get; init; } = "";
    public Instant At { get; init; }
    public Instant? PassedAt { get; init; }
    public Instant? FailedAt { get; init; }
    public string Found { get; init; } = "";
    public string? Fix { get; init; }
}
