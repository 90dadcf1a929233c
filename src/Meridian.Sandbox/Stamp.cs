namespace Meridian.Sandbox;

/// <summary>Instants as the outside world writes them: UTC, milliseconds, 'Z'. Everything is cut to milliseconds so that a rebuilt world equals the first one.</summary>
internal static class Stamp
{
    public static DateTimeOffset Now(TimeProvider clock) => Cut(clock.GetUtcNow());

    public static DateTimeOffset Cut(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    public static DateTimeOffset? Read(string? text) =>
        DateTimeOffset.TryParse(text, null, System.Globalization.DateTimeStyles.AssumeUniversal, out var at) ? Cut(at) : null;
}
