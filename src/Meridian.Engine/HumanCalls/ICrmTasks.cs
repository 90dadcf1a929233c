using Meridian.Engine.Dispatch;
using NodaTime;

namespace Meridian.Engine.HumanCalls;

/// <summary>Shows call tasks where the owner's people work. The task here decides; the one there only tells of it.</summary>
public interface ICrmTasks
{
    /// <summary>The task's name there; null: the CRM would not take it.</summary>
    Task<string?> OpenAsync(TextPerson person, string title, string body, Instant due, CancellationToken cancellation);

    /// <summary>Ticks it off. True when it is off or gone.</summary>
    Task<bool> CompleteAsync(string reference, CancellationToken cancellation);
}

/// <summary>Which tasks the CRM does not show yet, and which it still shows.</summary>
public interface ICrmTaskBook
{
    Task<IReadOnlyList<CallTask>> ToOpenAsync(int most);

    /// <summary>True once: from then on it is not asked for again, whatever becomes of the answer.</summary>
    Task<bool> TryAskAsync(string taskId, Instant now);

    Task KeepAsync(string taskId, string reference);

    Task<IReadOnlyList<CrmTaskOver>> ToCompleteAsync(int most);

    Task CompletedAsync(string taskId, Instant now);
}

/// <summary>A task that is over here.</summary>
public sealed record CrmTaskOver(string TaskId, string Reference);
