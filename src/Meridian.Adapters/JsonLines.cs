using System.Text.Json;

namespace Meridian.Adapters;

/// <summary>
/// Records in a file, one JSON line each, flushed to the disk before anybody goes on. A line torn by a crash hides no other: it goes to <c>.torn</c> beside
/// the file.
/// </summary>
/// <param name="read">Null: not a whole line of ours.</param>
public sealed class JsonLines<T>(string path, Func<T, byte[]> write, Func<string, T?> read)
    where T : class
{
    private readonly Lock gate = new();

    public void Append(T record)
    {
        lock (gate)
        {
            PrivateFolder.Make(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var isTorn = EndsInTheMiddle();
            using var file = PrivateFile.Open(path, FileMode.Append);
            if (isTorn) file.WriteByte((byte)'\n');
            file.Write(write(record));
            file.WriteByte((byte)'\n');
            file.Flush(flushToDisk: true);
        }
    }

    public IReadOnlyList<T> Read()
    {
        lock (gate)
        {
            return File.Exists(path) ? [.. File.ReadAllLines(path).Select(Parse).OfType<T>()] : [];
        }
    }

    /// <summary>Removes the first <paramref name="count"/> records.</summary>
    public void Clear(int count)
    {
        lock (gate)
        {
            var (rest, torn) = (new List<string>(), new List<string>());
            foreach (var line in File.ReadAllLines(path).Where(l => l.Length > 0))
            {
                if (Parse(line) is null) torn.Add(line);
                else if (count > 0) count--;
                else rest.Add(line);
            }

            if (torn.Count > 0) Write(path + ".torn", FileMode.Append, torn);
            if (rest.Count == 0)
            {
                File.Delete(path);
                return;
            }

            var temporary = path + ".new";
            Write(temporary, FileMode.Create, rest);
            File.Move(temporary, path, overwrite: true);
        }
    }

    private static void Write(string path, FileMode mode, IEnumerable<string> lines)
    {
        using var file = new StreamWriter(PrivateFile.Open(path, mode));
        foreach (var line in lines) file.WriteLine(line);
    }

    private bool EndsInTheMiddle()
    {
        if (!File.Exists(path)) return false;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.Length == 0) return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    private T? Parse(string text)
    {
        try
        {
            return read(text);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
