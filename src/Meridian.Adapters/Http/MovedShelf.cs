namespace Meridian.Adapters.Http;

/// <summary>A shelf that once had another name. While nothing lies on it, what lay there is taken over; of two processes that find it one does, and the other reads it.</summary>
public sealed class MovedShelf(ITokenShelf shelf, ITokenShelf older) : ITokenShelf
{
    public async Task<string?> ReadAsync()
    {
        if (await shelf.ReadAsync().ConfigureAwait(false) is { } now) return now;
        if (await older.ReadAsync().ConfigureAwait(false) is not { } lay) return null;
        await shelf.TryReplaceAsync(null, lay).ConfigureAwait(false);
        // Nothing would mean that nothing was ever kept, and what lay there would be lost for it.
        return await shelf.ReadAsync().ConfigureAwait(false) ?? throw new IOException("what was kept under an older name could not be taken over");
    }

    public Task<bool> TryReplaceAsync(string? before, string after) => shelf.TryReplaceAsync(before, after);
}
