using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Leads;
using Meridian.Domain.Time;
using Xunit;

namespace Meridian.Tests.Domain.Leads;

public class ZoneEvidenceTests
{
    private const string East = "America/New_York", Central = "America/Chicago", Mountain = "America/Denver", Pacific = "America/Los_Angeles", Arizona = "America/Phoenix";

    public static TheoryData<string?, string?, string?, string?, string?, string?, string, string, bool> Cases => new()
    {
        // street, postal, state, company, area code, crm → zones, states, conflict
        { null, null, null, null, null, null, "", "", false },
        { null, null, "TX", null, null, null, $"{Central} {Mountain}", "TX", false },
        { null, "78701", "Texas", null, null, null, Central, "TX", false },
        { null, "79901", "TX", "TX", null, null, Mountain, "TX", false },
        { "1 Main St, El Paso, TX 79901", null, null, null, null, null, Mountain, "TX", false },
        { "1 State St, Chicago, IL 60601", null, "TX", null, null, null, $"{Central} {Mountain}", "IL TX", false },
        { null, "10001", "CA", null, null, null, $"{Pacific} {East}", "CA", true },
        { null, "36867", "AL", null, null, null, $"{Central} {East}", "AL", false },
        { null, null, null, null, "850", null, $"{Central} {East}", "FL", false },
        { null, null, null, null, "448", null, $"{Central} {East}", "FL", false },
        { null, null, null, null, "219", null, $"{Central} {East}", "IN", false },
        { null, null, null, null, "906", null, $"{Central} {East}", "MI", false },
        { null, null, null, null, "423", null, $"{Central} {East}", "TN", false },
        { null, null, null, null, "208", null, $"{Mountain} {Pacific}", "ID", false },
        { null, null, null, null, "928", null, $"{Mountain} {Arizona}", "AZ", false },
        { null, null, null, null, "907", null, "America/Adak America/Anchorage", "AK", false },
        { null, null, null, null, "808", null, "Pacific/Honolulu", "HI", false },
        { null, null, null, null, "670", null, "Pacific/Guam", "MP", false },
        { null, null, null, null, "729", null, $"{Central} {East}", "TN", false },
        { null, null, null, null, "800", null, "", "", false },
        { null, null, null, null, "416", null, "", "", false },
        { null, null, "CA", null, "212", null, $"{Pacific} {East}", "CA NY", true },
        { null, null, "NY", "NY", "212", null, East, "NY", false },
        { null, null, "CA", "NY", null, null, $"{Pacific} {East}", "CA", true },
        { null, null, null, "NY", null, null, East, "NY", false },
        { null, "60601", "IL", "TX", null, null, $"{Central} {Mountain}", "IL", false },
        { null, null, "NY", null, null, "US/Pacific", $"{Pacific} {East}", "NY", true },
        { null, null, "NY", null, null, "America/Detroit", East, "NY", false },
        { null, null, null, null, null, "Etc/UTC", "", "", false },
        { null, null, null, null, null, "UTC", "", "", false },
        { null, null, null, null, null, "EST", "", "", false },
        { null, null, "MI", null, null, null, $"{Central} {East}", "MI", false },
        { null, "89109", "NV", null, "702", null, Pacific, "NV", false },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Every_place_the_person_may_be_is_a_candidate(
        string? street, string? postal, string? state, string? company, string? areaCode, string? crm, string zones, string states, bool conflict)
    {
        var evidence = ZoneEvidence.Of(street, postal, state, company, areaCode, crm);
        Assert.Equal(zones, string.Join(' ', evidence.Zones));
        Assert.Equal(states, string.Join(' ', evidence.States));
        Assert.Equal(conflict, evidence.HasConflict);
    }

    [Fact]
    public void Clues_are_kept_for_showing()
    {
        var evidence = ZoneEvidence.Of(null, "79901-1000", "Texas", "Illinois", "915", "America/Denver");
        Assert.Equal(["zip 79901", "state TX", "company state IL", "area code 915", "crm zone America/Denver"], evidence.Clues.Select(c => $"{c.Source} {c.Value}"));
    }

    [Fact]
    public void Every_zone_of_the_pack_is_canonical_and_known()
    {
        var zones = ContactRulesPack.Current.AreaCodes.Values.SelectMany(a => a.Zones).Concat(ContactRulesPack.Current.Jurisdictions.Values.SelectMany(j => j.Zones)).Distinct().ToList();
        Assert.All(zones, z => Assert.Equal(z, CanonicalZone.Of(z)));
        Assert.Equal(11, zones.Count);
    }
}
