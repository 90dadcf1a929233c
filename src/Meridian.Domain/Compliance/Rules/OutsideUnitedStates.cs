using Meridian.Domain.Leads;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>Nothing goes to people outside the United States: no other country's law is in the pack.</summary>
public sealed class OutsideUnitedStates : ContactRule
{
    private const string Source = "Meridian's rule pack covers US law only";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        var lead = facts.Lead;
        if (string.IsNullOrWhiteSpace(lead.Country))
            return Allow(lead.State is null ? "no country given; nothing says they are abroad" : $"no country given; {lead.State} is a US state", Source);
        return Country.IsUnitedStates(lead.Country)
            ? Allow($"the country is {lead.Country}", Source)
            : Refuse(SkippedReason.OutsideUnitedStates, $"the country is {lead.Country}", Source);
    }
}
