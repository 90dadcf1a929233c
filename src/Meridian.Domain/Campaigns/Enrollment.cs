using NodaTime;

namespace Meridian.Domain.Campaigns;

/// <summary>How a lead's walk through a campaign stands.</summary>
public enum EnrollmentState
{
    /// <summary>Steps are still to come.</summary>
    Active,

    /// <summary>Every step ended: "contacted".</summary>
    Finished,

    /// <summary>Ended early: a reply, an opt-out, a person's decision.</summary>
    Stopped,
}

/// <summary>One lead's walk through one campaign, in one round.</summary>
public sealed record Enrollment(
    string Id, string LeadId, string CampaignId, int Round, string SequenceId, int SequenceVersion, EnrollmentState State, string? StopReason, Instant EnrolledAt);
