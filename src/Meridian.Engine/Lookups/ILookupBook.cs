using Meridian.Domain.Compliance;
using NodaTime;

namespace Meridian.Engine.Lookups;

/// <summary>Which numbers are worth a lookup, what it may cost, and what was said.</summary>
public interface ILookupBook
{
    /// <summary>Numbers of calls that wait for a legal basis, not asked about lately: the person's own, held by nobody as a company's line, on no do-not-call list; by number after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<LookupCandidate>> CandidatesAsync(string after, Instant askedBefore, Instant answeredBefore, int most);

    /// <summary>Written before it is paid: the id, or null when the day has had enough or its money is spent.</summary>
    Task<string?> TryReserveAsync(string addressId, string source, LookupLimits limits, Instant now);

    /// <summary>Keeps the answer, and frees the calls it permits to be judged again.</summary>
    Task KeepAsync(string id, string addressId, LineLookup line, string raw, Instant now);

    Task KeepFailureAsync(string id, string why);
}

/// <summary>A number that waits.</summary>
public sealed record LookupCandidate(string AddressId, string WindowKey);

/// <summary>What lookups may cost on a day, in millionths of a dollar.</summary>
public sealed record LookupLimits(LocalDate Day, int MostPerDay, long Micro, long BudgetMicro);
