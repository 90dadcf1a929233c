namespace Meridian.Sandbox.Wire;

/// <summary>What a webhook shows of who sends it.</summary>
internal enum Paper { Genuine, Forged, None }

/// <summary>The body of a webhook as it goes over the wire. A garbled or forged one tells the engine nothing, even if it is taken.</summary>
internal sealed record Parcel(string Json, bool Readable, Paper Paper = Paper.Genuine)
{
    /// <summary>The headers that prove the sender, as they go out.</summary>
    public IReadOnlyDictionary<string, string> Headers(IReadOnlyDictionary<string, string> genuine) => Paper switch
    {
        Paper.Genuine => genuine,
        Paper.Forged => genuine.ToDictionary(header => header.Key, header => header.Value + "x"),
        _ => new Dictionary<string, string>(),
    };

    /// <summary>Where the secret is the last part of the path.</summary>
    public Uri Address(Uri genuine) => Paper switch
    {
        Paper.Genuine => genuine,
        Paper.Forged => new Uri(genuine.AbsoluteUri + "x"),
        _ => new Uri(genuine, "."),
    };
}
