namespace Meridian.Adapters.Http;

/// <summary>Tokens in a file of the data folder. Several processes may have it: the engine, and a check that somebody runs beside it.</summary>
public sealed class TokenFile(string path) : ITokenShelf
{
    public async Task<string?> ReadAsync() => File.Exists(path) ? await File.ReadAllTextAsync(path).ConfigureAwait(false) : null;

    public async Task<bool> TryReplaceAsync(string? before, string after)
    {
        PrivateFolder.Make(Path.GetDirectoryName(path)!);
        try
        {
            // Held by whoever writes, for as long as that takes; the system lets go of it when a process dies.
            await using var alone = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (await ReadAsync().ConfigureAwait(false) != before) return false;
            PrivateFile.Replace(path, after);
            return true;
        }
        catch (IOException) when (File.Exists(path + ".lock"))
        {
            return false; // somebody writes at this moment
        }
    }
}
