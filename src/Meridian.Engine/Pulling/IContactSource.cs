using Meridian.Domain.Pulling;
using Meridian.Engine.Prospecting;

namespace Meridian.Engine.Pulling;

/// <summary>A CRM whose contacts may be pulled. Reads only; a read may be repeated.</summary>
public interface IContactSource
{
    /// <summary>One page of the ids of those who match as far as the CRM can tell; the contact itself is judged later. Newest last, so that the walk is stable.</summary>
    /// <param name="after">The page before's <see cref="ContactPage.Next"/>; null: the first page.</param>
    Task<ContactPage> FindAsync(PullFilter filter, string zone, string? after, CancellationToken cancellation);

    /// <summary>The contact read by itself.</summary>
    Task<ContactReading> ReadAsync(string contactId, CancellationToken cancellation);

    /// <summary>Opportunities, conversations and workflows of a contact.</summary>
    Task<HistoryReading> HistoryAsync(string contactId, CancellationToken cancellation);
}

/// <summary>Either a page or a refusal.</summary>
/// <param name="Total">How many match in all, by the CRM's count.</param>
/// <param name="Next">Null: this was the last page.</param>
public sealed record ContactPage(IReadOnlyList<string> Ids, long Total, string? Next, SourceRefusal? Refusal = null)
{
    public static ContactPage No(SourceRefusal refusal) => new([], 0, null, refusal);
}

/// <summary>Either a contact, or nobody (deleted there), or a refusal.</summary>
public sealed record ContactReading(CrmContact? Contact, SourceRefusal? Refusal = null);

/// <summary>Either a history or a refusal; what could not be read alone is null inside it.</summary>
public sealed record HistoryReading(CrmHistory? History, SourceRefusal? Refusal = null);
