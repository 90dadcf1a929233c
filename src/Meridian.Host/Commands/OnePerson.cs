using Meridian.Adapters.Sql;
using Meridian.Host.Why;

namespace Meridian.Host.Commands;

/// <summary>The one person a verb is about; a verb about records does not guess.</summary>
internal static class OnePerson
{
    private const int Most = 12;

    /// <exception cref="UsageException">Nobody, or several.</exception>
    public static async Task<string> FindAsync(DataFolder folder, string text)
    {
        var found = await WhoIsMeant.FindOrNameAsync(new SqlReports(folder.Store), text, Most);
        // Whoever was erased has no address any more, but may be asked for by the one we used.
        if (found.Count == 0) found = await new SqlEvidence(folder.Store).WhoEverHadAsync(WhoIsMeant.Normalise(text.Trim()));
        return found.Count == 1 ? found[0] : throw new UsageException(found.Count == 0
            ? $"nobody here is '{text}': give an e-mail address, a phone number, a name as in the import, or a lead id"
            : await SeveralAsync(folder, text, found));
    }

    /// <summary>Whoever <paramref name="text"/> may mean, by id and name.</summary>
    public static async Task<string> SeveralAsync(DataFolder folder, string text, IReadOnlyList<string> found)
    {
        var named = new List<string>();
        foreach (var lead in found) named.Add($"{lead} {(await folder.Facts.LeadAsync(lead))?.Lead.FullName}".TrimEnd());
        return $"'{text}' may be {(found.Count >= Most ? $"{Most} people or more" : $"{found.Count} people")}: {string.Join(", ", named)}; give one of these ids";
    }
}
