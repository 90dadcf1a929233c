using System.Text.RegularExpressions;

namespace Meridian.Sandbox.Scripts;

/// <summary>One entry of a script: which requests of which provider, which ones of those, and what happens to them.</summary>
/// <param name="Number">Its place in the file, from 1.</param>
internal sealed record ScriptedFault(int Number, string Name, string Provider, Regex Request, Occasion Occasion)
{
    /// <summary>What happens to a request; not for webhooks.</summary>
    public Func<DateTimeOffset, Happening>? Happens { get; init; }

    /// <summary>What happens to a webhook.</summary>
    public WebhookFate? Fate { get; init; }
}

/// <summary>Which of the requests that match; all of them when nothing is said.</summary>
internal sealed record Occasion(IReadOnlySet<int> Nth, int? Every, double? Share, DateTimeOffset? From, DateTimeOffset? To)
{
    public bool IsIn(DateTimeOffset now) => (From is null || now >= From) && (To is null || now < To);
}

internal enum WebhookFateKind { Duplicated, Reordered, Late, Lost, Garbled, Forged, Unsigned }

/// <summary>What happens to one webhook.</summary>
/// <param name="Delay">How much later; null: as the rates have it.</param>
internal sealed record WebhookFate(WebhookFateKind Kind, TimeSpan? Delay);
