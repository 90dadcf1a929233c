namespace Meridian.Adapters;

/// <summary>A folder that its owner alone may look into, if it is ours to make. One that is there keeps its rights: somebody chose them.</summary>
public static class PrivateFolder
{
    public static DirectoryInfo Make(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
