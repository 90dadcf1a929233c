using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Meridian.Host.Dashboard;

/// <summary>
/// The way into the dashboard: whoever starts Meridian sees a link (128 random bits) that works once and makes their browser known for twelve hours of the
/// machine's clock. Everything is in memory: after a restart there is a new link.
/// </summary>
/// <param name="howToGetAnother">Shown to whoever comes without a key, e.g. "press l in the window of the demo".</param>
public sealed class OneTimeLink(TimeProvider machine, string howToGetAnother)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromHours(12);

    private readonly ConcurrentDictionary<string, DateTimeOffset> sessions = new();
    private readonly Lock gate = new();
    private string? token = NewKey();

    public string HowToGetAnother => howToGetAnother;

    /// <summary>Path of the link that works now; null when it has been used.</summary>
    public string? Path
    {
        get
        {
            lock (gate) return token is null ? null : $"/open/{token}";
        }
    }

    /// <summary>Makes a new link; one that was not used yet no longer works. Known browsers stay known.</summary>
    public string Renew()
    {
        lock (gate)
        {
            token = NewKey();
            return $"/open/{token}";
        }
    }

    /// <summary>Uses the link up. Returns the new session's key; null when the token is not the one.</summary>
    public string? TryOpen(string given)
    {
        lock (gate)
        {
            if (token is null || !CryptographicOperations.FixedTimeEquals(Hash(given), Hash(token))) return null;
            token = null;
        }

        var session = NewKey();
        sessions[session] = machine.GetUtcNow() + Lasts;
        foreach (var (old, ends) in sessions)
            if (ends <= machine.GetUtcNow()) sessions.TryRemove(old, out _);
        return session;
    }

    public bool Knows(string? session) => session is not null && sessions.TryGetValue(session, out var ends) && ends > machine.GetUtcNow();

    private static string NewKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
