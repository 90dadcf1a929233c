using NodaTime;

namespace Meridian.Engine.Prospecting;

/// <summary>Where people are found. Searching is free; enriching and phones cost credits, are paid once and never asked twice by themselves.</summary>
public interface IProspectSource
{
    /// <summary><c>apollo</c>.</summary>
    string Name { get; }

    /// <summary>The last page it shows of any search.</summary>
    int MostPages { get; }

    /// <summary>One page of a saved search. Pages begin at 1.</summary>
    Task<SearchReply> SearchAsync(SearchFilter filter, int page, CancellationToken cancellation);

    /// <summary>Buys the details of at most ten people by the source's own ids. Exactly one request; never repeated by the adapter.</summary>
    Task<EnrichReply> EnrichAsync(IReadOnlyList<string> externalIds, CancellationToken cancellation);

    /// <summary>Orders the phones of at most ten people; they come later, to <paramref name="deliverTo"/> and to <see cref="CollectPhonesAsync"/>.</summary>
    Task<PhoneOrderReply> OrderPhonesAsync(IReadOnlyList<string> externalIds, Uri deliverTo, CancellationToken cancellation);

    /// <summary>Looks, at no cost, for the phones of an order.</summary>
    Task<PhonesReply> CollectPhonesAsync(string requestId, CancellationToken cancellation);
}

/// <summary>A saved search in the source's words, US only. Empty lists ask for everybody.</summary>
/// <param name="HeadCounts">Ranges as <c>11,50</c>.</param>
/// <param name="Keywords">Free words; null for none.</param>
public sealed record SearchFilter(
    IReadOnlyList<string> Titles, IReadOnlyList<string> Seniorities, IReadOnlyList<string> Places, IReadOnlyList<string> HeadCounts, string? Keywords, int PerPage = 100);

/// <summary>A person as a search shows them, before anything is paid.</summary>
/// <param name="HasEmail">Only such a person is worth a credit.</param>
public sealed record FoundProspect(string ExternalId, string? FirstName, string? Title, string? CompanyName, bool HasEmail, bool HasState, bool HasCountry);

/// <summary>A person as bought. <paramref name="Raw"/> is what the source said, kept.</summary>
/// <param name="EmailStatus">The source's word; only <c>verified</c> is sent to.</param>
/// <param name="CompanyPhone">The employer's line: never a person's identity, never called by itself.</param>
public sealed record EnrichedProspect(
    string ExternalId, string? FirstName, string? LastName, string? Title, string? Email, string? EmailStatus, string? City, string? State, string? PostalCode, string? Country,
    string? CompanyExternalId, string? CompanyName, string? CompanyDomain, string? CompanyPhone, string? CompanyState, string Raw);

/// <summary>A phone that was ordered.</summary>
/// <param name="Type"><c>mobile</c>, <c>work_direct</c>, ... as the source says; may be null.</param>
/// <param name="DoNotCall">True unless the source positively says that it is not on a do-not-call list.</param>
public sealed record ProspectPhone(string ExternalId, string Number, string? Type, bool IsValid, bool DoNotCall);

/// <summary>Why a source gave nothing.</summary>
public enum SourceTrouble
{
    /// <summary>Rate limit: only this desk waits, until <see cref="SourceRefusal.Until"/>.</summary>
    RateLimited,

    /// <summary>Credits are used up: an incident, and prospecting pauses.</summary>
    OutOfCredits,

    /// <summary>Key, plan or scope: nobody's fault but the account's.</summary>
    Account,

    /// <summary>The request is wrong; asking again will not help.</summary>
    Invalid,

    /// <summary>The network or the source failed and nothing was bought.</summary>
    Unavailable,

    /// <summary>Nobody knows whether it was bought: counted as bought, never asked again by itself.</summary>
    Unknown,
}

/// <summary>A "no" of the source.</summary>
/// <param name="Until">For a rate limit: the longer of five minutes and the source's own word.</param>
public sealed record SourceRefusal(SourceTrouble Trouble, string Reason, Instant? Until = null);

/// <summary>Either a page or a refusal.</summary>
/// <param name="Total">How many people the whole search has.</param>
public sealed record SearchReply(IReadOnlyList<FoundProspect> People, long Total, SourceRefusal? Refusal = null)
{
    public static SearchReply No(SourceTrouble trouble, string reason, Instant? until = null) => new([], 0, new SourceRefusal(trouble, reason, until));
}

/// <summary>Either people or a refusal. An asked id that is not among <paramref name="People"/> was not found.</summary>
/// <param name="Credits">What the source says it charged; decimal, as it says it.</param>
public sealed record EnrichReply(IReadOnlyList<EnrichedProspect> People, decimal Credits, SourceRefusal? Refusal = null)
{
    public static EnrichReply No(SourceTrouble trouble, string reason, Instant? until = null) => new([], 0, new SourceRefusal(trouble, reason, until));
}

/// <summary>Either an order's id or a refusal.</summary>
/// <param name="AlreadyUnderWay">An earlier order is fetching the same people: nothing will come for this one.</param>
public sealed record PhoneOrderReply(string? RequestId, bool AlreadyUnderWay, decimal Credits, SourceRefusal? Refusal = null)
{
    public static PhoneOrderReply No(SourceTrouble trouble, string reason, Instant? until = null) => new(null, false, 0, new SourceRefusal(trouble, reason, until));
}

/// <summary>What became of an order.</summary>
/// <param name="Pending">Look again later.</param>
/// <param name="Credits">What the delivery says it charged.</param>
public sealed record PhonesReply(IReadOnlyList<ProspectPhone> Phones, bool Pending, decimal Credits, SourceRefusal? Refusal = null);
