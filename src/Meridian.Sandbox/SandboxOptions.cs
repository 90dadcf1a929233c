using System.Text.Json.Nodes;
using Meridian.Sandbox.HighLevel;

namespace Meridian.Sandbox;

/// <summary>What the outside world is told before it starts: whose clock, which seed, which keys and numbers it accepts.</summary>
public sealed class SandboxOptions
{
    /// <summary>Where <c>sandbox-log.jsonl</c> lives; it is created when missing.</summary>
    public required string Folder { get; init; }

    /// <summary>Decides every person's behaviour and every id. Equal seed and equal requests give an equal log.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The only clock for timestamps and timers. Only a slow provider of a script waits on another.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Mail to this address is logged as <c>owner_email</c> and never bounces.</summary>
    public required string OwnerEmail { get; init; }

    /// <summary>Where inbound texts are POSTed. May be set after the start; while it is null a delivery counts as failed and is tried again.</summary>
    public Uri? HighLevelWebhook { get; set; }

    /// <summary>An app's webhooks are signed with it (<c>X-GHL-Signature</c>), and <see cref="HighLevelWebhook"/> needs no secret in its path; null: nothing is signed.</summary>
    public HighLevel.SandboxSigningKey? HighLevelSigningKey { get; set; }

    /// <summary>An app's <c>ContactDndUpdate</c> comes after a STOP and after a carrier's refusal.</summary>
    public bool HighLevelTellsDoNotDisturb { get; set; }

    /// <summary>Inbound texts come as a workflow's webhook action puts them: no type, no id, no signature.</summary>
    public bool HighLevelTellsByWorkflow { get; set; }

    /// <summary>Webhooks write the channels of a do-not-disturb as version 3 does: <c>sms</c>, <c>whatsApp</c>.</summary>
    public bool HighLevelWebhooksVersion3 { get; set; }

    /// <summary>The list of a conversation's messages is flat, as documented; as it was seen, it is nested in itself.</summary>
    public bool HighLevelListsFlat { get; set; }

    /// <summary>Texts are shown as documented: a contact, and neither from nor to, which were seen in the field.</summary>
    public bool HighLevelTextsNameNobody { get; set; }

    /// <summary>The export shows one record for a thread of letters, as documented, with the ids of all of them; else every letter is one of its own.</summary>
    public bool HighLevelLettersInThreads { get; set; }

    /// <summary>Which letters to a mailbox its provider takes for junk: <c>optout</c>, <c>reply</c>, <c>bounce</c>, <c>auto_reply</c>.</summary>
    public Func<string, bool> MailFilesUnderJunk { get; set; } = static _ => false;

    /// <summary>Webhook credentials made in Vapi's dashboard, by the id a call names in <c>server.credentialId</c>.</summary>
    public IReadOnlyDictionary<string, Vapi.SandboxCredential> VapiCredentials { get; set; } = new Dictionary<string, Vapi.SandboxCredential>();

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

    /// <summary>What goes wrong request by request, before <see cref="Faults"/> and <see cref="Mishaps"/> are asked; null: nothing was written down.</summary>
    public Scripts.FaultScript? Script { get; init; }

    /// <summary>How a slow provider takes its time: on the machine's clock, because sockets and permits live there. The exchange stays open meanwhile, so a clock that steps stands still.</summary>
    public Func<TimeSpan, Task> Wait { get; init; } = static time => Task.Delay(time, TimeProvider.System);

    /// <summary>Called at the start of every request, SMTP command or transaction, and webhook delivery; disposed at its end.</summary>
    public Func<IDisposable>? OpenExchange { get; init; }

    /// <summary>Is shown every HTTP request before anything comes of it: provider, method, path with query, headers, body.</summary>
    public Action<string, string, string, IReadOnlyDictionary<string, string>, string>? Sees { get; init; }

    /// <summary>Is shown every honest answer before it leaves: provider, method, path with query, status, body.</summary>
    public Action<string, string, string, int, string>? Says { get; init; }

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

    /// <summary>The secret of the application that signs in to Microsoft Graph by itself.</summary>
    public string MailAppSecret { get; init; } = "sandbox-app-secret";

    /// <summary>Whose mailboxes Microsoft Graph has; null: anybody's.</summary>
    public IReadOnlySet<string>? GraphMailboxes { get; init; }

    /// <summary>The only Mailgun key that is let in.</summary>
    public string MailgunKey { get; init; } = "sandbox-mailgun-key";

    /// <summary>Whether the Mailgun key may read events.</summary>
    public bool MailgunKeyReadsEvents { get; init; } = true;

    /// <summary>How far Mailgun's events are behind what happened; may change while it runs.</summary>
    public TimeSpan MailgunEventLag { get; set; }

    /// <summary>The domains Mailgun knows, with their states; null: any, active.</summary>
    public IReadOnlyDictionary<string, string>? MailgunDomains { get; init; }

    /// <summary>The assistants Vapi has; null: any.</summary>
    public IReadOnlySet<string>? VapiAssistants { get; init; }

    /// <summary>What a saved assistant at Vapi has set of itself, as a look at it shows it: <c>monitorPlan</c>, <c>voicemailMessage</c>, ...; may change while it runs.</summary>
    public JsonObject VapiAssistant { get; set; } = [];

    /// <summary>What phone numbers have set for whoever calls them, by their id, as a look shows it: <c>server</c>, <c>assistantId</c>, ...; may change while it runs.</summary>
    public IReadOnlyDictionary<string, JsonObject> VapiNumberSettings { get; set; } = new Dictionary<string, JsonObject>();

    /// <summary>A scope the HighLevel token lacks, such as <c>conversations.readonly</c>; null: it has all.</summary>
    public string? HighLevelLacks { get; set; }

    /// <summary>The location's calendars.</summary>
    public IReadOnlySet<string> HighLevelCalendars { get; init; } = new HashSet<string>();

    /// <summary>
    /// Contacts the location had before we came, each as a look at it shows it (<c>firstName</c>, <c>address1</c>, <c>tags</c>, <c>dnd</c>, ...). Without an
    /// <c>id</c> one is invented; without <c>dateAdded</c> they came ninety days ago.
    /// </summary>
    public IReadOnlyList<JsonObject> HighLevelContacts { get; init; } = [];

    /// <summary>Opportunities of these contacts: <c>contactId</c>, <c>status</c>, ...</summary>
    public IReadOnlyList<JsonObject> HighLevelOpportunities { get; init; } = [];

    /// <summary>Conversations the location had before we came: <c>contactId</c>, <c>lastMessageDate</c>, ...</summary>
    public IReadOnlyList<JsonObject> HighLevelConversations { get; init; } = [];

    /// <summary>How far the contact search is behind what was written.</summary>
    public TimeSpan HighLevelIndexLag { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The marketplace app that may fetch tokens; null: none, only the token above opens.</summary>
    public SandboxApp? HighLevelApp { get; init; }

    /// <summary>How long an app's access token lives.</summary>
    public int HighLevelTokenSeconds { get; set; } = 86_399;

    /// <summary>How many requests HighLevel announces for ten seconds of its clock; may change while it runs. A world that runs faster than the machine needs more.</summary>
    public int HighLevelRequestsPerTenSeconds { get; set; } = 100;

    /// <summary>How many requests HighLevel announces for a day.</summary>
    public int HighLevelRequestsPerDay { get; set; } = 200_000;

    /// <summary>What a 429 says in <c>Retry-After</c> once more was asked than announced, <c>""</c>: nothing; null: nobody is turned away.</summary>
    public string? HighLevelTurnsAway { get; set; }

    /// <summary>The contact search leaves <c>dndSettings</c> out, as it was seen to do.</summary>
    public bool HighLevelSearchHidesDnd { get; init; }

    /// <summary>The location's pipelines.</summary>
    public IReadOnlySet<string> HighLevelPipelines { get; init; } = new HashSet<string> { "sandboxPipeline" };

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
