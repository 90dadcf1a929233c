namespace Meridian.Sandbox;

/// <summary>What the outside world is told before it starts: whose clock, which seed, which keys and numbers it accepts.</summary>
public sealed class SandboxOptions
{
    /// <summary>Where <c>sandbox-log.jsonl</c> lives; it is created when missing.</summary>
    public required string Folder { get; init; }

    /// <summary>Decides every person's behaviour and every id. Equal seed and equal requests give an equal log.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The only clock for timestamps and timers. The sandbox never waits on the machine's clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Mail to this address is logged as <c>owner_email</c> and never bounces.</summary>
    public required string OwnerEmail { get; init; }

    /// <summary>Where inbound texts are POSTed. May be set after the start; while it is null a delivery counts as failed and is tried again.</summary>
    public Uri? HighLevelWebhook { get; set; }

    /// <summary>Vapi phone number id to the E.164 number the callee sees.</summary>
    public IReadOnlyDictionary<string, string> VapiPhoneNumbers { get; init; } = new Dictionary<string, string>();

    /// <summary>The location's text number, E.164.</summary>
    public string TextNumber { get; init; } = "+12025550142";

    /// <summary>Some people open the link to the consent page in their e-mail and sign it.</summary>
    public bool PeopleSign { get; init; }

    /// <summary>What goes wrong on the way of webhooks; null: nothing does.</summary>
    public WebhookFaults? Faults { get; init; }

    /// <summary>How often the providers themselves go wrong; null: they never do.</summary>
    public ProviderFaults? Mishaps { get; init; }

    /// <summary>Called at the start of every request, SMTP command or transaction, and webhook delivery; disposed at its end.</summary>
    public Func<IDisposable>? OpenExchange { get; init; }

    /// <summary>The only Vapi key that is let in.</summary>
    public string VapiKey { get; init; } = "sandbox-vapi-key";

    /// <summary>The only HighLevel token that is let in.</summary>
    public string HighLevelToken { get; init; } = "sandbox-highlevel-token";

    /// <summary>The only password the mail server lets in, for sending and for reading; null: it asks for none to send, and any opens a mailbox.</summary>
    public string? MailPassword { get; init; }

    /// <summary>The only access token the mail server lets in (XOAUTH2); null: it takes none.</summary>
    public string? MailToken { get; init; }

    /// <summary>The Gmail and Graph APIs keep the Message-ID and the other headers they are given; as users report it, they do not.</summary>
    public bool MailApisKeepHeaders { get; init; }

    /// <summary>The scopes a token of the mail APIs comes with.</summary>
    public string MailScope { get; init; } = "https://mail.google.com/ Mail.Send User.Read Mail.ReadBasic";

    /// <summary>The only Mailgun key that is let in.</summary>
    public string MailgunKey { get; init; } = "sandbox-mailgun-key";

    /// <summary>The domains Mailgun knows, with their states; null: any, active.</summary>
    public IReadOnlyDictionary<string, string>? MailgunDomains { get; init; }

    /// <summary>The assistants Vapi has; null: any.</summary>
    public IReadOnlySet<string>? VapiAssistants { get; init; }

    /// <summary>A scope the HighLevel token lacks, such as <c>conversations.readonly</c>; null: it has all.</summary>
    public string? HighLevelLacks { get; init; }

    /// <summary>The location's calendars.</summary>
    public IReadOnlySet<string> HighLevelCalendars { get; init; } = new HashSet<string>();

    /// <summary>The location's inbound-webhook triggers by id, and what becomes of a call: <c>published</c> texts, <c>draft</c> takes it for a sample, <c>silent</c> says that it is queued and does nothing.</summary>
    public IReadOnlyDictionary<string, string> HighLevelTriggers { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether Apollo's plan includes the API.</summary>
    public bool ApolloPlanHasApi { get; init; } = true;

    /// <summary>The only HighLevel location the token may touch.</summary>
    public string HighLevelLocation { get; init; } = "sandboxLocation00001";

    /// <summary>The only Apollo key that is let in.</summary>
    public string ApolloKey { get; init; } = "sandbox-apollo-key";

    /// <summary>How many credits the Apollo account has, over all runs in the folder. There is no next billing cycle.</summary>
    public decimal ApolloCredits { get; init; } = 10_000;

    internal IDisposable? BeginExchange() => OpenExchange?.Invoke();
}
