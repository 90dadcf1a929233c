using System.Text;
using System.Text.RegularExpressions;
using Meridian.Sandbox.Scripts;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Smtp;

/// <summary>
/// One SMTP connection, RFC 5321 without extensions but 8BITMIME and SIZE. A command holds an exchange open from its reading to its reply;
/// a mail transaction holds one from MAIL to the reply that ends it. An idle connection between messages holds none.
/// </summary>
internal sealed partial class SmtpSession(SandboxOptions options, Troubles troubles, PostRoom postRoom, Stream stream)
{
    private const int LongestMessage = 26_214_400;
    private readonly LineReader lines = new(stream);
    private readonly List<string> recipients = [];
    private bool greeted;
    private bool signedIn;
    private string? sender;
    private Mishap mishap;
    private IDisposable? transaction;

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            using (options.BeginExchange())
            {
                if (await InsteadAsync(Scripted("CONNECT"), ct)) return;
                await ReplyAsync("220 sandbox.invalid ESMTP", ct);
            }

            while (await lines.ReadAsync(ct) is { } line)
            {
                using var exchange = options.BeginExchange();
                var command = Encoding.UTF8.GetString(line);
                if (command.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
                {
                    await ReplyAsync("221 2.0.0 Bye", ct);
                    return;
                }
                await AnswerAsync(command, ct);
            }
        }
        finally
        {
            Forget();
        }
    }

    private async Task AnswerAsync(string command, CancellationToken ct)
    {
        var verb = command.Split(' ', 2)[0].ToUpperInvariant();
        var scripted = verb is "EHLO" or "AUTH" or "MAIL" or "RCPT" or "DATA" ? Scripted(verb, Path().Match(command).Groups[1].Value) : null;
        if (verb == "RCPT") troubles.Record.Asked("mail", verb, null, Path().Match(command).Groups[1].Value.ToLowerInvariant(), null, scripted);
        if (await InsteadAsync(scripted, ct))
        {
            if (verb is "RCPT" or "DATA") Release();
            return;
        }

        switch (verb)
        {
            case "EHLO":
                greeted = true;
                await ReplyAsync($"250-sandbox.invalid\r\n250-8BITMIME\r\n{(options.MailPassword is null && options.MailToken is null ? "" : $"250-AUTH{(options.MailPassword is null ? "" : " PLAIN")}{(options.MailToken is null ? "" : " XOAUTH2")}\r\n")}250 SIZE {LongestMessage}", ct);
                Forget();
                break;
            case "HELO":
                greeted = true;
                await ReplyAsync("250 sandbox.invalid", ct);
                Forget();
                break;
            case "AUTH":
                await ReplyAsync(await SignInAsync(command, ct), ct);
                break;
            case "MAIL":
                await ReplyAsync(Mail(command), ct);
                break;
            case "RCPT":
                mishap = troubles.Mishaps.Of($"{sender} {command}");
                if (mishap is Mishap.Down) await ReplyAsync("421 4.3.2 Service not available, closing transmission channel", ct);
                if (mishap is Mishap.Down or Mishap.CutBefore) throw new IOException("the sandbox ends the connection");
                await ReplyAsync(mishap is Mishap.Busy ? "451 4.7.1 Too many messages, try again later" : Recipient(command), ct);
                // A client may go away quietly after its only recipient was refused; the clock must not wait for it.
                if (recipients.Count == 0) Release();
                break;
            case "DATA":
                await DataAsync(ct);
                break;
            case "RSET":
                await ReplyAsync("250 2.0.0 Ok", ct);
                Forget();
                break;
            case "NOOP":
                await ReplyAsync("250 2.0.0 Ok", ct);
                break;
            case "VRFY":
                await ReplyAsync("252 2.1.5 Send some mail, I will try my best", ct);
                break;
            default:
                await ReplyAsync("500 5.5.2 Command not recognized", ct);
                break;
        }
    }

    private async Task<string> SignInAsync(string command, CancellationToken ct)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (options.MailPassword is null && options.MailToken is null) return "503 5.5.1 AUTH not available";
        var byToken = words.Length > 1 && words[1].Equals("XOAUTH2", StringComparison.OrdinalIgnoreCase) && options.MailToken is not null;
        if (!byToken && (words.Length < 2 || !words[1].Equals("PLAIN", StringComparison.OrdinalIgnoreCase))) return "504 5.5.4 Unrecognized authentication type";
        var given = words.Length > 2 ? words[2] : "";
        if (given.Length == 0)
        {
            await ReplyAsync("334 ", ct);
            given = await lines.ReadAsync(ct) is { } line ? Encoding.ASCII.GetString(line) : "";
        }

        var shown = Encoding.UTF8.GetString(TransferBase64.Decode(given));
        signedIn = byToken ? shown.Contains($"auth=Bearer {options.MailToken}\u0001", StringComparison.Ordinal) : shown.Split('\0') is [_, _, var password] && password == options.MailPassword;
        return signedIn ? "235 2.7.0 Authentication successful" : "535 5.7.8 Username and Password not accepted";
    }

    private string Mail(string command)
    {
        if ((options.MailPassword is not null || options.MailToken is not null) && !signedIn) return "530 5.7.0 Authentication required";
        if (!greeted) return "503 5.5.1 Say EHLO first";
        if (sender is not null) return "503 5.5.1 Nested MAIL command";
        if (Path().Match(command) is not { Success: true } match || !command.StartsWith("MAIL FROM:", StringComparison.OrdinalIgnoreCase)) return "501 5.5.4 Syntax: MAIL FROM:<address>";
        if (Size().Match(command) is { Success: true } size && (!long.TryParse(size.Groups[1].Value, out var bytes) || bytes > LongestMessage)) return "552 5.3.4 Message too big";
        sender = match.Groups[1].Value.ToLowerInvariant();
        transaction = options.BeginExchange();
        return "250 2.1.0 Ok";
    }

    private string Recipient(string command)
    {
        if (sender is null) return "503 5.5.1 Need MAIL before RCPT";
        if (!command.StartsWith("RCPT TO:", StringComparison.OrdinalIgnoreCase) || Path().Match(command) is not { Success: true } match || match.Groups[1].Length == 0)
            return "501 5.5.4 Syntax: RCPT TO:<address>";
        var address = match.Groups[1].Value.ToLowerInvariant();
        if (!postRoom.Takes(address, sender)) return $"550 5.1.1 <{address}>: user unknown";
        transaction ??= options.BeginExchange();
        recipients.Add(address);
        return "250 2.1.5 Ok";
    }

    private async Task DataAsync(CancellationToken ct)
    {
        if (recipients.Count == 0)
        {
            await ReplyAsync(sender is null ? "503 5.5.1 Need MAIL before DATA" : "554 5.5.1 No valid recipients", ct);
            return;
        }
        await ReplyAsync("354 End data with <CR><LF>.<CR><LF>", ct);
        using var message = new MemoryStream();
        var tooBig = false;
        while (true)
        {
            // The connection broke before the dot: there was no message.
            if (await lines.ReadAsync(ct) is not { } line) return;
            if (line is [(byte)'.']) break;
            var from = line is [(byte)'.', ..] ? 1 : 0;
            tooBig |= message.Length + line.Length > LongestMessage;
            if (tooBig) continue;
            message.Write(line.AsSpan(from));
            message.Write("\r\n"u8);
        }
        var handed = MailMessage.Parse(message.ToArray());
        var scripted = Scripted("END", recipients[0]);
        foreach (var to in recipients) troubles.Record.Asked("mail", "END", TouchId.In(handed.MessageId?.Split('@')[0]), to, null, scripted);
        if (scripted is not null)
        {
            await EndAsync(scripted, message.ToArray(), ct);
            return;
        }

        if (mishap is Mishap.FailedAfter)
        {
            await ReplyAsync("451 4.3.0 Error: queue file write error", ct);
            Forget();
            return;
        }

        if (mishap is Mishap.CutAfter or Mishap.Garbled && !tooBig)
        {
            postRoom.Deliver(sender ?? "", recipients, message.ToArray());
            throw new IOException("the sandbox ends the connection");
        }

        await ReplyAsync(tooBig ? "552 5.3.4 Message too big" : $"250 2.0.0 Ok: queued as {postRoom.Deliver(sender ?? "", recipients, message.ToArray())}", ct);
        Forget();
    }

    private Happening? Scripted(string verb, string address = "") => troubles.Script.Of("mail", $"{verb} {address.ToLowerInvariant()}".TrimEnd());

    /// <summary>True: a script has answered in the server's place.</summary>
    private async Task<bool> InsteadAsync(Happening? scripted, CancellationToken ct)
    {
        if (scripted is null) return false;
        if (scripted.WaitsBefore + scripted.WaitsAfter is var wait && wait > TimeSpan.Zero) await options.Wait(wait);
        if (scripted.Reply is { } reply) await ReplyAsync(reply, ct);
        if (scripted.Cut || scripted.Reply?.StartsWith("421", StringComparison.Ordinal) == true) throw new IOException("the sandbox ends the connection");
        return scripted.Reply is not null;
    }

    /// <summary>The whole message is here; what becomes of it, and what the client hears.</summary>
    private async Task EndAsync(Happening scripted, byte[] message, CancellationToken ct)
    {
        if (scripted.WaitsBefore > TimeSpan.Zero) await options.Wait(scripted.WaitsBefore);
        var queued = scripted.Done ? postRoom.Deliver(sender ?? "", recipients, message, !scripted.NoCopy) : null;
        if (scripted.WaitsAfter > TimeSpan.Zero) await options.Wait(scripted.WaitsAfter);
        if (scripted.Cut) throw new IOException("the sandbox ends the connection");
        await ReplyAsync(scripted.Reply ?? $"250 2.0.0 Ok: queued as {queued}", ct);
        if (scripted.Reply?.StartsWith("421", StringComparison.Ordinal) == true) throw new IOException("the sandbox ends the connection");
        Forget();
    }

    private async Task ReplyAsync(string reply, CancellationToken ct)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(reply + "\r\n"), ct);
        await stream.FlushAsync(ct);
    }

    private void Forget()
    {
        (sender, mishap) = (null, Mishap.None);
        recipients.Clear();
        Release();
    }

    private void Release()
    {
        transaction?.Dispose();
        transaction = null;
    }

    [GeneratedRegex(@":\s*<([^<>\s]*)>", RegexOptions.CultureInvariant)]
    private static partial Regex Path();

    [GeneratedRegex(@"\bSIZE=([0-9]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Size();
}
