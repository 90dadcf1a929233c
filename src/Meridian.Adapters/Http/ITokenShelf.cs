namespace Meridian.Adapters.Http;

/// <summary>Where one account's tokens lie between processes. A replacement is a fence: it happens only where nobody else came first.</summary>
public interface ITokenShelf
{
    /// <summary>What lies there; null: nothing.</summary>
    Task<string?> ReadAsync();

    /// <summary>Puts <paramref name="after"/> where <paramref name="before"/> lay, durably. False: something else lies there by now.</summary>
    Task<bool> TryReplaceAsync(string? before, string after);
}

/// <summary>For one process that keeps nothing.</summary>
internal sealed class TokenMemory : ITokenShelf
{
    private readonly Lock gate = new();
    private string? now;

    public Task<string?> ReadAsync()
    {
        lock (gate) return Task.FromResult(now);
    }

    public Task<bool> TryReplaceAsync(string? before, string after)
    {
        lock (gate)
        {
            if (now != before) return Task.FromResult(false);
            now = after;
            return Task.FromResult(true);
        }
    }
}
