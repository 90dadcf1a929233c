using Meridian.Domain.Leads;
using MimeKit;
using Xunit;

namespace Meridian.Tests.Domain.Leads;

public class EmailAddressTests
{
    private static readonly string Long64 = new('a', 64);

    public static TheoryData<string, string> Accepted => new()
    {
        { "ann@acme.com", "ann@acme.com" },
        { "  Ann.Lee@ACME.com ", "ann.lee@acme.com" },
        { "ann+sales@mail.acme.co", "ann+sales@mail.acme.co" },
        { "o'neil@acme.com", "o'neil@acme.com" },
        { "a_b-c%d@acme-west.io", "a_b-c%d@acme-west.io" },
        { "mailto:ann@acme.com", "ann@acme.com" },
        { "MAILTO:ann@acme.com?subject=hi", "ann@acme.com" },
        { "<ann@acme.com>", "ann@acme.com" },
        { "1@2.example", "1@2.example" },
        { "ann@bücher.example", "ann@xn--bcher-kva.example" },
        { $"{Long64}@acme.com", $"{Long64}@acme.com" },
        { "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example" },
    };

    public static TheoryData<string> Rejected => new()
    {
        "", " ", "ann", "ann@", "@acme.com", "ann at acme.com", "ann@acme", "ann@@acme.com", "ann@acme..com", "ann@.acme.com", "ann@acme.com.",
        ".ann@acme.com", "ann.@acme.com", "an..n@acme.com", "\"ann lee\"@acme.com", "ann(work)@acme.com", "Ann <ann@acme.com>", "ann@acme.com, bob@acme.com",
        "ann lee@acme.com", "ann@acme com", "ann@-acme.com", "ann@acme-.com", "ann@ac_me.com", "ann@[10.0.0.1]", "ann@10.0.0.1", "änn@acme.com",
        "ann@acme.com\nbcc:x@y.com", "ann;bob@acme.com", "ann@" + new string('b', 64) + ".com", new string('a', 65) + "@acme.com",
        "email_not_unlocked@domain.com", "Email_Not_Unlocked@domain.com",
    };

    [Theory, MemberData(nameof(Accepted))]
    public void An_address_takes_its_normal_form(string raw, string value)
    {
        Assert.True(EmailAddress.TryParse(raw, out var address, out var reason), reason);
        Assert.Equal(value, address.Value);
        Assert.True(EmailAddress.TryParse(address.Value, out var again, out _));
        Assert.Equal(address, again);
    }

    [Theory, MemberData(nameof(Rejected))]
    public void What_is_no_bare_address_says_why(string? raw)
    {
        Assert.False(EmailAddress.TryParse(raw, out var address, out var reason));
        Assert.Null(address);
        Assert.NotEmpty(reason!);
    }

    [Fact]
    public void Nothing_is_no_address() => Assert.False(EmailAddress.TryParse(null, out _, out _));

    [Fact]
    public void An_address_of_255_characters_is_too_long()
    {
        var domain = string.Join('.', Enumerable.Repeat(new string('d', 62), 3)) + ".com"; // 192
        Assert.True(EmailAddress.TryParse(new string('a', 61) + "@" + domain, out _, out _));
        Assert.False(EmailAddress.TryParse(new string('a', 62) + "@" + domain, out _, out var reason));
        Assert.Contains("254", reason, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Accepted))]
    public void MimeKit_reads_every_accepted_address_as_the_same(string raw, string value)
    {
        Assert.NotNull(raw);
        Assert.True(MailboxAddress.TryParse(Strict(), value, out var theirs));
        Assert.Equal(value, theirs.GetAddress(idnEncode: true), ignoreCase: true);
    }

    [Theory]
    [InlineData("ann"), InlineData("ann@"), InlineData("@acme.com"), InlineData("ann at acme.com"), InlineData("ann@@acme.com"), InlineData("ann lee@acme.com")]
    [InlineData("ann@acme..com"), InlineData(".ann@acme.com"), InlineData("an..n@acme.com"), InlineData("ann;bob@acme.com"), InlineData("ann@acme com")]
    public void What_MimeKit_refuses_we_refuse(string raw)
    {
        Assert.False(MailboxAddress.TryParse(Strict(), raw, out _));
        Assert.False(EmailAddress.TryParse(raw, out _, out _));
    }

    private static ParserOptions Strict()
    {
        var options = ParserOptions.Default.Clone();
        options.AddressParserComplianceMode = RfcComplianceMode.Strict;
        options.AllowAddressesWithoutDomain = false;
        return options;
    }
}
