using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>A missing template variable blocks the touch; a blank is never printed.</summary>
public sealed class TextComplete : ContactRule
{
    public override Finding Judge(ContactFacts facts, Instant now) =>
        facts.MissingVariable is { } name
            ? Park(ParkedReason.MissingVariable, $"the text needs {{{{{name}}}}} and there is none", "the step's template")
            : Allow("every variable has a value", "the step's template");
}
