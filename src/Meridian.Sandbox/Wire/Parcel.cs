namespace Meridian.Sandbox.Wire;

/// <summary>The body of a webhook as it goes over the wire. A garbled one tells the engine nothing, even if it is taken.</summary>
internal sealed record Parcel(string Json, bool Readable);
