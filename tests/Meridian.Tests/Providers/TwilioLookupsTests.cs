using Meridian.Adapters.Http;
using Meridian.Adapters.Twilio;
using Meridian.Domain.Compliance;
using Meridian.Engine.Lookups;
using Xunit;

namespace Meridian.Tests.Providers;

public class TwilioLookupsTests
{
    private static string Body(string? type, string? caller, bool valid = true) =>
        $$"""{"phone_number":"+13125550117","valid":{{(valid ? "true" : "false")}},"caller_name":{"caller_name":"ACME BAKERY","caller_type":{{Quoted(caller)}},"error_code":null},"line_type_intelligence":{{(type is null ? """{"type":null,"error_code":60601}""" : $$"""{"carrier_name":"X","type":"{{type}}","error_code":null}""")}}}""";

    private static string Quoted(string? text) => text is null ? "null" : $"\"{text}\"";

    public static TheoryData<int, string, string> Answers => new()
    {
        { 200, Body("landline", "BUSINESS"), "Landline True" },
        { 200, Body("landline", "CONSUMER"), "Landline False" },
        { 200, Body("landline", "UNDETERMINED"), "Landline " },
        { 200, Body("landline", null), "Landline " },
        { 200, Body("mobile", "BUSINESS"), "Mobile True" },
        { 200, Body("pager", "BUSINESS"), "Mobile True" },
        { 200, Body("fixedVoip", "BUSINESS"), "FixedVoip True" },
        { 200, Body("nonFixedVoip", null), "NonFixedVoip " },
        { 200, Body("tollFree", "BUSINESS"), "Other True" },
        { 200, Body("unknown", null), "Other " },
        { 200, Body("landline", "BUSINESS", valid: false), "Other " },
        { 200, Body(null, "BUSINESS"), "not told" },
        { 200, "{\"valid\":tr", "not told" },
        { 200, "", "not told" },
        { 404, """{"code":20404,"message":"not found"}""", "not told" },
        { 500, "", "not told" },
        { 401, """{"code":20003,"message":"Authenticate"}""", "the account" },
        { 403, "", "the account" },
        { 429, """{"code":20429,"message":"Too Many Requests"}""", "the account" },
        { 402, """{"message":"Payment required"}""", "the account" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Every_answer_is_read_as_what_it_proves(int status, string body, string expected)
    {
        await using var twilio = new ScriptedHttp(new Reply(status, body));
        var answer = await LookUpAsync(twilio);
        Assert.Equal(expected, answer switch
        {
            LineAnswer.Told told => $"{told.Type} {told.IsBusiness}",
            LineAnswer.NotTold { Account: true } => "the account",
            _ => "not told",
        });
        var asked = Assert.Single(twilio.Requests);
        Assert.Equal(("GET", "/v2/PhoneNumbers/%2B13125550117?Fields=line_type_intelligence,caller_name"), (asked.Method, asked.Path));
        Assert.Equal("Basic " + Convert.ToBase64String("SK1:secret"u8.ToArray()), asked.Headers["Authorization"]);
    }

    [Fact]
    public async Task A_lost_answer_is_not_asked_for_again()
    {
        await using var twilio = new ScriptedHttp(Reply.Drop);
        Assert.IsType<LineAnswer.NotTold>(await LookUpAsync(twilio));
        Assert.Single(twilio.Requests);
    }

    private static async Task<LineAnswer> LookUpAsync(ScriptedHttp twilio)
    {
        using var http = ProviderHttp.Create(TimeSpan.FromSeconds(5));
        return await new TwilioLookups(http, new TwilioOptions { BaseUrl = twilio.BaseUrl, Sid = "SK1", Secret = "secret" }, TimeProvider.System).LookUpAsync("+13125550117", TestContext.Current.CancellationToken);
    }
}
