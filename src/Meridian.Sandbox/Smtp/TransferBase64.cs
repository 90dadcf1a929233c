using System.Text;

namespace Meridian.Sandbox.Smtp;

/// <summary>Base64 with line breaks; what cannot be decoded is shown as it came.</summary>
internal static class TransferBase64
{
    public static byte[] Decode(string encoded)
    {
        var letters = string.Concat(encoded.Where(c => !char.IsWhiteSpace(c)));
        var decoded = new byte[letters.Length];
        return Convert.TryFromBase64String(letters, decoded, out var length) ? decoded[..length] : Encoding.Latin1.GetBytes(encoded);
    }
}
