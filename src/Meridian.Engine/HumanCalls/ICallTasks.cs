using Meridian.Domain.Compliance;
using NodaTime;

namespace Meridian.Engine.HumanCalls;

/// <summary>How a call made by a person ended; one key each.</summary>
public enum CallOutcome
{
    /// <summary>They want to go on talking: the walk ends, a person has it.</summary>
    Interested,

    /// <summary>They do not: the walk ends.</summary>
    NotInterested,

    /// <summary>Nobody picked up, or a machine did.</summary>
    NoAnswer,

    /// <summary>They want no more of us: everything ends, on every channel.</summary>
    OptedOut,

    /// <summary>Somebody else's phone: the number is never used again.</summary>
    WrongNumber,

    /// <summary>Nobody dialled.</summary>
    NotCalled,
}

/// <summary>
/// Calls that a person makes: those the AI voice may not make for lack of written consent. A task never holds the sequence. Dialling is begun by
/// the same fence as a touch's: number, company and person in one transaction, at the judged revision.
/// </summary>
public interface ICallTasks
{
    Task<LoadedLists> ListsAsync();

    /// <summary>What the lists and the last carrier lookup say of a number.</summary>
    Task<NumberStanding> StandingAsync(string e164);

    /// <summary>Calls that wait for a legal basis, have a number and had no task yet; by id after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<CallTaskCandidate>> CandidatesAsync(string after, int most);

    /// <summary>Opens a task at the judged revision. False: the person changed, has one already, or the day has enough.</summary>
    Task<bool> TryOpenAsync(NewCallTask task, long leadRevision, Instant dayBegan, int mostPerDay, Instant now);

    Task<IReadOnlyList<CallTask>> OpenAsync(int most);

    Task<CallTask?> FindAsync(string taskId);

    /// <summary>A person dials: permitted at the judged revision, while nobody else took the number, the company's day or the person.</summary>
    Task<bool> TryDialAsync(CallTask task, long leadRevision, Instant numberFreeAt, CompanyTake? company, string actor, Instant now);

    /// <summary>Records what came of it, once; whether or not it was begun here, for it happened. False: it was recorded before.</summary>
    /// <param name="stops">Why the person's walk ends with it; null: it goes on.</param>
    Task<bool> TryCloseAsync(string taskId, CallOutcome outcome, string? stops, string? note, string actor, Instant now);

    /// <summary>The AI voice may call them now, or the offer is gone: nobody needs to.</summary>
    Task WithdrawSettledAsync(Instant now);

    /// <summary>Whoever dialled an hour ago and has not said what came of it holds the person: an incident each.</summary>
    Task<int> TellForgottenAsync(Instant now);

    Task<int> ExpireAsync(Instant now);

    /// <summary>When the earliest open task expires; null: none is open.</summary>
    Task<Instant?> NextExpiryAsync();
}

/// <summary>A call that a person might make.</summary>
public sealed record CallTaskCandidate(string TouchId, string LeadId, string CampaignId, string StepId);

/// <summary>A task to be opened.</summary>
/// <param name="Findings">Every rule's answer, as JSON.</param>
public sealed record NewCallTask(string TouchId, string LeadId, string AddressId, string WindowKey, Instant ExpiresAt, string Findings);

/// <summary>A task as it stands.</summary>
/// <param name="Actor">Who took it; null: nobody yet.</param>
/// <param name="State"><c>open</c>, <c>done</c>, <c>expired</c>, <c>withdrawn</c>.</param>
public sealed record CallTask(
    string Id, string TouchId, string LeadId, string CampaignId, string StepId, string AddressId, string? CompanyId, string Name, string? Title, string? CompanyName, string? Extension, string State,
    Instant CreatedAt, Instant ExpiresAt, Instant? BegunAt, string? Actor, string? Outcome);

/// <summary>What a call takes of the company's: its day for calls, and one of the touches it may have today.</summary>
public sealed record CompanyTake(Instant FreeAt, LocalDate Day, int Cap);
