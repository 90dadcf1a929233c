using NodaTime;

namespace Meridian.Host.Demo;

/// <summary>What a demo was asked to do.</summary>
/// <param name="Leads">A CSV file, or a number of people to invent; null: whatever the folder has.</param>
/// <param name="Faults"><c>none</c>, or <c>webhooks</c>: they come twice, in the wrong order, days late, cut off, or never.</param>
/// <param name="HumanCalls">A person makes calls, too: phones are bought, do-not-call lists are loaded, call tasks open.</param>
/// <param name="ConsentPage">E-mails carry the link to the consent page, and some people sign it.</param>
/// <param name="Database"><c>sqlite</c>, or a <c>postgres://</c> URL.</param>
public sealed record DemoOptions(string Folder, int Days, string? Leads, ulong Seed, Instant Start, string Database, string Faults = DemoOptions.NoFaults, bool HumanCalls = false, bool ConsentPage = false)
{
    public const string NoFaults = "none";

    public const string WebhookFaults = "webhooks";

    /// <summary>Monday 2026-11-16, midnight Eastern.</summary>
    public static readonly Instant DefaultStart = Instant.FromUtc(2026, 11, 16, 5, 0);
}
