namespace Meridian.Host.Simulation;

/// <summary>What may go wrong in a simulated world.</summary>
[Flags]
internal enum SimFaults
{
    None = 0,

    /// <summary>A process dies at any port and another takes its place.</summary>
    Crash = 1 << 0,

    /// <summary>A machine stands still for seconds or minutes, also between COMMIT and the request.</summary>
    Freeze = 1 << 1,

    /// <summary>A second process works on the same database.</summary>
    Twin = 1 << 2,

    /// <summary>The provider took it and its answer is lost.</summary>
    ReplyLost = 1 << 3,

    /// <summary>The provider proves that it took nothing: 429, connection refused.</summary>
    NotSent = 1 << 4,

    /// <summary>Key, credit, plan: our account is at fault.</summary>
    Account = 1 << 5,

    /// <summary>The request takes seconds.</summary>
    Slow = 1 << 6,

    /// <summary>The database cannot be reached.</summary>
    Store = 1 << 7,

    /// <summary>COMMIT happens and its answer is lost.</summary>
    Commit = 1 << 8,

    /// <summary>Webhooks are lost, doubled, hours late, out of order.</summary>
    Webhooks = 1 << 9,

    /// <summary>People: the owner pauses and resumes, opts somebody out, changes settings.</summary>
    People = 1 << 10,

    All = (1 << 11) - 1,
}

internal static class SimFaultsText
{
    /// <summary>Reads <c>all</c>, <c>none</c>, or words with commas: <c>crash,twin,reply-lost</c>.</summary>
    /// <exception cref="UsageException">A word is none of them.</exception>
    public static SimFaults Read(string text)
    {
        var faults = SimFaults.None;
        foreach (var word in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            faults |= Enum.TryParse<SimFaults>(word.Replace("-", ""), ignoreCase: true, out var fault) && !char.IsAsciiDigit(word[0]) ? fault : throw new UsageException($"--faults names '{word}': use all, none, or some of {Words}");
        return faults;
    }

    public static string Words => string.Join(",", Enum.GetValues<SimFaults>().Where(f => f is not SimFaults.None and not SimFaults.All).Select(f => f switch { SimFaults.ReplyLost => "reply-lost", SimFaults.NotSent => "not-sent", _ => f.ToString().ToLowerInvariant() }));
}
