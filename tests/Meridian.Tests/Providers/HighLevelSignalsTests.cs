using Meridian.Adapters.HighLevel;
using Meridian.Engine.Inbound;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

public class HighLevelSignalsTests
{
    private const string Stop = """
        {"type":"InboundMessage","locationId":"l1C0","contactId":"cI08","conversationId":"fcan","messageId":"t22c","messageType":"SMS","messageTypeId":2,"direction":"inbound","body":"STOP","contentType":"text/plain","attachments":[],
        "dateAdded":"2026-11-23T11:31:45.750Z","from":"+13125550117","to":"+13125550100","timestamp":"2026-11-23T11:31:46.100Z","webhookId":"881b9415-5d35-4ff1-a667-0545b80b96c0"}
        """;

    private readonly HighLevelSignals reader = new();

    [Fact]
    public void A_text_is_read_and_its_sender_held()
    {
        Assert.Equal(
            new SignalMeaning.TextReceived("cI08", "+13125550117", "+13125550100", "STOP", Instant.FromUtc(2026, 11, 23, 11, 31, 45).PlusNanoseconds(750_000_000)),
            reader.Read(Stop));
        var envelope = reader.Describe(Stop);
        Assert.Equal(("InboundMessage:t22c", "InboundMessage", "cI08", true), (envelope.EventId, envelope.Kind, envelope.ContactId, envelope.Holds));
        Assert.Equal(["+13125550117"], envelope.AddressIds);
    }

    [Theory]
    [InlineData("""{"type":"InboundMessage","messageType":"Custom","contactId":"k","body":"stop","from":{},"to":{}}""", null, "stop")]
    [InlineData("""{"type":"InboundMessage","contactId":"k","body":"stop"}""", null, "stop")]
    [InlineData("""{"type":"InboundMessage","contactId":"k","body":"","attachments":["https://x/y.jpg"],"from":["+13125550117"]}""", "+13125550117", "")]
    [InlineData("""{"type":"InboundMessage","messageType":"Email","contactId":"k","subject":"Re: hi","body":"<div>Please&nbsp;unsubscribe</div>","from":"Jane <jane@x.com>","to":["s@y.com"]}""", null, "Please unsubscribe")]
    public void A_text_in_an_odd_shape_is_still_words(string raw, string? from, string words)
    {
        var received = Assert.IsType<SignalMeaning.TextReceived>(reader.Read(raw));
        Assert.Equal(("k", from, words), (received.ContactId, received.FromE164, received.Body));
    }

    [Fact]
    public void A_message_has_one_event_id_whichever_way_it_came()
    {
        const string byWorkflow = """{"contact_id":"cI08","message":{"id":"t22c","body":"STOP","direction":"inbound"}}""";
        Assert.Equal("InboundMessage:t22c", reader.Describe(byWorkflow).EventId);
        Assert.Equal("InboundMessage:t22c", reader.Describe(Stop.Replace("881b9415", "99999999", StringComparison.Ordinal)).EventId);
        // News without words is not the message it mentions.
        Assert.NotEqual("InboundMessage:t22c", reader.Describe("""{"contact_id":"cI08","message":{"id":"t22c"},"customData":{"event":"contact_dnd"}}""").EventId);
    }

    [Fact]
    public void A_copy_nobody_can_read_does_not_stand_in_the_way_of_the_readable_one() =>
        Assert.NotEqual("InboundMessage:t22c", reader.Describe("""{"type":"InboundMessage","contactId":"cI08","messageId":"t22c"}""").EventId);

    [Fact]
    public void The_same_words_without_an_id_are_the_same_event_for_five_minutes()
    {
        string At(string raw, int minute) => reader.Describe(raw).IdAt(Instant.FromUtc(2026, 11, 23, 11, minute));
        const string undated = """{"type":"InboundMessage","contactId":"k","body":"STOP"}""";
        Assert.Equal(At(undated, 1), At(undated, 4));
        Assert.NotEqual(At(undated, 1), At(undated, 41));
        Assert.NotEqual(At(undated, 1), At(undated.Replace("STOP", "Hi", StringComparison.Ordinal), 1));

        // Dated: a late copy is the same event, the same words an hour later are not.
        const string dated = """{"type":"InboundMessage","contactId":"k","body":"STOP","dateAdded":"2026-11-23T11:31:45.750Z"}""";
        Assert.Equal(At(dated, 31), At(dated, 59));
        Assert.NotEqual(At(dated, 31), At(dated.Replace("T11", "T12", StringComparison.Ordinal), 31));
    }

    [Fact]
    public void A_number_is_saved_from_a_broken_body_even_when_its_plus_is_escaped() =>
        Assert.Equal(["+13125550117"], reader.Describe("""{"type":"InboundMessage","body":"STOP","from":"\u002B13125550117""").AddressIds);

    [Fact]
    public void A_permanent_do_not_disturb_is_an_opt_out()
    {
        var raw = """{"type":"ContactDndUpdate","id":"k","dnd":false,"dndSettings":{"SMS":{"status":"permanent","code":"103"},"Email":{"status":"inactive"}},"email":"Dana@Example.com","phone":"+13125550117"}""";
        Assert.Equal(new SignalMeaning.DoNotDisturbSet("k", "+13125550117", "dana@example.com", "SMS permanent"), reader.Read(raw));
        var envelope = reader.Describe(raw);
        Assert.Equal("k", envelope.ContactId);
        Assert.Equal(["+13125550117", "dana@example.com"], envelope.AddressIds);
    }

    [Fact]
    public void A_do_not_disturb_taken_off_there_changes_nothing_here() =>
        Assert.IsType<SignalMeaning.Nothing>(reader.Read("""{"type":"ContactDndUpdate","id":"k","dnd":false,"dndSettings":{"SMS":{"status":"inactive"}}}"""));

    [Theory]
    [InlineData("""{"contact_id":"k","phone":"+13125550117","customData":{"message_body":"Stop please"},"workflow":{"id":"w"}}""", "Stop please")]
    [InlineData("""{"contact_id":"k","phone":"+13125550117","message":{"type":2,"body":"stop","direction":"inbound"},"customData":{"message_body":"{{message.body}}"}}""", "stop")]
    public void A_workflow_webhook_brings_the_words_in_one_of_its_places(string raw, string words)
    {
        Assert.Equal(new SignalMeaning.TextReceived("k", "+13125550117", null, words, null), reader.Read(raw));
        var envelope = reader.Describe(raw);
        Assert.Equal(("workflow", "k", true), (envelope.Kind, envelope.ContactId, envelope.Holds));
        Assert.Equal(["+13125550117"], envelope.AddressIds);
    }

    [Fact]
    public void A_workflow_webhook_can_say_do_not_disturb() =>
        Assert.Equal(new SignalMeaning.DoNotDisturbSet("k", null, null, "contact_dnd"), reader.Read("""{"contact_id":"k","customData":{"event":"contact_dnd"}}"""));

    [Fact]
    public void A_reply_whose_words_did_not_come_along_cannot_be_read_and_holds() =>
        Assert.IsType<SignalMeaning.Unreadable>(reader.Read("""{"contact_id":"k","customData":{"event":"customer_replied","message_body":"{{message.body}}"}}"""));

    [Theory]
    [InlineData("""{"type":"OutboundMessage","contactId":"k","body":"STOP"}""")]
    [InlineData("""{"type":"ContactTagUpdate","id":"k"}""")]
    [InlineData("""{"type":"INSTALL"}""")]
    public void Other_news_asks_nothing_and_holds_nobody(string raw)
    {
        Assert.IsType<SignalMeaning.Nothing>(reader.Read(raw));
        Assert.False(reader.Describe(raw).Holds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("STOP")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":{},"x":1}""")]
    [InlineData("""{"type":"InboundMessage","body":"STOP"}""")]
    [InlineData("""{"type":"InboundMessage","contactId":"k"}""")]
    [InlineData("""{"type":"InboundMessage","contactId":"k","body":{"text":"STOP"}}""")]
    [InlineData("""{"type":"ContactDndUpdate"}""")]
    [InlineData("""{"type":"ContactDndUpdate","id":"k"}""")]
    [InlineData("""{"type":"InboundMessage","contactId":"abcdefgh","from":"+13125550117","body":"ST""")]
    public void What_cannot_be_read_holds_and_never_throws(string raw)
    {
        Assert.IsType<SignalMeaning.Unreadable>(reader.Read(raw));
        Assert.True(reader.Describe(raw).Holds);
    }

    [Fact]
    public void A_broken_body_still_holds_whom_it_names()
    {
        var envelope = reader.Describe("""{"type":"InboundMessage","contactId":"abcdefgh","from":"+13125550117","body":"ST""");
        Assert.Equal("abcdefgh", envelope.ContactId);
        Assert.Equal(["+13125550117"], envelope.AddressIds);
    }
}
