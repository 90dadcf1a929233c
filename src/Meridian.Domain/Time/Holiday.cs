using NodaTime;

namespace Meridian.Domain.Time;

/// <summary>A day on which nobody is called.</summary>
/// <param name="Name">As the statute names it, shortened to what people say.</param>
/// <param name="Observed">True for the Friday or Monday that stands in for a holiday on a weekend.</param>
public sealed record Holiday(LocalDate Date, string Name, bool Observed)
{
    /// <inheritdoc/>
    public override string ToString() => Observed ? $"{Name} (observed)" : Name;
}
