using System.Buffers.Binary;
using System.Globalization;

namespace Meridian.Sandbox.Apollo;

/// <summary>
/// Twenty thousand people at six thousand companies, each computed from the seed and their number whenever somebody asks. Nothing is stored, so
/// the same seed has the same people after every restart. Numbers are 555-01xx and domains end in .example.
/// </summary>
internal sealed class Population(Chance chance, ulong seed)
{
    public const int Size = 20_000;
    private const int Companies = 6_000;

    /// <summary>One address for everybody who is not unlocked.</summary>
    public const string Placeholder = "email_not_unlocked@domain.com";

    private static readonly string[] First =
    [
        "Aaron", "Adele", "Amir", "Ana", "Ben", "Beth", "Carla", "Chen", "Dana", "Diego", "Elena", "Emil", "Farid", "Faye", "Gail", "Grace", "Hana", "Hugo", "Ian", "Ivy",
        "Jamal", "Joan", "Keiko", "Kurt", "Lena", "Liam", "Maya", "Milo", "Nadia", "Noah", "Olga", "Omar", "Pia", "Priya", "Quinn", "Rosa", "Ruth", "Sam", "Tara", "Tom",
        "Uma", "Vera", "Victor", "Wanda", "Will", "Ximena", "Yara", "Yusuf", "Zoe", "Zack",
    ];

    private static readonly string[] Last =
    [
        "Abbott", "Adeyemi", "Baker", "Becker", "Castro", "Cole", "Cruz", "Dang", "Diaz", "Edwards", "Ellis", "Fischer", "Flores", "Garcia", "Grant", "Huang", "Hughes",
        "Iyer", "Jensen", "Johnson", "Kim", "Kowalski", "Lee", "Lopez", "Mason", "Mueller", "Nguyen", "Novak", "O'Brien", "Okafor", "Patel", "Quist", "Reyes", "Rossi",
        "Sato", "Silva", "Tran", "Turner", "Ueda", "Vance", "Vega", "Weber", "Whitman", "Xu", "Young", "Zimmer",
    ];

    private static readonly (string Title, string Seniority)[] Roles =
    [
        ("Owner", "owner"), ("Co-Owner", "owner"), ("Owner & Operator", "owner"), ("Founder", "founder"), ("Co-Founder", "founder"), ("Founder & CEO", "founder"),
        ("CEO", "c_suite"), ("Chief Operating Officer", "c_suite"), ("Chief Financial Officer", "c_suite"), ("Chief Marketing Officer", "c_suite"), ("President", "c_suite"),
        ("Partner", "partner"), ("Managing Partner", "partner"), ("VP of Sales", "vp"), ("VP Operations", "vp"), ("Vice President, Marketing", "vp"),
        ("Head of Operations", "head"), ("Head of Growth", "head"), ("Director of Marketing", "director"), ("Sales Director", "director"), ("Director of Operations", "director"),
        ("Operations Manager", "manager"), ("Office Manager", "manager"), ("General Manager", "manager"), ("Marketing Manager", "manager"), ("Sales Manager", "manager"),
        ("Senior Account Executive", "senior"), ("Senior Estimator", "senior"), ("Dispatcher", "entry"), ("Sales Representative", "entry"), ("Marketing Intern", "intern"),
    ];

    private static readonly (string Word, string Industry)[] Trades =
    [
        ("Bakery", "food production"), ("Dental", "medical practice"), ("HVAC", "construction"), ("Law", "law practice"), ("Logistics", "logistics & supply chain"),
        ("Plumbing", "construction"), ("Roofing", "construction"), ("Solar", "renewables & environment"), ("Staffing", "staffing & recruiting"), ("Freight", "transportation/trucking/railroad"),
        ("Insurance", "insurance"), ("Realty", "real estate"), ("Software", "information technology & services"), ("Fitness", "health, wellness & fitness"),
    ];

    /// <summary>From-to, as often as each stands here: small firms are many.</summary>
    private static readonly (int From, int To)[] HeadCounts = [(1, 10), (1, 10), (1, 10), (11, 50), (11, 50), (11, 50), (51, 200), (51, 200), (201, 500), (501, 1000), (1001, 5000)];

    private readonly uint mask = BinaryPrimitives.ReadUInt32BigEndian(chance.Hash("apollo-ids"));

    public IEnumerable<Person> Everybody() => Enumerable.Range(0, Size).Select(At);

    /// <summary>Null: nobody has that id.</summary>
    public Person? Find(string id)
    {
        if (id.Length != 24 || !uint.TryParse(id[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hidden)) return null;
        var index = hidden ^ mask;
        return index < Size && At((int)index) is var person && person.Id == id ? person : null;
    }

    public Person At(int index)
    {
        var hash = chance.Hash("apollo-person", Number(index));
        var draw = new Draw(hash.AsSpan(8));
        // An id says its own number, under a mask, so that finding somebody again needs no table.
        var id = Convert.ToHexStringLower(hash.AsSpan(0, 8)) + ((uint)index ^ mask).ToString("x8", CultureInfo.InvariantCulture);
        var company = CompanyAt(draw.Below(Companies));
        var place = draw.Percent(85) || company.Place.IsAbroad ? company.Place : draw.Of(Atlas.UnitedStates);
        var (first, last, role, fortune) = (draw.Of(First), draw.Of(Last), draw.Of(Roles), draw.Below(100));
        var status = draw.Below(100) switch { < 80 => "verified", < 87 => "extrapolated", < 91 => "unverified", _ => "unavailable" };
        var email = status == "unavailable" ? null
            : fortune == 4 ? Placeholder
            : $"{first}.{last.Replace("'", "", StringComparison.Ordinal)}.{index}@{company.Domain}".ToLowerInvariant();
        return new Person(id, first, fortune == 3 ? null : last, role.Title, role.Seniority, company, place, email, status, IsStub: fortune is 0 or 1, IsGone: fortune == 2);
    }

    /// <summary>What a search for this person's phones brings. Mobile numbers go where people move, so one in six has the area code of another town.</summary>
    public IReadOnlyList<PersonPhone> PhonesOf(Person person)
    {
        var draw = new Draw(chance.Hash("apollo-phones", person.Id));
        var phones = new List<PersonPhone>();
        if (person.IsStub || !draw.Percent(75)) return phones;
        var area = draw.Percent(16) ? draw.Of(Atlas.UnitedStates).AreaCode : person.Place.AreaCode;
        phones.Add(new PersonPhone(Fictional(area, draw.Below(100)), "mobile", draw.Percent(93) ? "valid_number" : "invalid_number", Dnc(draw.Below(100))));
        if (draw.Percent(30)) phones.Add(new PersonPhone(Fictional(person.Company.Place.AreaCode, draw.Below(100)), "work_direct", "valid_number", Dnc(draw.Below(100))));
        return phones;
    }

    private Company CompanyAt(int index)
    {
        var hash = chance.Hash("apollo-company", Number(index));
        var draw = new Draw(hash.AsSpan(12));
        var place = draw.Percent(5) ? draw.Of(Atlas.Abroad) : draw.Of(Atlas.UnitedStates);
        var (word, industry) = draw.Of(Trades);
        var (from, to) = draw.Of(HeadCounts);
        return new Company(
            Convert.ToHexStringLower(hash.AsSpan(0, 12)), $"{place.City} {word} {index}", $"company-{seed}-a{index}.example", industry,
            from + draw.Below(to - from + 1), place, Fictional(place.AreaCode, draw.Below(100)));
    }

    private static string? Dnc(int roll) => roll switch { < 78 => "not_found", < 93 => "found", < 97 => "pending", _ => null };

    private static string Fictional(string areaCode, int last) => string.Create(CultureInfo.InvariantCulture, $"+1{areaCode}55501{last:00}");

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
