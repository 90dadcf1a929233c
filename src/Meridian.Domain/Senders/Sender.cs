using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Senders;

/// <summary>A mailbox, a caller ID or a text number: what a touch leaves from.</summary>
/// <param name="Address">E-mail address or E.164 number.</param>
/// <param name="ProviderKey">The provider's own id of it (Vapi phoneNumberId); null where the address is enough.</param>
/// <param name="Zone">IANA zone in which its day is counted.</param>
/// <param name="GapSeconds">Shortest gap between two begins, seconds.</param>
/// <param name="HourlyCap">Most begins in a rolling hour.</param>
/// <param name="DailyCap">Most begins in one of its days once warm.</param>
/// <param name="WarmSince">Day its warm-up began; null when it is warm already.</param>
public sealed record Sender(
    string Id,
    Channel Channel,
    string PoolId,
    string Address,
    string? DisplayName,
    string? ProviderKey,
    string Zone,
    int GapSeconds,
    int HourlyCap,
    int DailyCap,
    LocalDate? WarmSince,
    long Revision,
    string PolicyVersion,
    Instant? LastBeginAt,
    Instant NextSlotAt,
    Instant? PausedAt,
    string? PauseReason);
