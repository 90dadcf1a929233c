using System.Globalization;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Http;
using Meridian.Adapters.Mail;
using Meridian.Domain.Leads;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Host.Composition;

/// <summary>A mailbox we write from: how it is reached, and how much it may send.</summary>
public sealed class MailboxSettings
{
    public string Address { get; set; } = "";

    /// <summary>The name people see; empty: the seller's.</summary>
    public string? Name { get; set; }

    public string Host { get; set; } = "";

    public int Port { get; set; } = 587;

    public string? User { get; set; }

    public string? Password { get; set; }

    public MailSecurity Security { get; set; } = MailSecurity.StartTls;

    /// <summary>Most e-mails a day once warm.</summary>
    public int DailyCap { get; set; } = 40;

    /// <summary>The day this mailbox began to send, <c>2026-11-23</c>: it starts at 10 a day and is warm after four weeks. Absent: it is warm.</summary>
    public string? WarmSince { get; set; }

    /// <summary>Where its replies are read (<c>host</c>, <c>port</c>, <c>security</c>, <c>user</c>, <c>password</c>); absent: nobody listens. User and password are the sending ones unless given.</summary>
    public ImapOptions? Imap { get; set; }

    /// <summary>The name under which this mailbox' server signs (DKIM), for the check of its domain; absent: its key is not looked for.</summary>
    public string? DkimSelector { get; set; }

    /// <summary>Signs with a key of ours (<c>selector</c>, <c>keyFile</c>); absent: the mailbox' server signs.</summary>
    public DkimOptions? Dkim { get; set; }

    /// <summary>Signs in with tokens (<c>provider</c>, <c>clientId</c>, <c>clientSecret</c>, <c>refreshToken</c>; for an application of Microsoft's <c>tenant</c> in its place) instead of a password.</summary>
    public MailOAuthOptions? OAuth { get; set; }

    /// <summary><c>smtp</c>, or over HTTPS where the host blocks mail ports: <c>gmail</c>, <c>graph</c> (both with <c>oauth</c>), <c>mailgun</c> (with <c>apiKey</c>), <c>highlevel</c>.</summary>
    public MailVia Via { get; set; } = MailVia.Smtp;

    /// <summary>Where that way answers; absent: the vendor's address. Mailgun's European accounts: <c>https://api.eu.mailgun.net</c>.</summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>Mailgun's key.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The domain as Mailgun knows it; absent: that of the address.</summary>
    public string? Domain { get; set; }

    /// <summary>Needed for <c>via: highlevel</c>, which cannot set the headers cold e-mail lives by.</summary>
    public bool AcceptsMissingHeaders { get; set; }

    public IEnumerable<string> Problems(HighLevelOptions? highLevel = null) =>
        Transport(null, highLevel).Problems().Concat(OAuth?.Problems(Address) ?? []).Concat(Caps.Problems($"mailbox {Address}", DailyCap, 500, WarmSince));

    /// <summary>The host its letters are handed to.</summary>
    public string SendsTo(HighLevelOptions? highLevel) => Via switch
    {
        MailVia.Smtp => Host,
        MailVia.HighLevel => highLevel?.BaseUrl.Host ?? "",
        _ => BaseUrl?.Host ?? Via.ToString(),
    };

    /// <param name="tokensIn">The folder that keeps refresh tokens which came back new; null: they are not kept.</param>
    public MailboxOptions Transport(string? tokensIn, HighLevelOptions? highLevel)
    {
        var tokens = OAuth is null ? null : new MailTokens(ProviderHttp.Create(TimeSpan.FromSeconds(10)), OAuth, tokensIn is null ? null : Path.Combine(tokensIn, $"{Address.Trim().ToLowerInvariant()}.json"), TimeProvider.System);
        return new()
        {
            Address = Address, Host = Host, Port = Port, User = User, Password = Password, Security = Security, Imap = Ears(tokens), Dkim = Dkim, Tokens = tokens,
            Via = Via, BaseUrl = BaseUrl, ApiKey = ApiKey, Domain = Domain, AcceptsMissingHeaders = AcceptsMissingHeaders, HighLevel = highLevel,
        };
    }

    private ImapOptions? Ears(MailTokens? tokens) => Imap is null ? null : new ImapOptions
    {
        Tokens = tokens,
        TokenScope = Via == MailVia.Graph && !OAuth!.IsApplication ? "https://outlook.office.com/IMAP.AccessAsUser.All offline_access" : null,
        Host = Imap.Host,
        Port = Imap.Port,
        Security = Imap.Security,
        User = Imap.User ?? User,
        Password = Imap.Password ?? Password,
        ConnectTimeoutSeconds = Imap.ConnectTimeoutSeconds,
        CommandTimeoutSeconds = Imap.CommandTimeoutSeconds,
        ChecksRevocation = Imap.ChecksRevocation,
    };
}

/// <summary>A number we call from.</summary>
public sealed class CallerIdSettings
{
    /// <summary>Vapi's id of the number.</summary>
    public string PhoneNumberId { get; set; } = "";

    /// <summary>E.164.</summary>
    public string Number { get; set; } = "";

    public int DailyCap { get; set; } = 75;

    public IEnumerable<string> Problems()
    {
        if (PhoneNumberId.Length == 0) yield return $"callerIds: {Number} has no phoneNumberId; copy it from the number's page at Vapi";
        foreach (var p in Caps.Number("callerIds", Number).Concat(Caps.Problems($"caller ID {Number}", DailyCap, 300, null))) yield return p;
    }
}

/// <summary>A number we text from.</summary>
public sealed class TextNumberSettings
{
    /// <summary>E.164.</summary>
    public string Number { get; set; } = "";

    public int DailyCap { get; set; } = 100;

    /// <summary><c>api</c>, or <c>workflow</c>: a workflow of yours texts, begun by its inbound-webhook trigger.</summary>
    public TextVia Via { get; set; } = TextVia.Api;

    /// <summary>The trigger's address, a secret; only for <c>via: workflow</c>.</summary>
    public Uri? TriggerUrl { get; set; }

    public IEnumerable<string> Problems() => Caps.Number("textNumbers", Number).Concat(Caps.Problems($"text number {Number}", DailyCap, 2000, null)).Concat(TriggerProblems());

    private IEnumerable<string> TriggerProblems()
    {
        if (Via == TextVia.Api && TriggerUrl is not null) yield return $"text number {Number}: triggerUrl is set but via is api; set via to workflow, or take triggerUrl out";
        if (Via == TextVia.Workflow && TriggerUrl is null) yield return $"text number {Number}: via workflow needs triggerUrl; copy the address of the workflow's inbound-webhook trigger";
        if (TriggerUrl is { } url && (!url.IsAbsoluteUri || (url.Scheme != "https" && !url.IsLoopback))) yield return $"text number {Number}: triggerUrl is not an https address; copy it from the workflow's inbound-webhook trigger";
    }
}

/// <summary>What the one campaign of this install does.</summary>
public sealed class CampaignSettings
{
    /// <summary><c>sop</c> (call, e-mail, text) or <c>email-first</c>.</summary>
    public string Sequence { get; set; } = "sop";

    /// <summary>Most touches a day, all channels.</summary>
    public int DailyCap { get; set; } = 1000;

    public IEnumerable<string> Problems()
    {
        if (Sequence is not ("sop" or "email-first")) yield return $"campaign.sequence is '{Sequence}': use sop or email-first";
        if (DailyCap is < 0 or > 100_000) yield return $"campaign.dailyCap is {DailyCap}: give 0 to 100000";
    }
}

/// <summary>A clock that shows <see cref="World"/> when the machine shows <see cref="Machine"/>, and runs <see cref="Speed"/> times as fast.</summary>
public sealed class PracticeSettings
{
    public DateTimeOffset Machine { get; set; }

    public DateTimeOffset World { get; set; }

    public double Speed { get; set; } = 1;
}

/// <summary>What every sender's settings must keep.</summary>
internal static class Caps
{
    public static IEnumerable<string> Problems(string what, int dailyCap, int most, string? warmSince)
    {
        if (dailyCap < 0 || dailyCap > most) yield return $"{what}: dailyCap is {dailyCap}; give 0 to {most.ToString(CultureInfo.InvariantCulture)}";
        if (warmSince is not null && Day(warmSince) is null) yield return $"{what}: warmSince is '{warmSince}'; give a day such as 2026-11-23";
    }

    public static IEnumerable<string> Number(string where, string number)
    {
        if (!PhoneNumber.TryParse(number, out var phone, out var why)) yield return $"{where}: '{number}' is not a US number: {why}";
        else if (phone.E164 != number) yield return $"{where}: write '{number}' as {phone.E164}";
    }

    public static LocalDate? Day(string? text) => text is not null && LocalDatePattern.Iso.Parse(text) is { Success: true } ok ? ok.Value : null;
}
