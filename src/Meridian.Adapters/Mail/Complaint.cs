using System.Text;
using System.Text.RegularExpressions;
using Meridian.Adapters.Http;
using MimeKit;

namespace Meridian.Adapters.Mail;

/// <summary>A feedback report (RFC 5965): the person pressed "this is spam".</summary>
internal sealed partial record Complaint(bool IsAbuse, string? Person, string? TouchId)
{
    public static Complaint? In(MimeMessage message)
    {
        if (message.Body is not MultipartReport report || !"feedback-report".Equals(report.ReportType, StringComparison.OrdinalIgnoreCase)) return null;
        var feedback = report.OfType<MimePart>().FirstOrDefault(p => p.ContentType.IsMimeType("message", "feedback-report"));
        var fields = feedback is null ? "" : DeliveryReport.TextOf(feedback);
        var (touch, to) = DeliveryReport.Original(report);
        var kind = Kind().Match(fields) is { Success: true } match ? match.Groups[1].Value : "abuse";
        var recipient = Recipient().Match(fields) is { Success: true } named ? NamedAddresses.Email(named.Groups[1].Value) : null;
        return new(!kind.Equals("not-spam", StringComparison.OrdinalIgnoreCase), recipient ?? to, touch);
    }

    [GeneratedRegex(@"^Feedback-Type:\s*([A-Za-z-]+)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Kind();

    [GeneratedRegex(@"^Original-Rcpt-To:\s*<?(?:rfc822;)?\s*([^\s<>]+@[^\s<>]+)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Recipient();
}
