using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance;

/// <summary>What a rule, or all of them together, make of a touch. The worst finding wins.</summary>
public enum Ruling
{
    /// <summary>May begin now.</summary>
    Allow,

    /// <summary>Not now, but at a time that is known.</summary>
    Wait,

    /// <summary>Not until a named fact arrives.</summary>
    Park,

    /// <summary>Never.</summary>
    Refuse,
}

/// <summary>Whose wait it is: a wait of the person moves the offer; a wait of the sender leaves the offer alone.</summary>
public enum WaitOf { Person, Sender }

/// <summary>One rule's answer, with what a person needs in order to check it.</summary>
/// <param name="Rule">The rule's name, as its file is called.</param>
/// <param name="Sentence">Plain words with the facts in them.</param>
/// <param name="Source">Law, vendor fact or setting.</param>
/// <param name="Until">For a wait: when to look again. For an allow: how long it holds, if it ends.</param>
public sealed record Finding(
    string Rule, Ruling Ruling, string Sentence, string Source,
    Instant? Until = null, WaitOf WaitOf = WaitOf.Person, ParkedReason? Parked = null, SkippedReason? Skipped = null);

/// <summary>All findings about one touch at one instant.</summary>
/// <param name="ValidUntil">An allow holds until then (window close, consent expiry); compared again at hand-over.</param>
public sealed record Verdict(Ruling Ruling, IReadOnlyList<Finding> Findings, Instant JudgedAt, Instant ValidUntil)
{
    /// <summary>The finding that decided.</summary>
    public Finding? Decisive => Ruling == Ruling.Allow ? null : Findings.First(f => f.Ruling == Ruling);

    /// <summary>When a waiting touch may be looked at again: the latest of all waits.</summary>
    public Instant? WaitUntil => Ruling == Ruling.Wait ? Findings.Where(f => f.Ruling == Ruling.Wait).Max(f => f.Until) : null;

    /// <summary>True when every wait is the sender's: the offer stays as it is and the desk sleeps.</summary>
    public bool WaitsForSenderOnly => Ruling == Ruling.Wait && Findings.Where(f => f.Ruling == Ruling.Wait).All(f => f.WaitOf == WaitOf.Sender);
}
