using Xunit;

namespace Meridian.Tests.Faults;

public sealed class OneRequestForLetters() : OneRequestTests("email")
{
    public static TheoryData<string, string> Faults => new()
    {
        { "{ @ \"request\": \"CONNECT\", \"then\": \"421\" }", "failed transient" },
        { "{ @ \"request\": \"CONNECT\", \"then\": \"cut-before\" }", "failed transient" },
        { "{ @ \"request\": \"EHLO\", \"then\": \"cut-before\" }", "failed transient" },
        { "{ @ \"request\": \"MAIL\", \"then\": \"451\" }", "failed transient" },
        { "{ @ \"request\": \"MAIL\", \"then\": \"421\" }", "failed transient" },
        { "{ @ \"request\": \"MAIL\", \"then\": \"cut-before\" }", "failed transient" },
        { "{ @ \"request\": \"MAIL\", \"then\": \"error\", \"error\": \"mail.sign-in\" }", "failed account" },
        { "{ @ \"request\": \"RCPT ann*\", \"then\": \"error\", \"error\": \"mail.greylisted\" }", "failed transient" },
        { "{ @ \"request\": \"RCPT ann*\", \"then\": \"error\", \"error\": \"mail.user-unknown\" }", "refused" },
        { "{ @ \"request\": \"RCPT ann*\", \"then\": \"error\", \"error\": \"mail.mailbox-full\" }", "refused" },
        { "{ @ \"request\": \"RCPT ann*\", \"then\": \"421\" }", "failed transient" },
        { "{ @ \"request\": \"RCPT ann*\", \"then\": \"cut-before\" }", "failed transient" },
        { "{ @ \"request\": \"RCPT ann*\", \"then\": \"slow\", \"seconds\": 12 }", "failed permit_expired" },
        { "{ @ \"request\": \"DATA\", \"then\": \"451\" }", "failed transient" },
        { "{ @ \"request\": \"DATA\", \"then\": \"cut-before\" }", "failed transient" },
        { "{ @ \"request\": \"END ann*\", \"then\": \"451\" }", "failed transient" },
        { "{ @ \"request\": \"END ann*\", \"then\": \"error\", \"error\": \"mail.blocked\" }", "failed account" },
        { "{ @ \"request\": \"END ann*\", \"then\": \"error\", \"error\": \"mail.day-limit\" }", "refused" },
        { "{ @ \"request\": \"END ann*\", \"then\": \"cut-before\" }", "incident" },
        { "{ @ \"request\": \"END ann*\", \"then\": \"answer-lost\" }", "sent" },
        { "{ @ \"request\": \"END ann*\", \"then\": \"answer-lost\", \"copy\": false }", "incident" },
        { "{ @ \"request\": \"END ann*\", \"then\": \"slow\", \"seconds\": 5 }", "sent" },
        { "{ @ \"request\": \"END ann*\", \"then\": \"slow\", \"seconds\": 35 }", "sent" },
        { "{ @ \"request\": \"END ann*\", \"then\": \"slow-answer\", \"seconds\": 35 }", "sent" },
        { "{ @ \"request\": \"END ann*\", \"then\": \"slow-answer\", \"seconds\": 35, \"copy\": false }", "incident" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public Task A_letter_is_handed_over_once(string faults, string first) => HoldsAsync(faults, first);
}
