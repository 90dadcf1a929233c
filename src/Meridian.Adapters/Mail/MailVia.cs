namespace Meridian.Adapters.Mail;

/// <summary>How a mailbox' letters leave. All but the first go over HTTPS, for hosts that block mail ports.</summary>
public enum MailVia
{
    Smtp,

    /// <summary>Gmail API, <c>users.messages.send</c>.</summary>
    Gmail,

    /// <summary>Microsoft Graph, <c>sendMail</c>.</summary>
    Graph,

    /// <summary>Mailgun, <c>messages.mime</c>.</summary>
    Mailgun,

    /// <summary>An e-mail of HighLevel's own, in its conversation with the contact.</summary>
    HighLevel,
}

/// <summary>What becomes of the headers we write, by way. None of the vendors but Mailgun promises anything; what users report is named.</summary>
public static class MailHeaders
{
    private const string OneClick = "List-Unsubscribe-Post";

    /// <summary>The headers that may not arrive as written; empty: the message arrives as it was handed over.</summary>
    public static IReadOnlyList<string> LostBy(MailVia via) => via switch
    {
        // Replaced when sent by the API, kept by SMTP: gauteh/lieer#198, FlowCrypt/flowcrypt-browser#4273 (three users; Google's own pages say nothing).
        MailVia.Gmail => ["Message-ID"],
        // Headers that do not begin with X- were seen to vanish even from MIME: microsoftgraph/msgraph-sdk-dotnet#2209, microsoft-graph-docs#21904 (three users).
        MailVia.Graph => ["Message-ID", "In-Reply-To", "References", "List-Unsubscribe", OneClick],
        // Its send request has no field for headers (conversations.json of 2026-06-19, SendMessageBodyDto).
        MailVia.HighLevel => ["List-Unsubscribe", OneClick, "Message-ID", "In-Reply-To", "References"],
        _ => [],
    };

    /// <summary>Whether a signature of our own reaches the reader unbroken. Those who rewrite what would be signed sign by themselves.</summary>
    public static bool KeepsSignature(MailVia via) => via is MailVia.Smtp or MailVia.Mailgun;
}
