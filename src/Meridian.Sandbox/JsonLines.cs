using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Meridian.Sandbox;

/// <summary>An append-only file of JSON objects, one a line. A line torn by a crash is cut off when the file is opened again.</summary>
internal sealed class JsonLines : IDisposable
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly FileStream file;

    private JsonLines(FileStream file, IReadOnlyList<JsonObject> found) => (this.file, Found) = (file, found);

    /// <summary>The lines that were there when the file was opened.</summary>
    public IReadOnlyList<JsonObject> Found { get; }

    /// <exception cref="InvalidDataException">A line other than the last is not a JSON object: somebody edited the file.</exception>
    public static JsonLines Open(string path)
    {
        // No buffer of ours: when Write returns, the operating system has the line, and a killed process loses nothing it answered for.
        var how = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // a practice with somebody's own list has real names in it
        var file = new FileStream(path, how);
        try
        {
            var (found, whole) = Read(file, path);
            file.SetLength(whole);
            file.Position = whole;
            return new JsonLines(file, found);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Append(JsonObject line)
    {
        file.Write(Encoding.UTF8.GetBytes(line.ToJsonString(Readable) + "\n"));
        file.Flush(flushToDisk: false);
    }

    public void Dispose() => file.Dispose();

    private static (List<JsonObject> Found, long Whole) Read(FileStream file, string path)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var found = new List<JsonObject>();
        var start = 0;
        for (var end = Array.IndexOf(bytes, (byte)'\n'); end >= 0; end = Array.IndexOf(bytes, (byte)'\n', start))
        {
            if (Parse(bytes.AsSpan(start, end - start)) is not { } line)
            {
                if (end == bytes.Length - 1) break;
                throw new InvalidDataException($"{path}: the line at byte {start} is not a JSON object");
            }
            found.Add(line);
            start = end + 1;
        }
        return (found, start);
    }

    private static JsonObject? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
