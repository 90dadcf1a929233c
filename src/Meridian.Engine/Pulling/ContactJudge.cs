using Meridian.Domain.Pulling;
using Meridian.Engine.Prospecting;
using NodaTime;

namespace Meridian.Engine.Pulling;

/// <summary>Reads one contact and says whether it may be pulled: the same for the owner's preview and for the desk.</summary>
public sealed class ContactJudge(IContactSource contacts, IPullBook book)
{
    public async Task<ContactVerdict> JudgeAsync(string contactId, PullFilter filter, PullTerms terms, Instant now, CancellationToken cancellation)
    {
        var read = await contacts.ReadAsync(contactId, cancellation);
        if (read.Refusal is { } refused) return new ContactVerdict.NotTold(refused);
        if (read.Contact is not { } contact) return new ContactVerdict.No(null, PullState.Excluded, [new PullNo("gone", "deleted there", now + Duration.FromDays(30))]);

        var own = PullRules.OfContact(contact, filter, terms, now);
        // Whoever asked for silence is heard, whatever else speaks against them.
        if (own.Any(n => n.Rule == PullNo.DoNotDisturb)) return new ContactVerdict.No(contact, PullState.OptedOut, own);
        if (await book.KnownAsync(contact) is { } known) return new ContactVerdict.No(contact, known.State, [new PullNo("known", known.Why, known.State == PullState.OptedOut ? null : now + Duration.FromDays(30))]);
        if (own.Count > 0) return new ContactVerdict.No(contact, PullState.Excluded, own);

        var history = await contacts.HistoryAsync(contactId, cancellation);
        if (history.Refusal is { } hidden) return new ContactVerdict.NotTold(hidden);
        var busy = PullRules.OfHistory(history.History ?? new CrmHistory(null, null, null), now);
        return busy.Count > 0 ? new ContactVerdict.No(contact, PullState.Excluded, busy) : new ContactVerdict.Yes(contact);
    }
}

/// <summary>What is to become of a contact.</summary>
public abstract record ContactVerdict
{
    public sealed record Yes(CrmContact Contact) : ContactVerdict;

    /// <param name="Contact">Null: there is nobody any more.</param>
    public sealed record No(CrmContact? Contact, PullState State, IReadOnlyList<PullNo> Reasons) : ContactVerdict
    {
        public string Why => string.Join("; ", Reasons.Select(r => r.Sentence));

        /// <summary>When all of the reasons may be gone; null: never.</summary>
        public Instant? LookAgainAt => State == PullState.OptedOut ? null : Reasons.Max(r => r.LookAgainAt);
    }

    /// <summary>The CRM could not be asked: nothing is known, and nothing is kept.</summary>
    public sealed record NotTold(SourceRefusal Refusal) : ContactVerdict;
}
