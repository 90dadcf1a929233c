using Meridian.Adapters.HighLevel;
using Meridian.Engine.Inbound;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

public class HighLevelPollTests
{
    private static readonly Instant Since = Instant.FromUtc(2026, 11, 23, 11, 0);
    private readonly HighLevelSignals reader = new();

    [Fact]
    public async Task Every_page_is_read_and_only_what_people_wrote_is_brought_home()
    {
        await using var highLevel = new ScriptedHttp(asked => new Reply(200, asked.Path.Contains("cursor=next", StringComparison.Ordinal)
            ? """{"messages":[{"id":"m3","direction":"inbound","contactId":"k3","body":"STOP","dateAdded":"2026-11-23T11:33:00Z","from":"+13125550119","to":"+13125550100"}],"nextCursor":null}"""
            : """{"messages":[{"id":"m1","type":2,"messageType":"TYPE_SMS","direction":"inbound","contactId":"k1","body":"Who is this?","dateAdded":"2026-11-23T11:31:00Z","from":"+13125550117","status":"delivered"},{"id":"m2","direction":"outbound","contactId":"k2","body":"STOP"}],"nextCursor":"next"}"""));
        var answer = Assert.IsType<PollAnswer.Fetched>(await Poll(highLevel.BaseUrl).FetchAsync(Since, CancellationToken.None));

        Assert.Equal(["InboundMessage:m1", "InboundMessage:m3"], answer.Raw.Select(raw => reader.Describe(raw).EventId));
        Assert.Equal(new SignalMeaning.TextReceived("k3", "+13125550119", "+13125550100", "STOP", Instant.FromUtc(2026, 11, 23, 11, 33)), reader.Read(answer.Raw[1]));
        var asked = highLevel.Requests[0];
        Assert.StartsWith("/conversations/messages/export?locationId=location_1&channel=SMS&startDate=2026-11-23T10%3A00%3A00Z", asked.Path, StringComparison.Ordinal);
        Assert.Equal(("GET", "Bearer token", "2021-04-15"), (asked.Method, asked.Headers["Authorization"], asked.Headers["Version"]));
    }

    [Fact]
    public async Task A_text_found_an_hour_later_to_have_met_an_opt_out_is_one_by_its_number_and_older_words_are_not_heard_again()
    {
        await using var highLevel = new ScriptedHttp(new Reply(200, """
            {"messages":[{"id":"m1","direction":"inbound","contactId":"k1","body":"Older","dateAdded":"2026-11-23T10:59:00Z"},
            {"id":"m2","direction":"outbound","status":"opt_out","dateAdded":"2026-11-23T10:10:00Z","to":"+13125550117"},
            {"id":"m3","direction":"inbound","contactId":"k3","body":"Newer","dateAdded":"2026-11-23T11:00:00Z"}],"nextCursor":null}
            """));
        var answer = Assert.IsType<PollAnswer.Fetched>(await Poll(highLevel.BaseUrl).FetchAsync(Since, CancellationToken.None));
        Assert.Equal([new SignalMeaning.TextReceived("k3", null, null, "Newer", Since), new SignalMeaning.DoNotDisturbSet(null, "+13125550117", null, "SMS permanent")], answer.Raw.Select(reader.Read));
        Assert.Equal(["+13125550117"], reader.Describe(answer.Raw[1]).AddressIds);
    }

    [Theory]
    [InlineData(429, """{"message":"Too Many Requests"}""")]
    [InlineData(401, """{"message":"Invalid token"}""")]
    [InlineData(500, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, """{"messages":"none"}""")]
    public async Task An_answer_that_is_not_the_messages_is_no_answer(int status, string body)
    {
        await using var highLevel = new ScriptedHttp(new Reply(status, body));
        Assert.IsType<PollAnswer.NotFetched>(await Poll(highLevel.BaseUrl).FetchAsync(Since, CancellationToken.None));
    }

    [Fact]
    public async Task A_page_that_does_not_come_makes_the_whole_poll_not_come()
    {
        await using var highLevel = new ScriptedHttp(asked => asked.Path.Contains("cursor=", StringComparison.Ordinal)
            ? Reply.Drop
            : new Reply(200, """{"messages":[{"id":"m1","direction":"inbound","contactId":"k1","body":"STOP"}],"nextCursor":"next"}"""));
        Assert.IsType<PollAnswer.NotFetched>(await Poll(highLevel.BaseUrl).FetchAsync(Since, CancellationToken.None));
    }

    private static HighLevelPoll Poll(Uri baseUrl) => new(Locations.At(baseUrl, "token", "location_1"));
}
