using NodaTime;

namespace Meridian.Engine.Crm;

/// <summary>A do-not-disturb the CRM is to have for one of its contacts.</summary>
/// <param name="OptedOutAt">The opt-out it is about.</param>
public sealed record OwedSilence(string ContactRef, Instant OptedOutAt, long Tries);

/// <summary>Which opt-outs the CRM is still to learn of. An opt-out itself writes nothing here: what is owed is read from the people.</summary>
public interface ICrmSilences
{
    /// <summary>
    /// Puts on the list whoever opted out after <paramref name="since"/>, has a contact there, and said so somewhere else: what the CRM told us it knows. Whoever is
    /// to get a confirmation comes after it, by the desk that sends it. True when there may be more.
    /// </summary>
    Task<bool> CollectAsync(Instant since, Instant now);

    /// <summary>For somebody who is only known by their contact.</summary>
    Task OweAsync(string contactRef, Instant now);

    Task<IReadOnlyList<OwedSilence>> DueAsync(Instant now, int most);

    /// <param name="isGone">There is no such contact any more.</param>
    Task WrittenAsync(OwedSilence silence, bool isGone, Instant now);

    Task LookAgainAsync(OwedSilence silence, string why, Instant at);

    /// <summary>How many are owed since before then, since when the first, and what the CRM said to it; null: none.</summary>
    Task<LateSilences?> LateAsync(Instant before);
}

/// <summary>What has been owed for too long.</summary>
public sealed record LateSilences(long Count, Instant Since, string? Why);
