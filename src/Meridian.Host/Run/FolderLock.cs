namespace Meridian.Host.Run;

/// <summary>One engine a data folder: a second one would free desks the first still holds. The system lets go of it however we end.</summary>
public sealed class FolderLock : IDisposable
{
    public const string FileName = "running.lock";

    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    /// <exception cref="UsageException">Another engine works on this folder.</exception>
    public static FolderLock Take(string folder)
    {
        try
        {
            return new FolderLock(new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            throw new UsageException($"another Meridian runs on {folder}; stop it first, or name another folder with --data");
        }
    }

    public void Dispose() => file.Dispose();
}
