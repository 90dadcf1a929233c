using System.Security.Cryptography;
using Meridian.Engine.Intake;

namespace Meridian.Adapters.Csv;

/// <summary>A file of people, read once and handed on: a pipe tells what it holds to its first reader only.</summary>
public sealed class CsvFile
{
    private CsvFile(string name, string hash, string encoding, CsvTable table, HeaderReading header) =>
        (Name, Hash, Encoding, Table, Header) = (name, hash, encoding, table, header);

    internal string Name { get; }

    internal string Hash { get; }

    internal string Encoding { get; }

    internal CsvTable Table { get; }

    internal HeaderReading Header { get; }

    /// <exception cref="ImportFileException">It cannot be read at all; its rows are another matter.</exception>
    public static async Task<CsvFile> ReadAsync(string path, CancellationToken cancellation)
    {
        var (text, bytes) = await CsvText.ReadAsync(path, cancellation);
        var table = CsvTable.Parse(text.Text, path);
        return new CsvFile(Path.GetFileName(path), Convert.ToHexStringLower(SHA256.HashData(bytes)), text.Encoding, table, HeaderReading.Of(table.Header, path));
    }
}
