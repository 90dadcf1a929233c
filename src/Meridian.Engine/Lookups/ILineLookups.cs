using Meridian.Domain.Compliance;

namespace Meridian.Engine.Lookups;

/// <summary>Asks what kind of line a number is. Costs money; contacts nobody.</summary>
public interface ILineLookups
{
    /// <summary><c>twilio</c>.</summary>
    string Source { get; }

    /// <summary>One request, never repeated by itself.</summary>
    Task<LineAnswer> LookUpAsync(string e164, CancellationToken cancellation);
}

/// <summary>What came back.</summary>
public abstract record LineAnswer
{
    /// <param name="IsBusiness">The name registry says a business holds it; null: it does not say.</param>
    public sealed record Told(LineType Type, bool? IsBusiness, string Raw) : LineAnswer;

    /// <param name="Account">The account is at fault: asking again about others is of no use now.</param>
    public sealed record NotTold(string Why, bool Account) : LineAnswer;
}
