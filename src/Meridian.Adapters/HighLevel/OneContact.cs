using Meridian.Adapters.Http;

namespace Meridian.Adapters.HighLevel;

/// <summary>A look at one contact, and what an answer without it means.</summary>
internal static class OneContact
{
    public static Task<Exchange> ReadAsync(HighLevelLocation location, string contactId, Haste haste, CancellationToken cancellation) =>
        location.GetAsync($"/contacts/{Uri.EscapeDataString(contactId)}", location.Options.ContactsVersion, haste, cancellation);

    /// <summary>Somebody deleted or merged them there; which status says so is not documented, so any that is about the contact asked for.</summary>
    public static bool IsGone(Exchange look) => look is Exchange.Answered { Status: 400 or 404 or 410 or 422 };

    public static string Why(Exchange exchange) =>
        exchange is Exchange.Answered answer ? $"HighLevel answered {answer.Status}: {JsonReading.ErrorText(JsonReading.TryParse(answer.Body), answer.Body)}" : exchange.Why;
}
