using Xunit;

namespace Meridian.Tests.Faults;

public sealed class OneRequestForCalls() : OneRequestTests("call")
{
    public static TheoryData<string, string> Faults => new()
    {
        { "{ @ \"then\": \"429\" }", "failed transient" },
        { "{ @ \"then\": \"429\", \"retryAfter\": 30, \"rateHeaders\": true }", "failed transient" },
        { "{ @ \"then\": \"503\" }", "failed transient" },
        { "{ @ \"then\": \"500\" }", "incident" }, // it did not happen, and nobody can know
        { "{ @ \"then\": \"500\", \"done\": true }", "sent" },
        { "{ @ \"then\": \"504\", \"done\": true }", "sent" },
        { "{ @ \"then\": \"answer-lost\" }", "sent" },
        { "{ @ \"then\": \"answer-lost\" }, { \"provider\": \"vapi\", \"request\": \"GET /call\", \"then\": \"503\" }", "sent" }, // its webhooks tell
        { "{ @ \"then\": \"answer-lost\" }, { \"provider\": \"vapi\", \"request\": \"GET /call\", \"then\": \"503\" }, { \"provider\": \"webhook\", \"request\": \"vapi *\", \"then\": \"lost\" }", "incident" },
        { "{ @ \"then\": \"answer-lost\" }, { \"provider\": \"vapi\", \"request\": \"GET /call\", \"nth\": [1, 2, 3], \"then\": \"error\", \"error\": \"vapi.empty-list\" }", "sent" },
        { "{ @ \"then\": \"answer-lost\" }, { \"provider\": \"vapi\", \"request\": \"GET /call\", \"nth\": [1, 2], \"then\": \"truncated\" }, { \"provider\": \"webhook\", \"request\": \"vapi *\", \"then\": \"lost\" }", "sent" },
        { "{ @ \"then\": \"cut-before\" }", "incident" },
        { "{ @ \"then\": \"slow\", \"seconds\": 5 }", "sent" },
        { "{ @ \"then\": \"slow\", \"seconds\": 35 }", "sent" },
        { "{ @ \"then\": \"slow-answer\", \"seconds\": 35 }", "sent" },
        { "{ @ \"then\": \"truncated\" }", "sent" },
        { "{ @ \"then\": \"malformed\" }", "sent" },
        { "{ @ \"then\": \"error\", \"error\": \"vapi.daily-limit\" }", "failed account" },
        { "{ @ \"then\": \"error\", \"error\": \"vapi.no-such-number\" }", "failed account" },
        { "{ @ \"then\": \"error\", \"error\": \"vapi.wrong-key\" }", "failed account" },
        { "{ @ \"then\": \"error\", \"error\": \"vapi.concurrency\" }", "failed transient" },
        { "{ @ \"then\": \"error\", \"error\": \"vapi.concurrency-201\" }", "failed transient" },
        { "{ @ \"then\": \"error\", \"error\": \"vapi.concurrency-429\" }", "failed transient" },
        { "{ @ \"then\": \"error\", \"error\": \"vapi.blocked-but-created\" }", "sent" },
        { "{ @ \"then\": \"error\", \"error\": \"vapi.validation\" }", "refused" },
        { "{ @ \"then\": \"ended\", \"reason\": \"call.sideways.moon-in-the-wrong-house\" }", "sent" },
        { "{ @ \"then\": \"ended\", \"reason\": \"call.sideways.moon-in-the-wrong-house\" }, { \"provider\": \"webhook\", \"request\": \"vapi *\", \"then\": \"lost\" }", "sent" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public Task A_call_is_asked_for_once(string faults, string first) => HoldsAsync(faults, first);
}
