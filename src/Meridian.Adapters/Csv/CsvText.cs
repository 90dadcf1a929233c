using System.Text;
using Meridian.Engine.Intake;

namespace Meridian.Adapters.Csv;

/// <summary>A file's text, and the encoding it turned out to be in.</summary>
internal sealed record CsvText(string Text, string Encoding)
{
    /// <summary>As much as anybody exports in one file; more is somebody's mistake.</summary>
    private const long MostBytes = 512L * 1024 * 1024;

    private static readonly Encoding StrictUtf8 = new UTF8Encoding(false, throwOnInvalidBytes: true);

    /// <exception cref="ImportFileException">There is no such file, or it is not text.</exception>
    public static async Task<(CsvText Text, byte[] Bytes)> ReadAsync(string path, CancellationToken cancellation)
    {
        if (Directory.Exists(path)) throw new ImportFileException($"{path} is a folder: give the CSV file inside it");
        if (!File.Exists(path)) throw new ImportFileException($"{path} does not exist: check the name and the folder");
        byte[] bytes;
        try
        {
            if (new FileInfo(path).Length > MostBytes) throw new ImportFileException($"{path} is larger than 512 MB: split it and import the parts");
            bytes = await File.ReadAllBytesAsync(path, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImportFileException($"{path} cannot be read ({e.Message}): close the program that holds it, or change its permissions", e);
        }

        return (Decode(bytes, path), bytes);
    }

    public static CsvText Decode(ReadOnlySpan<byte> bytes, string path)
    {
        var text = DecodeAny(bytes);
        if (text.Text.Contains('\0'))
        {
            var what = bytes.StartsWith("PK"u8) ? "it is an Excel workbook or a ZIP archive" : "it contains NUL bytes, so it is not text";
            throw new ImportFileException($"{path} is not a CSV file: {what}. Open it in your spreadsheet and save it as \"CSV UTF-8\"");
        }

        return text;
    }

    private static CsvText DecodeAny(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(new byte[] { 0xEF, 0xBB, 0xBF })) bytes = bytes[3..];
        else if (bytes.StartsWith(new byte[] { 0xFF, 0xFE })) return new CsvText(System.Text.Encoding.Unicode.GetString(bytes[2..]), "UTF-16 LE");
        else if (bytes.StartsWith(new byte[] { 0xFE, 0xFF })) return new CsvText(System.Text.Encoding.BigEndianUnicode.GetString(bytes[2..]), "UTF-16 BE");
        else if (GuessUtf16(bytes) is { } guess) return guess;
        try
        {
            return new CsvText(StrictUtf8.GetString(bytes), "UTF-8");
        }
        catch (DecoderFallbackException)
        {
            // Excel on Windows writes this when asked for plain "CSV".
            return new CsvText(CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetString(bytes), "Windows-1252");
        }
    }

    /// <summary>Text of mostly Latin letters in UTF-16 has a zero in every second byte, always on the same side.</summary>
    private static CsvText? GuessUtf16(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4 || bytes.Length % 2 != 0) return null;
        var sample = bytes[..Math.Min(bytes.Length, 4096)];
        int even = 0, odd = 0;
        for (var i = 0; i + 1 < sample.Length; i += 2)
        {
            if (sample[i] == 0) even++;
            if (sample[i + 1] == 0) odd++;
        }

        var pairs = sample.Length / 2;
        if (odd > pairs * 7 / 10 && even == 0) return new CsvText(System.Text.Encoding.Unicode.GetString(bytes), "UTF-16 LE");
        return even > pairs * 7 / 10 && odd == 0 ? new CsvText(System.Text.Encoding.BigEndianUnicode.GetString(bytes), "UTF-16 BE") : null;
    }
}
