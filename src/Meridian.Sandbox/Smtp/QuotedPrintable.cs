using System.Globalization;
using System.Text;

namespace Meridian.Sandbox.Smtp;

/// <summary>RFC 2045 section 6.7. What is not a valid escape stays as it is, so that a broken encoder shows.</summary>
internal static class QuotedPrintable
{
    public static byte[] Decode(byte[] encoded)
    {
        using var decoded = new MemoryStream(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != (byte)'=')
            {
                decoded.WriteByte(encoded[i]);
            }
            else if (i + 2 < encoded.Length && encoded[i + 1] == '\r' && encoded[i + 2] == '\n')
            {
                i += 2;
            }
            else if (i + 2 < encoded.Length && byte.TryParse(Encoding.ASCII.GetString(encoded, i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                decoded.WriteByte(value);
                i += 2;
            }
            else
            {
                decoded.WriteByte(encoded[i]);
            }
        }
        return decoded.ToArray();
    }
}
