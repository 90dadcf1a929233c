using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Leads;
using Xunit;

namespace Meridian.Tests.Domain.Leads;

public class PhoneNumberTests
{
    [Theory]
    [InlineData("212-555-0100", "+12125550100", null)]
    [InlineData("(212) 555-0100", "+12125550100", null)]
    [InlineData("212.555.0100", "+12125550100", null)]
    [InlineData("2125550100", "+12125550100", null)]
    [InlineData("12125550100", "+12125550100", null)]
    [InlineData("1-212-555-0100", "+12125550100", null)]
    [InlineData("+1 212 555 0100", "+12125550100", null)]
    [InlineData("'+1 212 555 0100", "+12125550100", null)]
    [InlineData("'(212) 555-0100", "+12125550100", null)]
    [InlineData("  212 555 0100\u00A0", "+12125550100", null)]
    [InlineData("tel:+1-212-555-0100", "+12125550100", null)]
    [InlineData("=\"2125550100\"", "+12125550100", null)]
    [InlineData("212-555-0100 ext. 12", "+12125550100", "12")]
    [InlineData("212-555-0100 x12", "+12125550100", "12")]
    [InlineData("212 555 0100x1234", "+12125550100", "1234")]
    [InlineData("212-555-0100 #5", "+12125550100", "5")]
    [InlineData("(212) 555-0100 extension 7", "+12125550100", "7")]
    [InlineData("787-555-0100", "+17875550100", null)]
    [InlineData("671-555-0100", "+16715550100", null)]
    public void A_number_is_read_the_way_people_type_it(string raw, string e164, string? extension)
    {
        Assert.True(PhoneNumber.TryParse(raw, out var number, out var reason), reason);
        Assert.Equal((e164, extension, e164[2..5]), (number.E164, number.Extension, number.AreaCode));
        Assert.Null(reason);
    }

    [Theory]
    [InlineData(null, "no number")]
    [InlineData("  ", "no number")]
    [InlineData("'", "no number")]
    [InlineData("n/a", "not a telephone number")]
    [InlineData("555-0100", "no area code")]
    [InlineData("911", "too few digits")]
    [InlineData("212-555-010", "too few digits")]
    [InlineData("212-555-01000", "too many digits")]
    [InlineData("212-555-0100 / 212-555-0101", "too many digits")]
    [InlineData("+44 20 7946 0958", "outside the US")]
    [InlineData("011 44 20 7946 0958", "outside the US")]
    [InlineData("+2125550100", "outside the US")]
    [InlineData("+52 55 5555 0100", "outside the US")]
    [InlineData("416-555-0100", "outside the US")]
    [InlineData("+1 876 555 0100", "outside the US")]
    [InlineData("242-555-0100", "outside the US")]
    [InlineData("800-555-0100", "toll-free")]
    [InlineData("1-800-FLOWERS", "toll-free")]
    [InlineData("833-555-0100", "toll-free")]
    [InlineData("500-555-0100", "not a place")]
    [InlineData("900-555-0100", "not a place")]
    [InlineData("112-555-0100", "cannot begin with 1")]
    [InlineData("212-155-0100", "exchange 155 cannot begin with 1")]
    [InlineData("212-055-0100", "exchange 055 cannot begin with 0")]
    [InlineData("212-911-0100", "service code")]
    [InlineData("211-555-0100", "not in use")]
    public void A_number_we_may_not_use_says_why(string? raw, string why)
    {
        Assert.False(PhoneNumber.TryParse(raw, out var number, out var reason));
        Assert.Null(number);
        Assert.Contains(why, reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("357"), InlineData("436"), InlineData("457"), InlineData("465"), InlineData("471"), InlineData("483"), InlineData("621")]
    [InlineData("624"), InlineData("679"), InlineData("729"), InlineData("837"), InlineData("861"), InlineData("924")]
    public void An_area_code_newer_than_the_library_is_accepted(string areaCode)
    {
        Assert.True(PhoneNumber.TryParse($"({areaCode}) 234-5678", out var number, out var reason), reason);
        Assert.Equal(areaCode, number.AreaCode);
    }

    [Fact]
    public void Every_area_code_is_accepted_exactly_when_it_is_a_place_in_the_US()
    {
        for (var code = 200; code <= 999; code++)
        {
            var known = ContactRulesPack.Current.AreaCodes.GetValueOrDefault($"{code}");
            Assert.Equal(known?.Kind == AreaCodeKind.Geographic, PhoneNumber.TryParse($"{code}2345678", out _, out _));
        }
    }

    [Fact]
    public void Reading_what_was_read_changes_nothing()
    {
        foreach (var code in ContactRulesPack.Current.AreaCodes.Values.Where(c => c.Kind == AreaCodeKind.Geographic))
        {
            Assert.True(PhoneNumber.TryParse($"{code.Code}-234-5678 x9", out var once, out _));
            Assert.True(PhoneNumber.TryParse(once.ToString(), out var twice, out _));
            Assert.Equal(once, twice);
        }
    }
}
