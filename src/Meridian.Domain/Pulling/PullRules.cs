using Meridian.Domain.Leads;
using NodaTime;

namespace Meridian.Domain.Pulling;

/// <summary>
/// Who of the CRM is never pulled, whatever the filter. What the CRM does not tell counts against pulling: the person may be somebody's customer.
/// </summary>
public static class PullRules
{
    /// <summary>Somebody with whom anything was said this recently is in a conversation.</summary>
    public const int QuietDays = 90;

    private static readonly Duration Soon = Duration.FromDays(1);
    private static readonly Duration Later = Duration.FromDays(30);

    /// <summary>Judges what the contact itself shows; every reason, not only the first.</summary>
    public static IReadOnlyList<PullNo> OfContact(CrmContact contact, PullFilter filter, PullTerms terms, Instant now)
    {
        var found = new List<PullNo>();
        void No(string rule, string sentence, Duration again) => found.Add(new PullNo(rule, sentence, now + again));

        if (contact.DoNotDisturb is { } dnd) found.Add(new PullNo(PullNo.DoNotDisturb, $"asked for silence: {dnd}", null));
        else if (!contact.TellsDoNotDisturb) No("do-not-disturb", "whether they asked for silence is not told", Soon);
        if (contact.IsBlocked) No("blocked", "their messages are blocked there: a 'stop' would reach nobody", Later);

        if (contact.Type is not { } type) No("customer", "whether they are a customer is not told: the contact has no type", Soon);
        else if (PullFilter.Fold(type) != "lead") No("customer", $"of the type '{type}', and only leads are pulled", Later);
        var tags = contact.Tags.Select(PullFilter.Fold).ToHashSet();
        foreach (var never in terms.NeverTags.Where(t => tags.Contains(PullFilter.Fold(t)))) No("never-tag", $"tagged '{never}', and nobody with that tag is pulled (owner.pullNeverTags)", Later);
        if (filter.Misses(contact, terms.Zone) is { } miss) No("filter", miss, Later);

        var hasEmail = EmailAddress.TryParse(contact.Email, out var email, out _);
        var hasPhone = PhoneNumber.TryParse(contact.Phone, out var phone, out _);
        if (!hasEmail) No("address", "no e-mail address that can be used, and no CRM's word is a consent to calls or texts", Later);
        if (hasEmail && terms.IsOwnDomain(email!.Domain)) No("own-domain", $"{email.Domain} is the owner's own", Later);
        if ((hasEmail && terms.OwnAddresses.Contains(email!.Value)) || (hasPhone && terms.OwnAddresses.Contains(phone!.E164))) No("own-domain", "the owner's own address or number", Later);
        if (!Country.IsUnitedStates(contact.Country, contact.State)) No("country", $"not in the United States: {contact.Country ?? "no country given"}", Later);
        return found;
    }

    /// <summary>Judges what has been going on with them.</summary>
    public static IReadOnlyList<PullNo> OfHistory(CrmHistory history, Instant now)
    {
        var found = new List<PullNo>();
        void No(string rule, string sentence, Instant again) => found.Add(new PullNo(rule, sentence, again));

        if (history.Opportunities is not { } opportunities) No("opportunity", "whether they have an open or won opportunity is not told", now + Soon);
        else if (opportunities.FirstOrDefault(o => PullFilter.Fold(o) is not ("lost" or "abandoned")) is { } status) No("opportunity", $"an opportunity of theirs is {status}", now + Later);

        if (history.Talk is not { } talk) No("conversation", "when they were last spoken with is not told", now + Soon);
        else if (talk.At is { } at && at + Duration.FromDays(QuietDays) > now) No("conversation", $"a conversation on {at.InUtc().Date:uuuu-MM-dd}: {QuietDays} days of silence come first", at + Duration.FromDays(QuietDays));

        if (history.IsInWorkflow is not { } busy) No("workflow", "whether a workflow is writing to them is not told", now + Soon);
        else if (busy) No("workflow", "in an active workflow there", now + Soon + Soon);
        return found;
    }
}

/// <summary>One reason not to pull somebody.</summary>
/// <param name="LookAgainAt">When it may have changed; null: never, for they said no.</param>
public sealed record PullNo(string Rule, string Sentence, Instant? LookAgainAt)
{
    /// <summary>The one reason that is also kept as an opt-out.</summary>
    public const string DoNotDisturb = "do-not-disturb-on";
}
