using System.Text.Json.Serialization;
using Meridian.Adapters.Sql;
using Meridian.Domain.Pacing;
using Meridian.Engine.Desks;
using Meridian.Host.Composition;
using Meridian.Host.OptOut;
using NodaTime;

namespace Meridian.Host.Run;

/// <summary>The SOP's <c>/stats</c>: beats, restarts, errors, counts of the owner's day. Numbers only, nobody's name.</summary>
public sealed record RunStats
{
    [JsonPropertyName("now")] public required string Now { get; init; }
    [JsonPropertyName("started_at")] public required string StartedAt { get; init; }
    [JsonPropertyName("paused")] public bool Paused { get; init; }
    [JsonPropertyName("restart_count")] public long Restarts { get; init; }
    [JsonPropertyName("error_count")] public long Errors { get; init; }
    [JsonPropertyName("errors_last_hour")] public long ErrorsLastHour { get; init; }
    [JsonPropertyName("open_incidents")] public long OpenIncidents { get; init; }
    [JsonPropertyName("in_the_air")] public long InTheAir { get; init; }
    [JsonPropertyName("today")] public required IReadOnlyDictionary<string, long> Today { get; init; }
    [JsonPropertyName("spent_today_usd")] public decimal SpentToday { get; init; }
    [JsonPropertyName("opt_out_latency_ms")] public required OptOutLatencyStats OptOutLatency { get; init; }
    [JsonPropertyName("beats")] public required IReadOnlyList<Beat> Beats { get; init; }
    [JsonPropertyName("capabilities")] public required IReadOnlyList<CapabilityStats> Capabilities { get; init; }

    public static async Task<RunStats> ReadAsync(Node node, OptOutLatency latency, Instant startedAt)
    {
        var now = node.Clocks.Now;
        var reports = new SqlReports(node.Store);
        var owner = await node.Owner.SettingsAsync();
        var day = Pace.DayOf(now, owner.Zone);
        var desks = await node.Desks.AllAsync();
        var (count, median, most) = latency.Read();
        var heard = await reports.OptOutsHeardAsync(now - Duration.FromDays(1));
        return new RunStats
        {
            Now = now.ToString(),
            StartedAt = startedAt.ToString(),
            Paused = await reports.IsPausedAsync(),
            Restarts = desks.Sum(d => d.Restarts),
            Errors = node.Safe.Errors,
            ErrorsLastHour = node.Safe.ErrorsLastHour,
            OpenIncidents = (await reports.OpenIncidentsAsync()).Count,
            InTheAir = await reports.InTheAirAsync(),
            Today = await reports.TodayAsync(Pace.DayStarts(day, owner.Zone)),
            SpentToday = await reports.SpentAsync(day) / 1_000_000m,
            OptOutLatency = new OptOutLatencyStats(count, median, most, heard.Count, heard.MostMs),
            Beats = desks.Select(d => new Beat($"{d.Kind}/{d.Key}", d.LastTurnAt?.ToString(), d.NextTurnAt == TurnResult.Asleep ? "when woken" : d.NextTurnAt.ToString(), d.LastResult, d.Failures, d.Restarts)).ToList(),
            Capabilities = node.Capabilities.All.OrderBy(c => c.Capability, StringComparer.Ordinal).Select(c => new CapabilityStats(c.Capability, c.Passed, c.Found, c.Fix)).ToList(),
        };
    }
}

/// <summary>One desk's heartbeat.</summary>
public sealed record Beat(
    [property: JsonPropertyName("desk")] string Desk, [property: JsonPropertyName("last_turn_at")] string? LastTurnAt, [property: JsonPropertyName("next_turn_at")] string NextTurnAt,
    [property: JsonPropertyName("did")] string? Did, [property: JsonPropertyName("failures")] long Failures, [property: JsonPropertyName("restarts")] long Restarts);

/// <summary>From the request (or the provider's news) to the commit: by link since the start of the process, as heard in the last 24 hours.</summary>
public sealed record OptOutLatencyStats(
    [property: JsonPropertyName("link_count")] long LinkCount, [property: JsonPropertyName("link_median")] double? LinkMedian, [property: JsonPropertyName("link_most")] double? LinkMost,
    [property: JsonPropertyName("heard_count")] long HeardCount, [property: JsonPropertyName("heard_most")] long? HeardMost);

/// <summary>What the last check of one capability found.</summary>
public sealed record CapabilityStats(
    [property: JsonPropertyName("capability")] string Capability, [property: JsonPropertyName("passed")] bool Passed, [property: JsonPropertyName("found")] string Found, [property: JsonPropertyName("fix")] string? Fix);
