using System.Text;

namespace Meridian.Adapters;

/// <summary>
/// A file with a secret or with people in it: readable by its owner alone from its first byte. A file that is there already keeps the rights it has; on
/// Windows the folder's own rights hold.
/// </summary>
public static class PrivateFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Written whole or not at all, and on the disk before anybody relies on it.</summary>
    public static void Replace(string path, string text)
    {
        PrivateFolder.Make(Path.GetDirectoryName(path)!);
        var next = path + ".new";
        using (var file = Open(next, FileMode.Create))
        {
            file.Write(Utf8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    /// <summary>False: there is a file of this name, and it stays as it is.</summary>
    public static bool TryWriteNew(string path, string text)
    {
        FileStream file;
        try
        {
            file = Open(path, FileMode.CreateNew);
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }

        using (file) file.Write(Utf8.GetBytes(text));
        return true;
    }

    public static FileStream Open(string path, FileMode mode, FileShare share = FileShare.Read)
    {
        var how = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = share };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, how);
    }
}
