using NodaTime;

namespace Meridian.Engine.Records;

/// <summary>What is kept of people who asked to be erased.</summary>
public interface IRecords
{
    /// <summary>Drops records past the day until which the law wants them; one under a legal hold stays. Returns how many.</summary>
    Task<int> DropOutdatedAsync(Instant now);
}
