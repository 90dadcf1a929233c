namespace Meridian.Host;

/// <summary>Bad usage or configuration: exit code 2, and the message says what to do.</summary>
public sealed class UsageException(string message) : Exception(message);
