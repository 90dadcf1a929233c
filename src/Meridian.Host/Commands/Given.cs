namespace Meridian.Host.Commands;

/// <summary>Words a verb cannot do without.</summary>
internal static class Given
{
    /// <exception cref="UsageException">There are none.</exception>
    public static string Words(string option, string text) => string.IsNullOrWhiteSpace(text) ? throw new UsageException($"{option} is empty: say it in a few words, for they are kept") : text.Trim();
}
