using Meridian.Sandbox.Scripts;
using NodaTime;

namespace Meridian.Host.Demo;

/// <summary>What a demo was asked to do.</summary>
/// <param name="Leads">A CSV file, or a number of people to invent; null: whatever the folder has.</param>
/// <param name="Faults"><c>none</c>; <c>webhooks</c>: they come twice, in the wrong order, days late, cut off, or never; <c>providers</c>: they are busy, down, break off, or do as they
/// were asked and do not say so; <c>all</c>; <c>script:</c> and the hash of a file: what that file says, request by request.</param>
/// <param name="HumanCalls">A person makes calls, too: phones are bought, do-not-call lists are loaded, call tasks open.</param>
/// <param name="ConsentPage">E-mails carry the link to the consent page, and some people sign it.</param>
/// <param name="Processes">Two: a second engine in a process of its own works on the same PostgreSQL database.</param>
/// <param name="Kills">How often the second process is killed.</param>
/// <param name="Freezes">How often it is stopped for longer than a permit lives.</param>
/// <param name="Script">The file of faults, read.</param>
/// <param name="Database"><c>sqlite</c>, or a <c>postgres://</c> URL.</param>
public sealed record DemoOptions(string Folder, int Days, string? Leads, ulong Seed, Instant Start, string Database, string Faults = DemoOptions.NoFaults, bool HumanCalls = false, bool ConsentPage = false, int Processes = 1,
    int Kills = 0, int Freezes = 0, FaultScript? Script = null)
{
    public const string NoFaults = "none";

    public static readonly string[] AllFaults = [NoFaults, "webhooks", "providers", "all"];

    public bool WebhooksGoAstray => Faults is "webhooks" or "all";

    public bool ProvidersFail => Faults is "providers" or "all";

    /// <summary>Monday 2026-11-16, midnight Eastern.</summary>
    public static readonly Instant DefaultStart = Instant.FromUtc(2026, 11, 16, 5, 0);
}
