using System.Text;

namespace Meridian.Adapters;

/// <summary>
/// A file with a secret or with people in it: readable by its owner alone from its first byte, also where it takes the place of another. One that is opened
/// and is there already keeps the rights it has. On Windows the folder's own rights hold.
/// </summary>
public static class PrivateFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Written whole or not at all, and on the disk before anybody relies on it.</summary>
    public static void Replace(string path, string text)
    {
        PrivateFolder.Make(Path.GetDirectoryName(path)!);
        var next = path + ".new";
        File.Delete(next); // somebody's who died while writing it: its rights may be others
        Write(next, text);
        File.Move(next, path, overwrite: true);
    }

    /// <summary>Written whole or not at all. False: there is a file of this name, and it stays as it is.</summary>
    public static bool TryWriteNew(string path, string text)
    {
        if (File.Exists(path)) return false;
        var next = $"{path}.{Path.GetRandomFileName()}.new";
        try
        {
            Write(next, text);
            if (!TryMake(path)) return false; // a move that must not overwrite looks first and moves then: two could do both
            File.Move(next, path, overwrite: true);
            return true;
        }
        finally
        {
            File.Delete(next);
        }
    }

    /// <summary>Makes it with nothing in it. False: there is a file of this name.</summary>
    public static bool TryMake(string path)
    {
        try
        {
            Open(path, FileMode.CreateNew).Dispose();
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    public static FileStream Open(string path, FileMode mode, FileShare share = FileShare.Read)
    {
        var how = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = share };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, how);
    }

    private static void Write(string path, string text)
    {
        using var file = Open(path, FileMode.CreateNew);
        file.Write(Utf8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }
}
