using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>One call per company per business day.</summary>
public sealed class CompanyGap : ContactRule
{
    private const string Source = "owner's cap: one call per company per business day";

    public override Finding Judge(ContactFacts facts, Instant now) =>
        facts.Channel == Channel.Call && facts.CompanyNextCallAt is { } at && at > now
            ? WaitForPerson($"{facts.Lead.CompanyName ?? "the company"} was called already; free again {Say.Utc(at)}", Source, at)
            : Allow("the company was not called today", Source);
}
