namespace Meridian.Engine;

/// <summary>Chance that a seed can replay: the same subject under the same seed gives the same number, whoever asks first.</summary>
public interface IChance
{
    /// <summary>A number in [0, 1).</summary>
    double Next(string subject);
}
