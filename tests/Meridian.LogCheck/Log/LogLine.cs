namespace Meridian.LogCheck.Log;

internal sealed record LogLine(int Number, DateTimeOffset At, string Kind, string From, string To, string? Touch, string? Subject);
