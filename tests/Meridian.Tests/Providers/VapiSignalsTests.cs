using Meridian.Adapters.Vapi;
using Meridian.Domain.Touches;
using Meridian.Engine.Inbound;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

public class VapiSignalsTests
{
    private const string Report = """
        {"message":{"type":"end-of-call-report","timestamp":1791817930909,"endedReason":"customer-ended-call","startedAt":"2026-10-12T15:12:11.649Z","endedAt":"2026-10-12T15:13:37.925Z","durationSeconds":86.276,"cost":0.1394,
        "analysis":{"summary":"Dana asked for a callback on Thursday.","successEvaluation":true},
        "artifact":{"transcript":"AI: Hi Dana\nUser: Thursday works.\n","messages":[{"role":"system","message":"x"},{"role":"bot","message":"Hi Dana"},{"role":"user","message":"Thursday works."},{"role":"user","message":"And do not call my cell."}]},
        "call":{"id":"call_1","status":"queued","metadata":{"touchId":"tch_1"},"customer":{"number":"+13125550117"}},
        "phoneNumber":{"twilioAccountSid":"AC123","twilioAuthToken":"tok\"en","number":"+13125550100"}}}
        """;

    private readonly VapiSignals reader = new();

    [Fact]
    public void A_report_says_what_the_person_said_and_what_it_cost()
    {
        var ended = Assert.IsType<SignalMeaning.CallEnded>(reader.Read(Report));
        Assert.Equal(("tch_1", "call_1", true), (ended.TouchId, ended.ProviderRef, ended.IsReport));
        Assert.Equal(
            new CallEnding("customer-ended-call", Disposition.Answered, Instant.FromUtc(2026, 10, 12, 15, 13, 37).PlusNanoseconds(925_000_000), 86.276,
                "Thursday works.\nAnd do not call my cell.", "Dana asked for a callback on Thursday.", 0.1394m, false) { PickedUp = true },
            ended.Ending);
    }

    [Fact]
    public void A_report_may_carry_a_spoken_opt_out_and_holds_while_progress_does_not()
    {
        var report = reader.Describe(Report);
        Assert.True(report.Holds);
        Assert.Equal(["+13125550117"], report.AddressIds);
        Assert.Equal(("call_1:end-of-call-report:", "tch_1"), (report.EventId, report.TouchId));

        var progress = reader.Describe("""{"message":{"type":"status-update","status":"ringing","call":{"id":"call_1","customer":{"number":"+13125550117"}}}}""");
        Assert.False(progress.Holds);
        Assert.Equal("call_1:status-update:ringing", progress.EventId);
    }

    [Fact]
    public void Words_are_taken_from_the_transcript_when_there_are_no_messages()
    {
        var raw = """{"message":{"type":"end-of-call-report","endedReason":"x-new-word","transcript":"AI: Hello\nUser: Please stop\ncalling me.\nAI: Sorry.","call":{"id":"c"}}}""";
        var ended = Assert.IsType<SignalMeaning.CallEnded>(reader.Read(raw));
        Assert.Equal("Please stop\ncalling me.", ended.Ending.PersonSaid);
        Assert.Equal(Disposition.Answered, ended.Ending.Disposition);
    }

    [Theory]
    [InlineData("ringing", "ringing")]
    [InlineData("in-progress", "in-progress")]
    [InlineData("forwarding", "in-progress")]
    public void The_messages_own_status_is_trusted_over_the_older_one_in_its_call(string told, string expected)
    {
        var raw = """{"message":{"type":"status-update","status":"TOLD","call":{"id":"c","status":"queued","name":"tch_9"}}}""".Replace("TOLD", told, StringComparison.Ordinal);
        Assert.Equal(new SignalMeaning.CallProgress("tch_9", "c", expected), reader.Read(raw));
    }

    [Fact]
    public void An_end_told_by_status_counts_before_the_report_comes()
    {
        var ended = Assert.IsType<SignalMeaning.CallEnded>(reader.Read("""{"message":{"type":"status-update","status":"ended","endedReason":"customer-did-not-answer","call":{"id":"c"}}}"""));
        Assert.Equal((false, Disposition.NoAnswer), (ended.IsReport, ended.Ending.Disposition));
    }

    [Theory]
    [InlineData("""{"message":{"type":"hang","call":{"id":"c"}}}""")]
    [InlineData("""{"message":{"type":"conversation-update","call":{"id":"c"}}}""")]
    [InlineData("""{"message":{"type":"call.artifact.upload"}}""")]
    [InlineData("""{"message":{"type":"status-update","status":"queued","call":{"id":"c"}}}""")]
    public void Other_messages_ask_nothing_of_us(string raw)
    {
        Assert.IsType<SignalMeaning.Nothing>(reader.Read(raw));
        Assert.False(reader.Describe(raw).Holds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"message":"hi"}""")]
    [InlineData("""{"message":{"type":7}}""", false)]
    [InlineData("""{"message":{"type":"end-of-call-report"}}""")]
    [InlineData("""{"message":{"type":"end-of-call-report","call":{"id":{}}}}""")]
    [InlineData("""{"message":{"call":{"id":"c"}}}""")]
    public void What_cannot_be_read_holds_and_never_throws(string raw, bool unreadable = true)
    {
        var meaning = reader.Read(raw);
        var envelope = reader.Describe(raw);
        if (!unreadable) return;
        Assert.IsType<SignalMeaning.Unreadable>(meaning);
        Assert.True(envelope.Holds);
        Assert.StartsWith("hash:", envelope.EventId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_body_still_holds_whom_it_names() =>
        Assert.Equal(["+13125550117"], reader.Describe("""{"message":{"type":"end-of-call-report","call":{"customer":{"number":"+13125550117"}""").AddressIds);

    [Fact]
    public void Odd_types_in_known_fields_are_read_as_nothing()
    {
        var raw = """{"message":{"type":"end-of-call-report","endedReason":42,"cost":"free","durationSeconds":"long","startedAt":{},"analysis":[],"artifact":{"messages":{"a":1},"transcript":[1]},"call":{"id":"c","metadata":[]}}}""";
        var ended = Assert.IsType<SignalMeaning.CallEnded>(reader.Read(raw));
        Assert.Equal((Disposition.Unknown, "", null), (ended.Ending.Disposition, ended.Ending.PersonSaid, ended.Ending.CostUsd));
    }

    [Fact]
    public void Secrets_are_taken_out_before_storage_and_the_rest_stays_as_it_was()
    {
        var redacted = VapiRedaction.Redact(Report);
        Assert.DoesNotContain("AC123", redacted, StringComparison.Ordinal);
        Assert.DoesNotContain("tok", redacted, StringComparison.Ordinal);
        Assert.Equal(reader.Read(Report), reader.Read(redacted));
        Assert.Equal("""{"monitor":{"controlUrl":"[redacted]"},"headers":{"X-Meridian-Secret": "[redacted]"}""", VapiRedaction.Redact("""{"monitor":{"controlUrl":"https://a.vapi.ai/x"},"headers":{"X-Meridian-Secret": "hush"}"""));
        Assert.DoesNotContain("cut", VapiRedaction.Redact("""{"twilioAuthToken":"cut off he"""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("customer-ended-call", 4.0, "", Disposition.HungUp, false)]
    [InlineData("customer-ended-call", 4.0, "No.", Disposition.Answered, false)]
    [InlineData("customer-ended-call", 40.0, "", Disposition.Answered, false)]
    [InlineData("customer-ended-call", null, "", Disposition.Answered, false)]
    [InlineData("assistant-ended-call", 40.0, "", Disposition.Answered, false)]
    [InlineData("assistant-ended-call", 0.0, "", Disposition.NoAnswer, false)]
    [InlineData("assistant-said-end-call-phrase", 40.0, "", Disposition.Answered, false)]
    [InlineData("exceeded-max-duration", 300.0, "", Disposition.Answered, false)]
    [InlineData("call.in-progress.twilio-completed-call", 60.0, "", Disposition.Answered, false)]
    [InlineData("silence-timed-out", 30.0, "", Disposition.NoAnswer, false)]
    [InlineData("silence-timed-out", 30.0, "Hello?", Disposition.Answered, false)]
    [InlineData("customer-did-not-answer", 0.0, "", Disposition.NoAnswer, false)]
    [InlineData("call.in-progress.error-providerfault-outbound-sip-480-temporarily-unavailable", 0.0, "", Disposition.NoAnswer, false)]
    [InlineData("call.in-progress.error-providerfault-outbound-sip-503-service-unavailable", 0.0, "", Disposition.CallFailed, false)]
    [InlineData("call.in-progress.error-providerfault-outbound-sip-403-forbidden", 0.0, "", Disposition.CallFailed, false)]
    [InlineData("call.in-progress.error-providerfault-outbound-sip-407-proxy-authentication-required", 0.0, "", Disposition.CallFailed, true)]
    [InlineData("customer-busy", 0.0, "", Disposition.Busy, false)]
    [InlineData("voicemail", 12.0, "", Disposition.Voicemail, false)]
    [InlineData("voicemail", 12.0, "You have reached Dana.", Disposition.Voicemail, false)]
    [InlineData("twilio-reported-customer-misdialed", 0.0, "", Disposition.WrongNumber, false)]
    [InlineData("call.start.error-subscription-frozen", 0.0, "", Disposition.CallFailed, true)]
    [InlineData("call.start.error-subscription-concurrency-limit-reached", 0.0, "", Disposition.CallFailed, false)]
    [InlineData("call.start.error-vapi-number-outbound-daily-limit", 0.0, "", Disposition.CallFailed, true)]
    [InlineData("call.start.error-a-word-of-next-month", 0.0, "", Disposition.CallFailed, true)]
    [InlineData("assistant-not-found", 0.0, "", Disposition.CallFailed, true)]
    [InlineData("assistant-request-failed", 0.0, "", Disposition.CallFailed, true)]
    [InlineData("pipeline-error-openai-401-unauthorized", 3.0, "", Disposition.CallFailed, true)]
    [InlineData("call.in-progress.error-providerfault-eleven-labs-quota-exceeded", 20.0, "Hello?", Disposition.Answered, true)]
    [InlineData("call.in-progress.error-vapifault-worker-died", 20.0, "", Disposition.CallFailed, false)]
    [InlineData("call.in-progress.error-vapifault-worker-died", 20.0, "Yes?", Disposition.Answered, false)]
    [InlineData("worker-shutdown", 0.0, "", Disposition.CallFailed, false)]
    [InlineData("call.in-progress.error-transfer-failed", 30.0, "", Disposition.Answered, false)]
    [InlineData("manually-canceled", 0.0, "", Disposition.NoAnswer, false)]
    [InlineData("something-nobody-has-seen", 20.0, "", Disposition.Unknown, false)]
    [InlineData("", null, "", Disposition.Unknown, false)]
    [InlineData(null, null, "", Disposition.Unknown, false)]
    public void An_ended_reason_is_read_by_family(string? reason, double? seconds, string said, Disposition disposition, bool accountFault) =>
        Assert.Equal((disposition, accountFault), EndedReasons.Classify(reason, seconds, said));
}
