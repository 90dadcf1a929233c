using Meridian.Host.Composition;
using Meridian.Host.OptOut;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Meridian.Host.Run;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it takes webhooks and works. <c>/health</c>: and no desk is stale. <c>/stats</c>: numbers.</summary>
public static class HealthEndpoints
{
    /// <summary>A desk whose turn is this late has a problem (the SOP's five minutes).</summary>
    public static readonly Duration Stale = Duration.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder routes, Node node, LiveState state, OptOutLatency latency)
    {
        routes.MapGet("/health/live", () => Results.Json(new { status = "alive" }));
        routes.MapGet("/health/ready", async () => await NotReadyAsync(node, state) is { } why
            ? Results.Json(new { status = "not ready", why }, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Json(new { status = "ready" }));
        routes.MapGet("/health", async () =>
        {
            if (await NotReadyAsync(node, state) is { } why) return Results.Json(new { status = "unhealthy", why }, statusCode: StatusCodes.Status503ServiceUnavailable);
            var now = node.Clocks.Now;
            var late = (await node.Desks.AllAsync()).Where(d => d.NextTurnAt + Stale < now).Select(d => $"{d.Kind}/{d.Key}").ToList();
            var beat = state.BeatAge(node.Clocks.MachineNow);
            var status = beat >= Stale ? "unhealthy" : late.Count > 0 || node.Capabilities.AnyFailed || state.SettingsProblem is not null ? "degraded" : "healthy";
            return Results.Json(new
            {
                status,
                beat_seconds = Math.Round(beat.TotalSeconds, 1),
                stale_desks = late,
                failed_checks = node.Capabilities.All.Where(c => !c.Passed).Select(c => $"{c.Capability}: {c.Found}"),
                settings = state.SettingsProblem is null ? null : "the settings were changed but are not in force; the console says why",
                restarts = state.LoopRestarts,
            }, statusCode: status == "unhealthy" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
        });
        routes.MapGet("/stats", async () => Results.Json(await RunStats.ReadAsync(node, latency, state.StartedAt)));
    }

    private static async Task<string?> NotReadyAsync(Node node, LiveState state)
    {
        if (!state.Started) return "it is starting";
        if (state.Draining) return "it is stopping";
        try
        {
            await node.Desks.NextDueAsync(node.Clocks.MachineNow).WaitAsync(TimeSpan.FromSeconds(5), node.Clocks.Machine);
            return null;
        }
        catch (Exception e)
        {
            return $"the database does not answer: {e.GetType().Name}: {e.Message}";
        }
    }
}
