namespace Meridian.Engine;

/// <summary>The owner's settings as the database holds them now.</summary>
public interface IOwner
{
    Task<OwnerSettings> SettingsAsync();
}
