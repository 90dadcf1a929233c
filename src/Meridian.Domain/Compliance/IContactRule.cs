using NodaTime;

namespace Meridian.Domain.Compliance;

/// <summary>One rule, one file. It always answers, also when it has no objection: "why" shows every rule.</summary>
public interface IContactRule
{
    /// <summary>Pure: facts in, finding out.</summary>
    Finding Judge(ContactFacts facts, Instant now);
}

/// <summary>Builds findings under a rule's own name.</summary>
public abstract class ContactRule : IContactRule
{
    private string Name => GetType().Name;

    public abstract Finding Judge(ContactFacts facts, Instant now);

    protected Finding Allow(string sentence, string source, Instant? until = null) => new(Name, Ruling.Allow, sentence, source, until);

    protected Finding WaitForPerson(string sentence, string source, Instant until) => new(Name, Ruling.Wait, sentence, source, until);

    protected Finding WaitForSender(string sentence, string source, Instant? until) => new(Name, Ruling.Wait, sentence, source, until, WaitOf.Sender);

    protected Finding Park(Touches.ParkedReason reason, string sentence, string source) => new(Name, Ruling.Park, sentence, source, Parked: reason);

    protected Finding Refuse(Touches.SkippedReason reason, string sentence, string source) => new(Name, Ruling.Refuse, sentence, source, Skipped: reason);
}
