using System.Text;

namespace Meridian.Host.Commands;

/// <summary>Files that nobody but their owner reads.</summary>
internal static class OwnersAlone
{
    public static void Write(string path, string text)
    {
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (!OperatingSystem.IsWindows() && !folder.EnumerateFileSystemInfos().Any()) folder.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new StreamWriter(path, new UTF8Encoding(false), options);
        stream.Write(text);
    }
}
