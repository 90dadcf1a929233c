using System.Globalization;
using System.Text;
using Meridian.Sandbox.Smtp;

namespace Meridian.Sandbox.Imap;

/// <summary>
/// One IMAP4rev1 connection: as much of RFC 3501 as a polite reader needs. A command holds an exchange open from its reading to its reply; an
/// idle connection holds none. A body leaves only after the log says that Meridian was told.
/// </summary>
internal sealed class ImapSession(SandboxOptions options, MailStore store, InboundMail inbound, Stream stream)
{
    private string Capabilities => $"IMAP4rev1 SASL-IR AUTH=PLAIN {(options.MailToken is null ? "" : "AUTH=XOAUTH2 ")}IDLE SPECIAL-USE";
    private readonly LineReader lines = new(stream);
    private string? mailbox;
    private string? selected;
    private int shown;

    public async Task RunAsync(CancellationToken ct)
    {
        using (options.BeginExchange()) await SayAsync($"* OK [CAPABILITY {Capabilities}] sandbox.invalid ready", ct);
        while (await lines.ReadAsync(ct) is { } line)
        {
            using var exchange = options.BeginExchange();
            var command = ImapCommand.Parse(await WithLiteralsAsync(line, ct));
            if (command.Verb == "LOGOUT")
            {
                await SayAsync($"* BYE sandbox.invalid closes\r\n{command.Tag} OK LOGOUT completed", ct);
                return;
            }

            if (command.Verb == "IDLE")
            {
                await SayAsync("+ idling", ct);
                exchange?.Dispose(); // the clock must not wait for a client that listens
                if (await lines.ReadAsync(ct) is null) return;
                using var done = options.BeginExchange();
                await SayAsync($"{News()}{command.Tag} OK IDLE completed", ct);
                continue;
            }

            await AnswerAsync(command, ct);
        }
    }

    private Task AnswerAsync(ImapCommand command, CancellationToken ct)
    {
        var tag = command.Tag;
        if (mailbox is null && command.Verb is not ("CAPABILITY" or "NOOP" or "LOGIN" or "AUTHENTICATE")) return SayAsync($"{tag} NO sign in first", ct);
        if (selected is null && command.Verb is "UID SEARCH" or "UID FETCH" or "SEARCH" or "FETCH" && selected is null) return SayAsync($"{tag} BAD no folder is selected", ct);
        return command.Verb switch
        {
            "CAPABILITY" => SayAsync($"* CAPABILITY {Capabilities}\r\n{tag} OK CAPABILITY completed", ct),
            "NOOP" or "CHECK" => SayAsync($"{News()}{tag} OK {command.Verb} completed", ct),
            "LOGIN" => SayAsync(SignIn(tag, command.Arguments is [var user, ..] ? user : "", command.Arguments is [_, var password, ..] ? password : ""), ct),
            "AUTHENTICATE" => AuthenticateAsync(command, ct),
            "LIST" or "XLIST" or "LSUB" => SayAsync(List(command), ct),
            "SELECT" or "EXAMINE" => SayAsync(Select(command), ct),
            "STATUS" => SayAsync(Status(command), ct),
            "CLOSE" or "UNSELECT" => SayAsync(Unselect(command), ct),
            "UID SEARCH" or "SEARCH" => SayAsync(Search(command), ct),
            "UID FETCH" or "FETCH" => FetchAsync(command, ct),
            _ => SayAsync($"{tag} BAD {command.Verb} is not known here", ct),
        };
    }

    private string SignIn(string tag, string user, string password)
    {
        if (options.MailPassword is { } right && password != right) return $"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials";
        if (!user.Contains('@')) return $"{tag} NO [AUTHENTICATIONFAILED] no such mailbox";
        mailbox = user.ToLowerInvariant();
        return $"{tag} OK [CAPABILITY {Capabilities}] signed in";
    }

    private async Task AuthenticateAsync(ImapCommand command, CancellationToken ct)
    {
        var byToken = options.MailToken is not null && command.Arguments is ["XOAUTH2", ..];
        if (!byToken && (command.Arguments is not [var mechanism, ..] || !mechanism.Equals("PLAIN", StringComparison.OrdinalIgnoreCase)))
        {
            await SayAsync($"{command.Tag} NO only PLAIN", ct);
            return;
        }

        var given = command.Arguments.Count > 1 ? command.Arguments[1] : null;
        if (given is null)
        {
            await SayAsync("+ ", ct);
            given = await lines.ReadAsync(ct) is { } line ? Encoding.ASCII.GetString(line) : "";
        }

        if (byToken)
        {
            var shown = Encoding.UTF8.GetString(TransferBase64.Decode(given)).Split('\u0001');
            var known = shown.Contains($"auth=Bearer {options.MailToken}");
            await SayAsync(known ? SignIn(command.Tag, shown[0]["user=".Length..], options.MailPassword ?? "") : $"{command.Tag} NO [AUTHENTICATIONFAILED] Invalid credentials", ct);
            return;
        }

        var parts = Encoding.UTF8.GetString(TransferBase64.Decode(given)).Split('\0');
        await SayAsync(SignIn(command.Tag, parts.Length > 1 ? parts[1] : "", parts.Length > 2 ? parts[2] : ""), ct);
    }

    private static string List(ImapCommand command)
    {
        var pattern = command.Arguments is [.., var last] && !last.StartsWith('(') ? last : "*";
        var listed = new StringBuilder();
        if (pattern.Length == 0) listed.Append("* LIST (\\Noselect) \"/\" \"\"\r\n");
        foreach (var (name, flags) in new[] { (MailStore.Inbox, "\\HasNoChildren"), (MailStore.Sent, "\\HasNoChildren \\Sent") })
        {
            if (command.Arguments is ["(SPECIAL-USE)", ..] && name == MailStore.Inbox) continue;
            if (pattern is "*" or "%" || pattern.Equals(name, StringComparison.OrdinalIgnoreCase)) listed.Append($"* {(command.Verb == "LSUB" ? "LSUB" : "LIST")} ({flags}) \"/\" {name}\r\n");
        }

        return $"{listed}{command.Tag} OK {command.Verb} completed";
    }

    private string Select(ImapCommand command)
    {
        selected = Folder(command);
        if (selected is null) return $"{command.Tag} NO [NONEXISTENT] no such folder";
        var folder = store.Open(mailbox!, selected);
        shown = folder.Mails.Count;
        return $"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* OK [PERMANENTFLAGS ()] none are kept\r\n* {shown} EXISTS\r\n* 0 RECENT\r\n"
            + $"* OK [UIDVALIDITY {folder.Validity}] as numbered\r\n* OK [UIDNEXT {folder.NextUid}] next\r\n{command.Tag} OK [{(command.Verb == "SELECT" ? "READ-WRITE" : "READ-ONLY")}] {command.Verb} completed";
    }

    private string Status(ImapCommand command)
    {
        if (Folder(command) is not { } name) return $"{command.Tag} NO [NONEXISTENT] no such folder";
        var folder = store.Open(mailbox!, name);
        return $"* STATUS {name} (MESSAGES {folder.Mails.Count} UIDNEXT {folder.NextUid} UIDVALIDITY {folder.Validity})\r\n{command.Tag} OK STATUS completed";
    }

    private string Unselect(ImapCommand command)
    {
        selected = null;
        return $"{command.Tag} OK {command.Verb} completed";
    }

    private string Search(ImapCommand command)
    {
        var folder = store.Open(mailbox!, selected!);
        var byUid = command.Verb == "UID SEARCH";
        var keys = command.Arguments.ToList();
        if (keys is ["CHARSET", _, ..]) keys.RemoveRange(0, 2);
        var found = new List<uint>();
        try
        {
            for (var i = 0; i < folder.Mails.Count; i++)
                if (SearchKeys.Match(keys, folder, i)) found.Add(byUid ? folder.UidOf(i) : (uint)i + 1);
        }
        catch (NotSupportedException unknown)
        {
            return $"{command.Tag} BAD {unknown.Message}";
        }

        return $"* SEARCH{string.Concat(found.Select(uid => $" {uid}"))}\r\n{News()}{command.Tag} OK {command.Verb} completed";
    }

    private async Task FetchAsync(ImapCommand command, CancellationToken ct)
    {
        var folder = store.Open(mailbox!, selected!);
        var byUid = command.Verb == "UID FETCH";
        if (command.Arguments is not [var set, var wanted, ..])
        {
            await SayAsync($"{command.Tag} BAD what of which?", ct);
            return;
        }

        var items = ImapCommand.Words(wanted.Trim('(', ')'));
        if (byUid && !items.Contains("UID", StringComparer.OrdinalIgnoreCase)) items.Insert(0, "UID");
        for (var i = 0; i < folder.Mails.Count; i++)
        {
            var number = byUid ? folder.UidOf(i) : (uint)i + 1;
            if (!ImapCommand.Holds(set, number, byUid ? folder.NextUid - 1 : (uint)folder.Mails.Count)) continue;
            await stream.WriteAsync(FetchReply.Of(folder.Mails[i], i + 1, folder.UidOf(i), items, inbound.Tell), ct);
        }

        await SayAsync($"{News()}{command.Tag} OK {command.Verb} completed", ct);
    }

    /// <summary>What came since the client last heard of the folder's size.</summary>
    private string News()
    {
        if (selected is null || store.Count(mailbox!, selected) is var now && now == shown) return "";
        shown = now;
        return $"* {shown} EXISTS\r\n";
    }

    private static string? Folder(ImapCommand command) => command.Arguments is not [var name, ..] ? null
        : name.Equals(MailStore.Inbox, StringComparison.OrdinalIgnoreCase) ? MailStore.Inbox
        : name.Equals(MailStore.Sent, StringComparison.OrdinalIgnoreCase) ? MailStore.Sent : null;

    /// <summary>A word may come as a literal: its length in braces, then itself on the next line.</summary>
    private async Task<string> WithLiteralsAsync(byte[] line, CancellationToken ct)
    {
        var text = Encoding.UTF8.GetString(line);
        while (text.EndsWith('}') && text.LastIndexOf('{') is >= 0 and var open && uint.TryParse(text[(open + 1)..^1].TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            if (!text.EndsWith("+}", StringComparison.Ordinal)) await SayAsync("+ go ahead", ct);
            text = text[..open] + (await lines.ReadAsync(ct) is { } rest ? Encoding.UTF8.GetString(rest) : "");
        }

        return text;
    }

    private async Task SayAsync(string reply, CancellationToken ct)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(reply + "\r\n"), ct);
        await stream.FlushAsync(ct);
    }
}
