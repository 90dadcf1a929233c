using Meridian.Engine;
using Xunit;

namespace Meridian.Tests.Engine;

public class OwnerSettingsTests
{
    private static readonly OwnerSettings Good = new() { SellerName = "Example LLC", PostalAddress = "1 Example Way", OwnerEmail = "owner@example.com", HumanCalls = true, BuyPhones = true };

    /// <summary>Apollo refuses a webhook_url that is not https; on the own machine there is only the practice world.</summary>
    [Theory]
    [InlineData("https://reach.example.com", true)]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://reach.example.com", false)]
    public void Phones_are_delivered_to_an_https_address_only(string url, bool good)
    {
        var problems = (Good with { PublicUrl = url }).Problems();
        if (good) Assert.Empty(problems);
        else Assert.Equal($"owner.publicUrl is '{url}' and owner.buyPhones is true: Apollo delivers phones to https addresses only; give an address such as https://reach.example.com, or set buyPhones to false", Assert.Single(problems));
        Assert.Empty((Good with { PublicUrl = url, BuyPhones = false }).Problems());
    }
}
