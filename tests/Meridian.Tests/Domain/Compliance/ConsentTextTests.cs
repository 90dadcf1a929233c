using Meridian.Domain.Compliance;
using Xunit;

namespace Meridian.Tests.Domain.Compliance;

/// <summary>What somebody signs is law: whoever changes a word here gives it a new version and shows it to counsel.</summary>
public class ConsentTextTests
{
    private static readonly ConsentText Text = new("Example LLC", "+1 202-555-0100", "1 Main St, Springfield, IL 62701");

    [Fact]
    public void The_words_are_these_and_their_version_is_this()
    {
        Assert.Equal("page-2026-11-24", ConsentText.Version);
        Assert.Equal(
            """
            You need not agree to either in order to buy anything, and may take it back at any time and in any words: on the call, by replying STOP, by e-mail, or at +1 202-555-0100. Example LLC, 1 Main St, Springfield, IL 62701.

            Calls: I agree that Example LLC may call me at the telephone number I wrote above with advertising and sales calls that are dialled automatically and speak with an artificial (AI) or prerecorded voice. Calls may be recorded.

            Texts: I agree that Example LLC may send me automated advertising text messages at the telephone number I wrote above. Message frequency varies; message and data rates may apply. Reply STOP to end, HELP for help.

            By typing my name I sign this electronically (15 USC 7001) and say that the number above is mine.
            (page-2026-11-24)
            """, Text.Whole);
    }

    [Fact]
    public void A_seller_without_a_telephone_names_none() => Assert.Equal(
        "You need not agree to either in order to buy anything, and may take it back at any time and in any words: on the call, by replying STOP, or by e-mail. Example LLC, 1 Main St, Springfield, IL 62701.",
        (Text with { SellerPhone = "" }).Terms);

    [Fact]
    public void The_hash_is_of_all_the_words()
    {
        Assert.Matches("^[0-9a-f]{64}$", Text.Hash);
        Assert.NotEqual(Text.Hash, (Text with { PostalAddress = "2 Main St" }).Hash);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Text.Whole))), Text.Hash);
    }
}
