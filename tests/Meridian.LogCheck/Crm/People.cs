using Meridian.LogCheck.Clock;

namespace Meridian.LogCheck.Crm;

/// <summary>The import as persons, and who holds which address.</summary>
internal sealed class People
{
    private readonly Dictionary<string, List<Person>> _holders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withoutExtension;

    private People(IReadOnlyList<Person> all, IReadOnlyList<Signature> signatures)
    {
        All = all;
        foreach (var signature in signatures)
            foreach (var person in all.Where(p => p.Emails.Contains(signature.Email))) person.Signed.Add(signature);
        foreach (var person in all)
            foreach (var address in person.Addresses)
            {
                if (!_holders.TryGetValue(address, out var holders)) _holders[address] = holders = [];
                holders.Add(person);
            }
        _withoutExtension = [.. all.SelectMany(p => p.Rows).SelectMany(r => r.Phones).Where(p => !p.HasExtension).Select(p => p.Number), .. signatures.Select(s => s.Number)];
        DrawCircles();
    }

    public IReadOnlyList<Person> All { get; }

    public int SharedNumbers => _holders.Count(h => h.Key.StartsWith('+') && h.Value.Count > 1);

    public IReadOnlyList<Person> Holders(string address) => _holders.TryGetValue(address, out var holders) ? holders : [];

    /// <summary>A number that is written with an extension wherever it stands is a switchboard.</summary>
    public bool IsSwitchboard(string number) => !_withoutExtension.Contains(number);

    public static People Read(string csvPath, Places places, IReadOnlyList<Signature> signatures) => Of(Csv.Read(csvPath), places, signatures);

    public static People Of(IEnumerable<IReadOnlyDictionary<string, string>> export, Places places, IReadOnlyList<Signature> signatures)
    {
        var rows = export.Select((cells, i) => CrmRow.From(i + 2, cells, places.IsGeographic)).ToList();
        var unions = new Unions(rows.Count);
        JoinBy(rows, unions, r => r.Email);
        JoinBy(rows, unions, r => r.RecordId.Length > 0 ? r.RecordId : null);
        JoinRowsWithoutEmail(rows, unions);
        return new People([.. Enumerable.Range(0, rows.Count).GroupBy(unions.Root).Select((g, id) => new Person(id, [.. g.Select(i => rows[i])]))], signatures);
    }

    private static void JoinBy(List<CrmRow> rows, Unions unions, Func<CrmRow, string?> key)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < rows.Count; i++)
            if (key(rows[i]) is { } k && !first.TryAdd(k, i)) unions.Join(first[k], i);
    }

    private static void JoinRowsWithoutEmail(List<CrmRow> rows, Unions unions)
    {
        var groups = Enumerable.Range(0, rows.Count).Where(i => rows[i].Mobile is not null && rows[i].Name.Length > 0)
            .GroupBy(i => (rows[i].Mobile, rows[i].Name));
        foreach (var group in groups)
        {
            var anchor = group.OrderBy(i => rows[i].Email is null).ThenBy(i => i).First();
            foreach (var i in group.Where(i => rows[i].Email is null)) unions.Join(anchor, i);
        }
    }

    private void DrawCircles()
    {
        var unions = new Unions(All.Count);
        var owned = new Unions(All.Count);
        foreach (var (address, holders) in _holders)
        {
            var owners = holders.Where(h => h.Owns(address)).ToList();
            foreach (var other in owners.Skip(1)) owned.Join(owners[0].Id, other.Id);
            foreach (var other in owners.Count > 0 ? holders.Skip(1) : []) unions.Join(holders[0].Id, other.Id);
        }

        foreach (var person in All) (person.Circle, person.OwnCircle) = (unions.Root(person.Id), owned.Root(person.Id));
        var suppressed = All.Where(p => p.Rows.Any(r => r.DoNotCall)).Select(p => p.Circle).ToHashSet();
        var own = All.Where(p => p.Rows.Any(r => r.DoNotCall)).Select(p => p.OwnCircle).ToHashSet();
        foreach (var person in All) (person.Suppressed, person.PerhapsSuppressed) = (own.Contains(person.OwnCircle), suppressed.Contains(person.Circle));
    }
}
