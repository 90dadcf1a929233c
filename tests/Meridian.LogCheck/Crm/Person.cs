namespace Meridian.LogCheck.Crm;

/// <summary>Rows that are one human. <see cref="Circle"/> numbers the persons joined, over any chain, by shared addresses.</summary>
internal sealed class Person(int id, IReadOnlyList<CrmRow> rows)
{
    public int Id { get; } = id;

    public IReadOnlyList<CrmRow> Rows { get; } = rows;

    public IReadOnlyList<string> Emails { get; } = [.. rows.Select(r => r.Email).OfType<string>().Distinct()];

    public IReadOnlyList<string> Numbers { get; } = [.. rows.SelectMany(r => r.Phones).Select(p => p.Number).Distinct()];

    public IEnumerable<string> Addresses => Emails.Concat(Numbers);

    public int Circle { get; set; }

    /// <summary>Somebody in the circle asked not to be called.</summary>
    public bool Suppressed { get; set; }

    public bool IsEligible => !Suppressed
        && Rows.All(r => r.Country.ToLowerInvariant() is "us" or "usa" or "united states" or "united states of america" or "u.s." or "u.s.a.")
        && Emails.Any(e => !Rows.Any(r => r.Email == e && r.EmailStatus.ToLowerInvariant() is ("unavailable" or "invalid")));

    public override string ToString() => $"{(Emails.Count > 0 ? Emails[0] : Numbers.Count > 0 ? Numbers[0] : "nobody")} (row {Rows[0].Number})";
}
