using Meridian.Domain.Touches;

namespace Meridian.Domain.Time;

/// <summary>
/// The identity of a contact window as a touch row carries it: channel, candidate zones, states whose rules apply. Hours are looked up at run time, so
/// rules, daylight saving and holidays rewrite no row. Written <c>call|America/Chicago+America/New_York|KY+TN</c>; e-mail's is <c>always</c>.
/// </summary>
public sealed record WindowKey
{
    /// <summary>The key of every e-mail.</summary>
    public const string Always = "always";

    private static readonly WindowKey Email = new(Channel.Email, [], [], Always);

    private WindowKey(Channel channel, IReadOnlyList<string> zones, IReadOnlyList<string> states, string text) =>
        (Channel, Zones, States, Text) = (channel, zones, states, text);

    /// <summary>The channel; <see cref="Channel.Email"/> exactly when the window is always open.</summary>
    public Channel Channel { get; }

    /// <summary>Canonical zones in ordinal order; empty when unknown, and then the window never opens.</summary>
    public IReadOnlyList<string> Zones { get; }

    /// <summary>Two-letter codes in ordinal order.</summary>
    public IReadOnlyList<string> States { get; }

    /// <summary>The key as stored.</summary>
    public string Text { get; }

    /// <summary>True for e-mail.</summary>
    public bool IsAlways => Text == Always;

    /// <summary>The key for this channel, these zones and these states, whatever their order. Throws when a zone is unknown.</summary>
    public static string For(Channel channel, IReadOnlyList<string> zones, IReadOnlyList<string> states) => Of(channel, zones, states).Text;

    /// <summary>Reads a stored key. Throws <see cref="FormatException"/> when it is none: nobody but us writes them.</summary>
    public static WindowKey Parse(string text)
    {
        if (text == Always) return Email;
        var parts = text.Split('|');
        if (parts.Length != 3) throw new FormatException($"'{text}' is not a window key");
        var channel = parts[0] switch
        {
            "call" => Channel.Call,
            "text" => Channel.Text,
            _ => throw new FormatException($"'{text}' is not a window key: no channel '{parts[0]}'"),
        };
        return Of(channel, Items(parts[1]), Items(parts[2]));
    }

    /// <inheritdoc/>
    public bool Equals(WindowKey? other) => Text == other?.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static WindowKey Of(Channel channel, IReadOnlyList<string> zones, IReadOnlyList<string> states)
    {
        if (channel == Channel.Email) return Email;
        var clocks = CanonicalZone.All(zones);
        string[] codes = [.. states.Select(s => s.Trim().ToUpperInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var name = channel == Channel.Call ? "call" : "text";
        return new(channel, clocks, codes, $"{name}|{string.Join('+', clocks)}|{string.Join('+', codes)}");
    }

    private static string[] Items(string part) => part.Split('+', StringSplitOptions.RemoveEmptyEntries);
}
