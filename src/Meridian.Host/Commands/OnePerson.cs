using Meridian.Adapters.Sql;
using Meridian.Host.Why;

namespace Meridian.Host.Commands;

/// <summary>The one person a verb is about; a verb about records does not guess.</summary>
internal static class OnePerson
{
    /// <exception cref="UsageException">Nobody, or several.</exception>
    public static async Task<string> FindAsync(DataFolder folder, string text)
    {
        var found = await WhoIsMeant.FindOrNameAsync(new SqlReports(folder.Store), text, 5);
        // Whoever was erased has no address any more, but may be asked for by the one we used.
        if (found.Count == 0) found = await new SqlEvidence(folder.Store).WhoEverHadAsync(WhoIsMeant.Normalise(text.Trim()));
        return found.Count == 1 ? found[0] : throw new UsageException(found.Count == 0
            ? $"nobody here is '{text}': give an e-mail address, a phone number, a name as in the import, or a lead id"
            : $"'{text}' may be {found.Count} people: {string.Join(", ", found)}; give one of these ids");
    }
}
