using Meridian.Adapters.Sql;
using Meridian.Domain.Leads;

namespace Meridian.Host.Why;

/// <summary>Finds the person somebody types: a lead id, an e-mail address, a phone number or a source's own id, as people write them.</summary>
public static class WhoIsMeant
{
    /// <summary>Several when an address is shared; none when nobody has it.</summary>
    public static Task<IReadOnlyList<string>> FindAsync(SqlReports reports, string text) => reports.FindLeadsAsync(Normalise(text.Trim()));

    /// <summary>Also by name or company, when nothing else fits.</summary>
    public static async Task<IReadOnlyList<string>> FindOrNameAsync(SqlReports reports, string text, int most)
    {
        var found = await FindAsync(reports, text);
        return found.Count > 0 || text.Trim().Length < 2 ? found : await reports.FindByNameAsync(text, most);
    }

    internal static string Normalise(string text)
    {
        if (text.Contains('@')) return EmailAddress.TryParse(text, out var email, out _) ? email.Value : text;
        return PhoneNumber.TryParse(text, out var phone, out _) ? phone.E164 : text;
    }
}
