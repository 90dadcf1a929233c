using Meridian.Domain.Compliance;
using Meridian.Domain.Leads;
using Meridian.Domain.Pulling;
using Meridian.Engine.Desks;
using Meridian.Engine.Ledger;
using Meridian.Engine.Pulling;
using NodaTime;

namespace Meridian.Engine.Consents;

/// <summary>
/// Answers of the owner's own forms. One that lacks anything the consent page asks for is no consent, and the owner hears what it lacks. A complete one came by an
/// unsigned webhook, so the contact is read back first; then it goes through the same door as a signature on the page.
/// </summary>
/// <param name="contacts">Null: nobody can be read back, and nothing counts.</param>
public sealed class ConsentFormTurn(IConsentForms book, IConsentBook consents, IContactSource? contacts, Func<IReadOnlyList<RegisteredForm>> forms, ISignals signals, IOwner owner, Clocks clocks) : ITurn
{
    private const int MostPerTurn = 20;
    private static readonly Duration AskAgain = Duration.FromMinutes(5);
    private static readonly Duration GivesUp = Duration.FromHours(24);

    public string Kind => "consent-forms";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        var open = await book.OpenAsync(clocks.Now, MostPerTurn);
        foreach (var form in open)
        {
            cancellation.ThrowIfCancellationRequested();
            await DecideAsync(form, cancellation);
        }

        return new TurnResult(open.Count == MostPerTurn ? clocks.Now + Duration.FromSeconds(1) : await book.NextAsync() ?? TurnResult.Asleep, open.Count == 0 ? "no form waits" : $"{open.Count} forms looked at");
    }

    private async Task DecideAsync(PendingForm pending, CancellationToken cancellation)
    {
        var settings = await owner.SettingsAsync();
        if (FormConsent.Read(pending.Said, forms(), settings.SellerName, pending.ReceivedAt, out var missing) is not { } answer)
        {
            await book.CloseAsync(pending.Id, false, $"no consent, for it lacks: {string.Join("; ", missing)}", null, clocks.Now);
            return;
        }

        if (contacts is null)
        {
            await book.CloseAsync(pending.Id, false, "no consent, for the contact cannot be read back: there is no CRM set up", null, clocks.Now);
            return;
        }

        var read = await contacts.ReadAsync(pending.ContactRef, cancellation);
        if (read.Refusal is { } refusal)
        {
            if (pending.ReceivedAt + GivesUp > clocks.Now) await book.LookAgainAsync(pending.Id, clocks.Now + AskAgain);
            else await book.CloseAsync(pending.Id, false, $"no consent, for the contact could not be read back for a day: {refusal.Reason}", null, clocks.Now);
            return;
        }

        if (WhyNot(read.Contact, answer) is { } why)
        {
            await book.CloseAsync(pending.Id, false, $"no consent: {why}", null, clocks.Now);
            return;
        }

        var leads = await WhoAsync(pending.ContactRef, read.Contact!, answer.Number);
        if (leads is not [var lead])
        {
            await book.CloseAsync(pending.Id, false, leads.Count == 0 ? "no consent: this contact is nobody here; import or pull them first, and have them sign again" : $"no consent: this contact may be any of {string.Join(", ", leads)}", null, clocks.Now);
            return;
        }

        await SignAsync(pending, answer, lead, settings);
    }

    private async Task SignAsync(PendingForm pending, CompleteForm answer, string lead, OwnerSettings settings)
    {
        var now = clocks.Now;
        var result = await consents.SignAsync(new SignedConsent(
            lead, answer.Number, answer.Channels, settings.SellerName, answer.Signature, $"{answer.Form.Name} {answer.Form.Version}".Trim(), answer.Text, answer.TextHash, answer.Ip,
            $"HighLevel form '{answer.Form.Name}' (attested by {answer.Form.AttestedBy}), contact {pending.ContactRef}, submitted {answer.SubmittedAt}, read back {now}",
            answer.SubmittedAt.InZone(DateTimeZoneProviders.Tzdb[settings.Zone]).Date, now)
        {
            GivenAt = answer.SubmittedAt,
            Where = $"on the HighLevel form '{answer.Form.Name}'",
        });
        var recorded = result is SignResult.Recorded or SignResult.Known;
        await book.CloseAsync(pending.Id, recorded, result switch
        {
            SignResult.Recorded => "recorded",
            SignResult.Known => "the same was signed before",
            SignResult.CompanyLine => "no consent: the number is a company's line, which no one person can give",
            SignResult.SomebodyElsesNo => "no consent: somebody who has this number or an address of theirs asked to be left alone",
            SignResult.SaidNoSince => "no consent: they asked to be left alone, and only their own consent page takes that back",
            SignResult.SomebodyElsesNumber => "no consent: the number is known as somebody else's",
            _ => "no consent: they are not here any more",
        }, lead, now);
    }

    /// <summary>What the CRM itself shows of them speaks against it; null: nothing does.</summary>
    private static string? WhyNot(CrmContact? contact, CompleteForm answer) =>
        contact is null ? "HighLevel shows no such contact"
        : !PhoneNumber.TryParse(contact.Phone, out var phone, out _) || phone.E164 != answer.Number ? $"HighLevel has {contact.Phone ?? "no number"} for this contact, not the {answer.Number} of the form"
        : contact.DoNotDisturb is { } dnd ? $"HighLevel has do-not-disturb on for them: {dnd}"
        : !contact.TellsDoNotDisturb ? "HighLevel does not tell whether do-not-disturb is on for them" : null;

    /// <summary>By the contact's own id, else by its e-mail address, else by the number.</summary>
    private async Task<IReadOnlyList<string>> WhoAsync(string contactRef, CrmContact contact, string number)
    {
        var byRef = await signals.FindLeadsAsync(contactRef, null);
        if (byRef.Count > 0) return byRef;
        var byMail = EmailAddress.TryParse(contact.Email, out var email, out _) ? await signals.FindLeadsAsync(null, email.Value) : [];
        return byMail.Count > 0 ? byMail : await signals.FindLeadsAsync(null, number);
    }
}
