using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Leads;
using Xunit;

namespace Meridian.Tests.Domain.Leads;

public class PlaceTests
{
    [Theory]
    [InlineData("Texas", "TX"), InlineData("TX", "TX"), InlineData("tx.", "TX"), InlineData(" Tex. ", "TX"), InlineData("US-TX", "TX"), InlineData("N.Y.", "NY")]
    [InlineData("new  york", "NY"), InlineData("Washington", "WA"), InlineData("Washington, D.C.", "DC"), InlineData("D.C.", "DC"), InlineData("District of Columbia", "DC")]
    [InlineData("N. Mex.", "NM"), InlineData("puerto rico", "PR"), InlineData("U.S. Virgin Islands", "VI"), InlineData("Guam", "GU"), InlineData("W.Va.", "WV")]
    [InlineData("N Carolina", null), InlineData("Ontario", null), InlineData("", null), InlineData(null, null), InlineData("ZZ", null), InlineData("T", null)]
    public void A_state_is_read_the_way_people_write_it(string? raw, string? code)
    {
        Assert.Equal(code is not null, UsState.TryParse(raw, out var read));
        Assert.Equal(code, read);
    }

    [Fact]
    public void Every_jurisdiction_is_found_by_its_code_and_its_name()
    {
        Assert.Equal(56, ContactRulesPack.Current.Jurisdictions.Count);
        foreach (var j in ContactRulesPack.Current.Jurisdictions.Values)
        {
            Assert.True(UsState.TryParse(j.Code, out var byCode) && UsState.TryParse(j.Name, out var byName) && byName == byCode && byCode == j.Code, j.Name);
            Assert.NotEmpty(j.Zones);
        }
    }

    [Theory]
    [InlineData("US", true), InlineData("usa", true), InlineData("U.S.", true), InlineData("U.S.A.", true), InlineData("United States", true), InlineData("840", true)]
    [InlineData("The United States of America", true), InlineData("America", true), InlineData("PR", true), InlineData("Puerto Rico", true), InlineData("U.S. Virgin Islands", true)]
    [InlineData("CA", false), InlineData("Canada", false), InlineData("Georgia", false), InlineData("Mexico", false), InlineData("UK", false), InlineData("South America", false)]
    public void A_country_is_ours_or_not(string country, bool ours)
    {
        Assert.Equal(ours, Country.IsUnitedStates(country));
        Assert.Equal(ours, Country.IsUnitedStates(country, "TX"));
    }

    [Fact]
    public void An_unknown_country_counts_only_with_a_US_state()
    {
        Assert.False(Country.IsUnitedStates(null));
        Assert.False(Country.IsUnitedStates(" ", "Ontario"));
        Assert.True(Country.IsUnitedStates(null, "Texas"));
    }

    [Theory]
    [InlineData("78701", "78701"), InlineData("78701-1234", "78701"), InlineData("787011234", "78701"), InlineData("2134", "02134"), InlineData("'02134", "02134")]
    [InlineData("78701.0", "78701"), InlineData("K1A 0B1", null), InlineData("SW1A 1AA", null), InlineData("", null), InlineData("123456", null)]
    public void A_ZIP_is_read_even_after_a_spreadsheet(string raw, string? zip) => Assert.Equal(zip, PostalCode.Zip5(raw));

    [Theory]
    [InlineData("100 Main St, Austin, TX 78701", "78701", "TX")]
    [InlineData("100 Main St, Austin, Texas 78701-1234, United States", "78701", "TX")]
    [InlineData("100 Main St, Austin, Texas, United States, 78701", "78701", "TX")]
    [InlineData("100 Main St, Austin, Texas, US, 78701", "78701", "TX")]
    [InlineData("5 Elm, Charleston, West Virginia 25301 USA", "25301", "WV")]
    [InlineData("1 K St NW, Washington, DC 20001", "20001", "DC")]
    [InlineData("1 Main St, Suite 12345", null, null)]
    [InlineData("12345 Main St, Austin, TX", null, null)]
    [InlineData("PO Box 78701", null, null)]
    [InlineData(null, null, null)]
    public void A_ZIP_counts_in_an_address_only_after_its_state(string? address, string? zip, string? state)
    {
        var found = PostalCode.InAddress(address);
        Assert.Equal((zip, state), (found?.Zip5, found?.State));
    }

    [Theory]
    [InlineData("10001", "America/New_York")]
    [InlineData("79901", "America/Denver")]                       // El Paso
    [InlineData("78701", "America/Chicago")]
    [InlineData("85001", "America/Phoenix")]
    [InlineData("96813", "Pacific/Honolulu"), InlineData("96701", "Pacific/Honolulu"), InlineData("96799", "Pacific/Pago_Pago"), InlineData("96898", "Pacific/Tarawa")]
    [InlineData("96910", "Pacific/Guam"), InlineData("96950", "Pacific/Guam"), InlineData("99501", "America/Adak America/Anchorage")]
    [InlineData("32456", "America/New_York")]                     // Port St. Joe, an exception in a split prefix
    [InlineData("36867", "America/Chicago America/New_York")]     // Phenix City: law and custom differ
    [InlineData("86040", "America/Denver America/Phoenix")]       // Page keeps Phoenix time, its neighbours do not
    [InlineData("86004", "America/Denver America/Phoenix")]       // Flagstaff
    [InlineData("89024", "America/Los_Angeles")]                  // Mesquite
    [InlineData("89052", "America/Los_Angeles"), InlineData("37311", "America/Chicago America/New_York")]
    [InlineData("99546", "America/Adak")]
    [InlineData("00901", "America/Puerto_Rico")]
    [InlineData("00802", "America/Puerto_Rico")]                  // St Thomas keeps the same clock
    [InlineData("00000", ""), InlineData("1000", ""), InlineData("abcde", "")]
    public void A_ZIP_names_every_zone_it_may_be_in(string zip, string zones) =>
        Assert.Equal(zones, string.Join(' ', ZipZones.Current.ZonesFor(zip)));
}
