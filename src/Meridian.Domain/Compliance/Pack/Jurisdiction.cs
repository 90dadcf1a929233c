namespace Meridian.Domain.Compliance.Pack;

/// <summary>A state, the District of Columbia or a territory.</summary>
/// <param name="Code">Two letters.</param>
/// <param name="Zones">Canonical IANA zones, ordinal order.</param>
public sealed record Jurisdiction(string Code, string Name, IReadOnlyList<string> Zones);
