using Meridian.Adapters.Mail;
using Meridian.Engine.Inbound;
using Xunit;

namespace Meridian.Tests.Post;

/// <summary>Mailgun's events as documented and as users showed them: what each says, once, and whom it holds until then.</summary>
public sealed class MailgunSignalsTests
{
    private static readonly MailgunSignals Reader = new();

    /// <summary>What follows the id, and what is made of it.</summary>
    public static TheoryData<string, string> Events => new()
    {
        { Failed("permanent", "bounce", 550, "5.1.1", "5.1.1 The email account that you tried to reach does not exist"), "Hard tch_1 dana@people.example" },
        { Failed("permanent", "bounce", 550, "", "5.1.1 The email account that you tried to reach does not exist"), "Hard tch_1 dana@people.example" },
        { Failed("permanent", "bounce", 550, "", "Relay Not Permitted"), "Hard tch_1 dana@people.example" },
        { Failed("permanent", "generic", 550, "", "No Such User Here"), "Hard tch_1 dana@people.example" },
        { Failed("permanent", "suppress-bounce", 605, "", "", "Not delivering to previously bounced address"), "Hard tch_1 dana@people.example" },
        { Failed("permanent", "generic", 605, "", "", "Not delivering to previously bounced address"), "Hard tch_1 dana@people.example" },
        { Failed("temporary", "old", 498, "", "No MX for [people.example]"), "Hard tch_1 dana@people.example" },
        { Failed("permanent", "generic", 498, "", "No MX for [people.example]"), "Hard tch_1 dana@people.example" },
        { Failed("permanent", "bounce", 552, "5.2.2", "5.2.2 The recipient's mailbox is full"), "Soft tch_1 dana@people.example" },
        { Failed("permanent", "old", 602, "", "Too old"), "Soft tch_1 dana@people.example" },
        { Failed("temporary", "generic", 602, "", "Too old"), "Soft tch_1 dana@people.example" },
        { Failed("permanent", "generic", 421, "4.7.0", "4.7.0 Try again later"), "Soft tch_1 dana@people.example" },
        { Failed("permanent", "espblock", 550, "5.1.1", "blocked"), "Blocked tch_1 dana@people.example" },
        { Failed("permanent", "bounce", 550, "5.7.1", "5.7.1 Our system has detected that this message is likely unsolicited mail"), "Blocked tch_1 dana@people.example" },
        { Failed("permanent", "bounce", 554, "", "Message refused by policy"), "Blocked tch_1 dana@people.example" },
        { Failed("permanent", "suppress-complaint", 607, "", "", "Not delivering to a user who marked your messages as spam"), "OptOut tch_1 dana@people.example" },
        { Failed("permanent", "suppress-unsubscribe", 606, "", "", "Not delivering to unsubscribed address"), "OptOut tch_1 dana@people.example" },
        { Failed("temporary", "generic", 451, "4.7.1", "4.7.1 Greylisted"), "Nothing" },
        { """ "event":"complained","recipient":"Dana@People.Example","message":{"headers":{"message-id":"<tch_1@growth.example>"}} """, "OptOut tch_1 dana@people.example" },
        { """ "event":"complained","recipient":"dana@people.example","message":{"headers":{"message-id":"news.7@growth.example"}} """, "OptOut - dana@people.example" },
        { """ "event":"complained","message":{"headers":{"message-id":"tch_1@growth.example"}} """, "OptOut tch_1 -" },
        { """ "event":"unsubscribed","recipient":"dana@people.example","message":{"headers":{"message-id":"tch_1@growth.example"}} """, "OptOut tch_1 dana@people.example" },
        { """ "event":"delivered","recipient":"dana@people.example" """, "Nothing" },
        { """ "event":"complained","recipient":7,"message":[] """, "Unreadable" },
        { """ "event":"complained","recipient":"nobody" """, "Unreadable" },
        { """ "event":"failed","recipient":"dana@people.example","severity":"grave" """, "Unreadable" },
        { """ "event":"failed","recipient":"dana@people.example" """, "Unreadable" },
        { """ "event":["failed"],"recipient":"dana@people.example" """, "Unreadable" },
        { """ "recipient":"dana@people.example" """, "Unreadable" },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_means_what_the_same_report_by_mail_would_mean(string fields, string means)
    {
        var raw = $"{{\"id\":\"G9Bn5sl1TC6nu79C8C0bwg\",\"timestamp\":1521233195.375624,{fields}}}";
        Assert.Equal(means, Reader.Read(raw) switch
        {
            SignalMeaning.MailBounce b => $"{b.Failure} {b.TouchId ?? "-"} {b.Recipient ?? "-"}",
            SignalMeaning.MailOptOut o => $"OptOut {o.TouchId ?? "-"} {o.From ?? "-"}",
            var other => other.GetType().Name,
        });
        var envelope = Reader.Describe(raw);
        // What cannot be read is another event than the same one readable; and only what is tried again holds nobody.
        Assert.Equal(means == "Unreadable" ? "unreadable:1521233195:G9Bn5sl1TC6nu79C8C0bwg" : "1521233195:G9Bn5sl1TC6nu79C8C0bwg", envelope.EventId);
        Assert.Equal(!fields.Contains("Greylisted", StringComparison.Ordinal), envelope.Holds);
        if (fields.Contains("dana@people.example", StringComparison.OrdinalIgnoreCase)) Assert.Contains("dana@people.example", envelope.AddressIds);
    }

    [Theory]
    [InlineData("\"words\"")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"event\":\"failed\",\"recipient\":\"dana@pe")]
    public void What_is_no_event_is_kept_under_its_own_bytes(string raw)
    {
        Assert.IsType<SignalMeaning.Unreadable>(Reader.Read(raw));
        Assert.StartsWith("hash:", Reader.Describe(raw).EventId, StringComparison.Ordinal);
        Assert.Equal(Reader.Describe(raw).EventId, Reader.Describe(raw).EventId);
    }

    [Fact]
    public void The_same_id_on_another_day_is_another_event()
    {
        const string raw = """{"id":"G9Bn","timestamp":1521233195.3,"event":"complained","recipient":"dana@people.example"}""";
        Assert.NotEqual(Reader.Describe(raw).EventId, Reader.Describe(raw.Replace("1521233195", "1521319595", StringComparison.Ordinal)).EventId);
    }

    [Fact]
    public void A_servers_words_steer_no_terminal()
    {
        var bounce = Assert.IsType<SignalMeaning.MailBounce>(Reader.Read($"{{{Failed("permanent", "bounce", 550, "5.1.1", "\\u001b[2Jgone\\ud800 " + new string('x', 2000))}}}"));
        Assert.DoesNotContain(bounce.Detail, char.IsControl);
        Assert.True(bounce.Detail.Length <= 300);
    }

    private static string Failed(string severity, string reason, int code, string enhanced, string message, string description = "") => $$$"""
        "event":"failed","severity":"{{{severity}}}","reason":"{{{reason}}}","recipient":"dana@people.example","delivery-status":{"attempt-no":1,"message":"{{{message}}}","code":{{{code}}},"enhanced-code":"{{{enhanced}}}","description":"{{{description}}}"},"message":{"headers":{"to":"dana@people.example","message-id":"tch_1@growth.example"}}
        """;
}
