namespace Meridian.Engine.Desks;

/// <summary>Runs due desks until told to stop. Two ways: tasks in this process, or (in a cluster) one grain per desk. Same turns, same ledger.</summary>
public interface ITurnRunner
{
    /// <summary>Returns once <paramref name="stopping"/> is set and every turn in progress has ended or outlived its lease.</summary>
    Task RunAsync(CancellationToken stopping);

    /// <summary>Somebody created or freed work in this process: look now.</summary>
    void Poke();
}
