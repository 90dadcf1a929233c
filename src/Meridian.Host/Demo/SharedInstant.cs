using System.IO.MemoryMappedFiles;

namespace Meridian.Host.Demo;

/// <summary>The demo's present instant as its processes share it: eight bytes of a file, in memory.</summary>
public sealed class SharedInstant : IDisposable
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;

    public SharedInstant(string folder)
    {
        file = MemoryMappedFile.CreateFromFile(Path.Combine(folder, "clock"), FileMode.OpenOrCreate, null, sizeof(long));
        view = file.CreateViewAccessor(0, sizeof(long));
    }

    public void Write(long ticks) => view.Write(0, ticks);

    public long Read() => view.ReadInt64(0);

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}

/// <summary>A clock another process steps.</summary>
internal sealed class FollowingClock(SharedInstant shared) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => new(shared.Read(), TimeSpan.Zero);
}
