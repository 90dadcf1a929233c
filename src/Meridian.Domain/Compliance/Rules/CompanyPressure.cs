using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>All channels and colleagues together, a company hears from us only so often a day. The ledger counts it again at every begin.</summary>
public sealed class CompanyPressure : ContactRule
{
    private const string Source = "owner's cap: owner.companyTouchesPerDay";

    public override Finding Judge(ContactFacts facts, Instant now)
    {
        if (facts.Company is not { } company) return Allow("no company is known", Source);
        return company.BegunToday >= company.Cap
            ? WaitForPerson($"{facts.Lead.CompanyName ?? "the company"} was reached {company.BegunToday} times today, all colleagues and channels together; again {Say.Utc(company.DayEnds)}", Source, company.DayEnds)
            : Allow($"the company was reached {company.BegunToday} times today, of {company.Cap}", Source, company.DayEnds);
    }
}
