using System.Globalization;
using System.Text;
using Meridian.Sandbox.Scripts;
using Meridian.Sandbox.Smtp;

namespace Meridian.Sandbox.Imap;

/// <summary>
/// One IMAP4rev1 connection: as much of RFC 3501 as a polite reader needs. A command holds an exchange open from its reading to its reply; an
/// idle connection holds none. A body leaves only after the log says that Meridian was told.
/// </summary>
internal sealed class ImapSession(SandboxOptions options, Troubles troubles, MailStore store, InboundMail inbound, Stream stream)
{
    private string Capabilities => $"IMAP4rev1 SASL-IR AUTH=PLAIN {(options.MailToken is null ? "" : "AUTH=XOAUTH2 ")}IDLE SPECIAL-USE";
    private readonly LineReader lines = new(stream);
    private string? mailbox;
    private string? selected;
    private int shown;

    private Stream? held;

    /// <summary>Where replies go: to the client, or first into our hands.</summary>
    private Stream Output => held ?? stream;

    public async Task RunAsync(CancellationToken ct)
    {
        using (options.BeginExchange())
        {
            if (await InsteadAsync(Scripted("CONNECT", ""), "*", ct)) return;
            await SayAsync($"* OK [CAPABILITY {Capabilities}] sandbox.invalid ready", ct);
        }

        while (await lines.ReadAsync(ct) is { } line)
        {
            using var exchange = options.BeginExchange();
            var command = ImapCommand.Parse(await WithLiteralsAsync(line, ct));
            if (command.Verb == "LOGOUT")
            {
                await SayAsync($"* BYE sandbox.invalid closes\r\n{command.Tag} OK LOGOUT completed", ct);
                return;
            }

            var scripted = Scripted(Verb(command.Verb), mailbox ?? User(command));
            if (await InsteadAsync(scripted, command.Tag, ct)) continue;
            if (command.Verb == "IDLE")
            {
                await SayAsync("+ idling", ct);
                exchange?.Dispose(); // the clock must not wait for a client that listens
                if (await lines.ReadAsync(ct) is null) return;
                using var done = options.BeginExchange();
                await SayAsync($"{News()}{command.Tag} OK IDLE completed", ct);
                continue;
            }

            if (scripted is null) await AnswerAsync(command, ct);
            else await AnswerBadlyAsync(command, scripted, ct);
        }
    }

    private Happening? Scripted(string verb, string address) => troubles.Script.Of("imap", $"{verb} {address}".TrimEnd());

    /// <summary>True: a script has answered in the server's place.</summary>
    private async Task<bool> InsteadAsync(Happening? scripted, string tag, CancellationToken ct)
    {
        if (scripted is null or { Done: true }) return false;
        if (scripted.Cut) throw new IOException("the sandbox ends the connection");
        var isBye = scripted.Reply!.StartsWith("BYE", StringComparison.Ordinal);
        // A greeting has no tag: a server that will not serve says goodbye.
        await SayAsync(tag == "*" && !isBye ? $"* BYE {scripted.Reply}" : $"{(isBye ? "*" : tag)} {scripted.Reply}", ct);
        if (isBye || tag == "*") throw new IOException("the sandbox ends the connection");
        return true;
    }

    /// <summary>It is done, late, or not heard to its end. What is broken off tells nobody anything.</summary>
    private async Task AnswerBadlyAsync(ImapCommand command, Happening scripted, CancellationToken ct)
    {
        if (scripted.WaitsBefore > TimeSpan.Zero) await options.Wait(scripted.WaitsBefore);
        if (scripted.Renumbers && mailbox is not null) store.Renumber(mailbox);
        using var reply = new MemoryStream();
        held = reply;
        await AnswerAsync(command, ct, tells: !scripted.CutShort);
        held = null;
        if (scripted.WaitsAfter > TimeSpan.Zero) await options.Wait(scripted.WaitsAfter);
        await stream.WriteAsync(reply.ToArray().AsMemory(0, (int)(scripted.CutShort ? reply.Length / 2 : reply.Length)), ct);
        await stream.FlushAsync(ct);
        if (scripted.CutShort) throw new IOException("the sandbox ends the connection");
    }

    /// <summary>How a script calls it.</summary>
    private static string Verb(string verb) => verb switch
    {
        "AUTHENTICATE" => "LOGIN",
        "XLIST" or "LSUB" => "LIST",
        "EXAMINE" => "SELECT",
        "UID SEARCH" => "SEARCH",
        "UID FETCH" => "FETCH",
        "CHECK" => "NOOP",
        _ => verb,
    };

    /// <summary>Who is signing in, as far as the command itself says it.</summary>
    private static string User(ImapCommand command) => (command.Verb, command.Arguments) switch
    {
        ("LOGIN", [var user, ..]) => user.ToLowerInvariant(),
        ("AUTHENTICATE", ["PLAIN", var given, ..]) => Encoding.UTF8.GetString(TransferBase64.Decode(given)).Split('\0').ElementAtOrDefault(1)?.ToLowerInvariant() ?? "",
        ("AUTHENTICATE", ["XOAUTH2", var given, ..]) => Encoding.UTF8.GetString(TransferBase64.Decode(given)).Split('\u0001')[0]["user=".Length..].ToLowerInvariant(),
        _ => "",
    };

    private Task AnswerAsync(ImapCommand command, CancellationToken ct, bool tells = true)
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
            "UID FETCH" or "FETCH" => FetchAsync(command, tells, ct),
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
        foreach (var (name, flags) in new[] { (MailStore.Inbox, "\\HasNoChildren"), (MailStore.Sent, "\\HasNoChildren \\Sent"), (MailStore.Junk, "\\HasNoChildren \\Junk") })
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

    private async Task FetchAsync(ImapCommand command, bool tells, CancellationToken ct)
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
            await Output.WriteAsync(FetchReply.Of(folder.Mails[i], i + 1, folder.UidOf(i), items, tells ? inbound.Tell : static _ => { }), ct);
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
        : name.Equals(MailStore.Sent, StringComparison.OrdinalIgnoreCase) ? MailStore.Sent
        : name.Equals(MailStore.Junk, StringComparison.OrdinalIgnoreCase) ? MailStore.Junk : null;

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
        await Output.WriteAsync(Encoding.UTF8.GetBytes(reply + "\r\n"), ct);
        await Output.FlushAsync(ct);
    }
}
