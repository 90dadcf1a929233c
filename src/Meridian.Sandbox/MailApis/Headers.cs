using System.Text;

namespace Meridian.Sandbox.MailApis;

/// <summary>Changes headers of a raw message and leaves every other byte alone.</summary>
internal static class Headers
{
    /// <summary>Takes headers out; what is given is put in front.</summary>
    public static byte[] Without(byte[] message, IReadOnlyCollection<string> names, params ReadOnlySpan<string> given)
    {
        var blank = message.AsSpan().IndexOf("\r\n\r\n"u8);
        var head = Encoding.Latin1.GetString(message, 0, blank < 0 ? message.Length : blank);
        var kept = new StringBuilder();
        foreach (var line in given) kept.Append(line).Append("\r\n");
        var leftOut = false;
        foreach (var line in head.Split("\r\n"))
        {
            if (line is not [' ' or '\t', ..]) leftOut = names.Contains(line.Split(':')[0].Trim(), StringComparer.OrdinalIgnoreCase);
            if (!leftOut) kept.Append(line).Append("\r\n");
        }

        return [.. Encoding.Latin1.GetBytes(kept.ToString()), .. "\r\n"u8, .. blank < 0 ? [] : message[(blank + 4)..]];
    }
}
