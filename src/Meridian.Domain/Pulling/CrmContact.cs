using NodaTime;

namespace Meridian.Domain.Pulling;

/// <summary>A contact as the CRM shows it when it is read by itself; a search may leave out what matters most.</summary>
/// <param name="Zone">As written there; not checked.</param>
/// <param name="Type">The CRM's word: <c>lead</c>, <c>customer</c>, ...; null: it does not tell.</param>
/// <param name="TellsDoNotDisturb">False: the answer says neither on nor off, and silence is not a no.</param>
/// <param name="DoNotDisturb">What is on, in words; null when nothing is.</param>
/// <param name="IsBlocked">The owner takes no messages from them there: what they answer, a "stop" among it, would reach nobody.</param>
public sealed record CrmContact(
    string Id, string? FirstName, string? LastName, string? Email, string? Phone, string? CompanyName, string? Website, string? Street, string? City, string? State, string? PostalCode, string? Country, string? Zone,
    string? Type, string? Source, IReadOnlyList<string> Tags, Instant? AddedAt, bool TellsDoNotDisturb, string? DoNotDisturb, bool IsBlocked)
{
    public string Name => $"{FirstName} {LastName}".Trim() is { Length: > 0 } name ? name : Email ?? Phone ?? Id;
}

/// <summary>What has been going on with a contact. What is null was not told, which is not the same as nothing.</summary>
/// <param name="Opportunities">The status of each: <c>open</c>, <c>won</c>, <c>lost</c>, <c>abandoned</c>.</param>
/// <param name="IsInWorkflow">A workflow of the owner's is writing to them now.</param>
public sealed record CrmHistory(IReadOnlyList<string>? Opportunities, LastTalk? Talk, bool? IsInWorkflow);

/// <summary>When something was last said; null: never.</summary>
public sealed record LastTalk(Instant? At);
