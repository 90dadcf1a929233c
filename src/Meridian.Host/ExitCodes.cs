namespace Meridian.Host;

/// <summary>What every verb's exit code means.</summary>
public static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The work was done and found a problem.</summary>
    public const int FoundProblem = 1;

    /// <summary>Bad usage or configuration; nothing was done.</summary>
    public const int BadUsage = 2;
}
