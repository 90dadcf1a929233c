using System.Text;

namespace Meridian.Sandbox.Smtp;

/// <summary>The encoding a message names. An unknown one reads as UTF-8: wrong letters in the log beat a lost line.</summary>
internal static class Charset
{
    public static Encoding Named(string? name)
    {
        if (string.IsNullOrEmpty(name)) return Encoding.UTF8;
        try
        {
            return Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }
}
