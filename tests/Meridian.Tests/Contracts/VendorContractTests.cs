using Meridian.Tests.Providers;
using Xunit;

namespace Meridian.Tests.Contracts;

public class VendorContractTests
{
    private static readonly Dictionary<string, string> Version = new(StringComparer.OrdinalIgnoreCase) { ["Version"] = "2021-04-15" };

    public static TheoryData<string, string, string, string> Wrong => new()
    {
        { "POST", "/mixed_people/api_search", """{"titles":["CEO"]}""", "the filter 'titles' is not one of its" },
        { "POST", "/mixed_people/api_search", """{"person_titles":"CEO"}""", "person_titles is a String" },
        { "POST", "/people/bulk_match?reveal_phones=true", """{"details":[{"id":"1"}]}""", "the query parameter 'reveal_phones' is not one of its" },
        { "POST", "/people/bulk_match?reveal_phone_number=True", """{"details":[{"id":"1"}]}""", "'True' is not true or false" },
        { "POST", "/call", """{"assistantId":"a","name":"12345678901234567890123456789012345678901"}""", "#/name: StringTooLong" },
        { "POST", "/call", """{"assistantId":"a","idempotencyKey":"k"}""", "#/idempotencyKey: NoAdditionalPropertiesAllowed" },
        { "POST", "/call", """{"assistantId":"a","assistantOverrides":{"maxDurationSeconds":5}}""", "maxDurationSeconds: NumberTooSmall" },
        { "POST", "/call", """{"assistantId":"a","assistantOverrides":{"server":{"url":"https://x.example","secret":"s"}}}""", "#/assistantOverrides.server.secret: NoAdditionalPropertiesAllowed" },
        { "GET", "/call?page=2", "", "the query parameter 'page' is not one of its" },
        { "GET", "/conversations/messages/export?limit=5", "", "5 is not within 10 to 500" },
        { "GET", "/conversations/messages/export?limit=100", "", "the query parameter 'locationId' is missing" },
        { "POST", "/conversations/messages", """{"type":"Text","contactId":"c"}""", "#/type: NotInEnumeration" },
        { "POST", "/contacts/upsert", """{"locationId":"l"}""", "Version: '2021-04-15' is none of 2021-07-28" },
        { "POST", "/calls", "{}", "is in no vendor's document" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_request_that_differs_from_the_vendors_document_is_told_where(string method, string path, string body, string expected) =>
        Assert.Contains(VendorContract.Problems(new Asked(method, path, Version, body)), p => p.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Every_difference_we_allow_ourselves_says_why() => Assert.All(VendorContract.Differences.Concat(VendorContract.Undocumented), d => Assert.True(d.Value.Length > 20, d.Key));
}
