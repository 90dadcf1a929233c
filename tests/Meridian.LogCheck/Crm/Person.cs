namespace Meridian.LogCheck.Crm;

/// <summary>
/// Rows that are one human. A company line is nobody's own: <see cref="OwnCircle"/> numbers the persons joined, over any chain, by addresses that are the own of
/// each of them; <see cref="Circle"/> those joined by addresses that are the own of one of them at least.
/// </summary>
internal sealed class Person(int id, IReadOnlyList<CrmRow> rows)
{
    public int Id { get; } = id;

    public IReadOnlyList<CrmRow> Rows { get; } = rows;

    public IReadOnlyList<string> Emails { get; } = [.. rows.Select(r => r.Email).OfType<string>().Distinct()];

    public IReadOnlyList<string> Numbers { get; } = [.. rows.SelectMany(r => r.Phones).Select(p => p.Number).Distinct()];

    /// <summary>Signed on the consent page, with numbers that no row need name.</summary>
    public List<Signature> Signed { get; } = [];

    public IEnumerable<string> Addresses => Emails.Concat(Numbers).Concat(Signed.Select(s => s.Number)).Distinct();

    public int Circle { get; set; }

    public int OwnCircle { get; set; }

    public bool Owns(string address) => Emails.Contains(address) || Signed.Any(s => s.Number == address) || Rows.Any(r => r.Phones.Any(p => p.Number == address && !p.IsCompanyLine));

    /// <summary>Somebody in the own circle asked not to be called.</summary>
    public bool Suppressed { get; set; }

    /// <summary>Somebody in the wider circle did: nobody need be surprised that this person is left alone.</summary>
    public bool PerhapsSuppressed { get; set; }

    public bool IsEligible => !PerhapsSuppressed
        && Rows.All(r => r.Country.ToLowerInvariant() is "us" or "usa" or "united states" or "united states of america" or "u.s." or "u.s.a.")
        && Emails.Any(e => !Rows.Any(r => r.Email == e && r.EmailStatus.ToLowerInvariant() is ("unavailable" or "invalid")));

    public override string ToString() => $"{(Emails.Count > 0 ? Emails[0] : Numbers.Count > 0 ? Numbers[0] : "nobody")} (row {Rows[0].Number})";
}
