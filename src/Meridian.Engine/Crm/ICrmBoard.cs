namespace Meridian.Engine.Crm;

/// <summary>What a tag says about somebody.</summary>
public enum CrmTag
{
    Contacted,
    Replied,
    OptedOut,
    Interested,
}

/// <summary>Shows in the owner's CRM what happened here. Nothing there decides anything here.</summary>
public interface ICrmBoard
{
    /// <summary>What the owner wants to see there; null: nothing.</summary>
    CrmWishes? Wishes { get; }

    /// <summary>Makes somebody known there; the reference is their contact.</summary>
    Task<CrmAnswer> KnowAsync(CrmPerson person, CancellationToken cancellation);

    /// <summary>Adds a tag to those they have. Twice is as good as once.</summary>
    Task<CrmAnswer> TagAsync(string contactId, string tag, CancellationToken cancellation);

    /// <param name="mark">Stands in the note and nowhere else.</param>
    /// <param name="maybeThere">It was asked for before and no answer came: look first.</param>
    Task<CrmAnswer> NoteAsync(string contactId, string mark, string body, bool maybeThere, CancellationToken cancellation);

    /// <summary>Opens an opportunity unless one is open for them in that pipeline.</summary>
    Task<CrmAnswer> OpportunityAsync(string contactId, string name, CancellationToken cancellation);
}

/// <summary>What is shown.</summary>
/// <param name="Tags">Its words by what they say; one that is not here is not shown.</param>
/// <param name="Everybody">Also people the CRM does not know yet; false: only those it knows.</param>
public sealed record CrmWishes(IReadOnlyDictionary<CrmTag, string> Tags, bool Notes, bool Opportunities, bool Everybody);

/// <summary>Somebody the CRM is to know.</summary>
public sealed record CrmPerson(string? FirstName, string? LastName, string? Email, string? PhoneE164, string? CompanyName);

/// <summary>What the CRM made of it.</summary>
public abstract record CrmAnswer
{
    public sealed record Shown(string? Reference) : CrmAnswer;

    /// <summary>It will not take this, now or later.</summary>
    public sealed record Refused(string Reason) : CrmAnswer;

    /// <summary>Not now, or no answer came; it may have been done.</summary>
    /// <param name="OwnersToMend">Token, scope, location: nothing will be taken before somebody mends it.</param>
    public sealed record NotNow(string Reason, bool OwnersToMend = false) : CrmAnswer;
}
