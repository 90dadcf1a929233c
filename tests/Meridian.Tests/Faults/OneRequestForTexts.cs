using Xunit;

namespace Meridian.Tests.Faults;

public sealed class OneRequestForTexts() : OneRequestTests("text")
{
    private const string Export = "\"provider\": \"highlevel\", \"request\": \"GET /conversations/messages/export\"";
    private const string Upsert = "\"provider\": \"highlevel\", \"request\": \"POST /contacts/upsert\", \"nth\": [1, 3]";

    public static TheoryData<string, string> Faults => new()
    {
        { "{ @ \"then\": \"429\" }", "failed transient" },
        { "{ @ \"then\": \"429\", \"retryAfter\": 30, \"rateHeaders\": true }", "failed transient" },
        { "{ @ \"then\": \"503\" }", "failed transient" },
        { "{ @ \"then\": \"500\" }", "incident" },
        { "{ @ \"then\": \"500\", \"done\": true }", "sent" },
        { "{ @ \"then\": \"504\", \"done\": true }", "sent" },
        { "{ @ \"then\": \"answer-lost\" }", "sent" },
        { $"{{ @ \"then\": \"answer-lost\" }}, {{ {Export}, \"then\": \"503\" }}", "incident" },
        { $"{{ @ \"then\": \"answer-lost\" }}, {{ {Export}, \"nth\": [1, 2, 3], \"then\": \"error\", \"error\": \"highlevel.export-lags\" }}", "sent" },
        { $"{{ @ \"then\": \"answer-lost\" }}, {{ {Export}, \"then\": \"error\", \"error\": \"highlevel.export-nested\" }}", "sent" },
        { "{ @ \"then\": \"cut-before\" }", "incident" },
        { "{ @ \"then\": \"slow\", \"seconds\": 5 }", "sent" },
        { "{ @ \"then\": \"slow\", \"seconds\": 35 }", "sent" },
        { "{ @ \"then\": \"slow-answer\", \"seconds\": 35 }", "sent" },
        { "{ @ \"then\": \"truncated\" }", "sent" },
        { "{ @ \"then\": \"malformed\" }", "sent" },
        { "{ @ \"then\": \"error\", \"error\": \"highlevel.200-without-id\" }", "incident" },
        { "{ @ \"then\": \"error\", \"error\": \"highlevel.dnd\" }", "refused" },
        { "{ @ \"then\": \"error\", \"error\": \"highlevel.missing-phone\" }", "refused" },
        { "{ @ \"then\": \"error\", \"error\": \"highlevel.422\" }", "failed account" },
        { "{ @ \"then\": \"error\", \"error\": \"highlevel.carrier-21610\" }", "sent" }, // asked for and billed, whatever the carrier made of it
        { "{ @ \"then\": \"error\", \"error\": \"highlevel.carrier-30003\" }", "sent" },
        { "{ @ \"then\": \"error\", \"error\": \"highlevel.carrier-30034\" }", "sent" },
        { "{ @ \"then\": \"error\", \"error\": \"highlevel.no-scope\" }", "failed account" },
        { "{ @ \"then\": \"error\", \"error\": \"highlevel.wrong-location\" }", "failed account" },
        { $"{{ {Upsert}, \"then\": \"error\", \"error\": \"highlevel.422-but-created\" }}", "sent" },
        { $"{{ {Upsert}, \"then\": \"answer-lost\" }}", "sent" },
        { $"{{ {Upsert}, \"then\": \"malformed\" }}", "sent" },
        { $"{{ {Upsert}, \"then\": \"slow\", \"seconds\": 35 }}", "sent" },
        { $"{{ {Upsert}, \"then\": \"error\", \"error\": \"highlevel.silent-dnd\" }}", "sent" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public Task A_text_is_asked_for_once(string faults, string first) => HoldsAsync(faults, first);
}
