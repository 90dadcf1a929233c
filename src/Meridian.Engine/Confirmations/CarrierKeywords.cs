using Meridian.Domain.Compliance.Pack;

namespace Meridian.Engine.Confirmations;

/// <summary>Words a carrier answers itself, when they are the whole text: it confirms, and lets nothing more through. Any other way of saying it is ours to answer.</summary>
public static class CarrierKeywords
{
    public static bool IsOne(string text) => ContactRulesPack.Current.CarrierKeywords.Contains(text.Trim().ToLowerInvariant());
}
