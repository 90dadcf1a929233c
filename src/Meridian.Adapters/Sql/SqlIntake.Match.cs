using System.Security.Cryptography;
using System.Text;
using Meridian.Adapters.Csv;

namespace Meridian.Adapters.Sql;

internal sealed partial class SqlIntake
{
    /// <summary>Where rows without an e-mail address are remembered by what they say, so that the same row never becomes a second person.</summary>
    private const string RowSource = "import:row";

    internal const string HoldersWithNames = """
        select l.id, l.first_name, l.last_name, l.company_id, la.role, la.extension,
               (select count(*) from lead_address e where e.lead_id = l.id and e.kind = 'email' and e.detached_at is null) as emails
          from lead_address la join lead l on l.id = la.lead_id where la.address_id = @address and la.detached_at is null order by l.id
        """;

    internal const string LeadByRef = """
        select l.id, l.first_name, l.last_name, l.company_id from lead_ref r join lead l on l.id = r.lead_id where r.source = @source and r.external_id = @id
        """;

    /// <summary>
    /// The person a row speaks of: by e-mail address, by the source's id, by a number of their own. Never by a company line nor by a number two
    /// people share, and never against a name. Two rows that only might be one person stay two: a shared number is paced by itself.
    /// </summary>
    private static async Task<string?> MatchAsync(SqlSession s, ImportBatch batch, ImportRow row, List<string> warnings)
    {
        foreach (var email in row.Addresses.Where(a => a.Kind == Domain.Leads.AddressKind.Email))
        {
            var holders = await s.QueryAsync<Known>(HoldersWithNames, new { address = email.Id });
            if (holders.Count == 0) continue;
            var best = holders.FirstOrDefault(h => NamesAgree(row, h)) ?? holders[0];
            if (!NamesAgree(row, best)) warnings.Add($"{email.Id} belongs to {best.Name}: one mailbox is one person, so this row was merged into theirs");
            return best.Id;
        }

        if (row.RecordId is { } record && await s.FirstOrDefaultAsync<Known>(LeadByRef, new { source = batch.Source, id = record }) is { } byId)
        {
            if (IsSamePerson(row, byId)) return byId.Id;
            warnings.Add($"record id {record} was {byId.Name} in an earlier file: taken as another person");
        }

        if (row.Email is null && Fingerprint(row) is { } print && await s.FirstOrDefaultAsync<Known>(LeadByRef, new { source = RowSource, id = print }) is { } byRow) return byRow.Id;

        foreach (var number in row.OwnNumbers)
        {
            var holders = await s.QueryAsync<Known>(HoldersWithNames, new { address = number.Id });
            if (holders is not [var only] || only.Role == "company" || only.Extension != number.Extension) continue;
            var contradicts = row.Email is not null && only.Emails > 0; // had it been theirs, it would have matched above
            if (!contradicts && NamesAgree(row, only)) return only.Id;
        }

        return null;
    }

    internal static IEnumerable<(string Source, string Id)> RefsOf(ImportBatch batch, ImportRow row)
    {
        if (row.RecordId is { } record) yield return (batch.Source, record);
        if (row.Email is null && Fingerprint(row) is { } print) yield return (RowSource, print);
    }

    private static string? Fingerprint(ImportRow row)
    {
        var numbers = row.OwnNumbers.Select(n => $"{n.Id}x{n.Extension}").Order(StringComparer.Ordinal).ToList();
        if (numbers.Count == 0) return null;
        var text = $"{Folded.Of(row.Person.FirstName)}|{Folded.Of(row.Person.LastName)}|{row.Company?.NaturalKey}|{string.Join('|', numbers)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16]);
    }

    private static bool NamesAgree(ImportRow row, Known known) =>
        Folded.Of(row.Person.FirstName + row.Person.LastName) == Folded.Of(known.FirstName + known.LastName);

    /// <summary>The source says it is the same record; a name may have changed, but not everything at once: other lists count from 1 too.</summary>
    private static bool IsSamePerson(ImportRow row, Known known)
    {
        var (first, last) = (Folded.Of(row.Person.FirstName), Folded.Of(row.Person.LastName));
        var (knownFirst, knownLast) = (Folded.Of(known.FirstName), Folded.Of(known.LastName));
        if (first + last == knownFirst + knownLast || first + last == "") return true;
        var sameCompany = row.Company is not null && row.Company.Id == known.CompanyId;
        return sameCompany && (first == knownFirst || last == knownLast || knownFirst + knownLast == "");
    }

    private sealed class Known
    {
        public string Id { get; init; } = "";
        public string? FirstName { get; init; }
        public string? LastName { get; init; }
        public string? CompanyId { get; init; }
        public string? Role { get; init; }
        public string? Extension { get; init; }
        public long Emails { get; init; }

        public string Name => $"{FirstName} {LastName}".Trim() is { Length: > 0 } name ? name : "somebody without a name";
    }
}
