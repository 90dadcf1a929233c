using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Meridian.Tests.Ledger;
using Xunit;

namespace Meridian.Tests.Post;

/// <summary>
/// Postfix, Dovecot and OpenDKIM as they come from the distribution, in a folder of their own, on loopback: our mailbox ana@growth.example, a person
/// dana@people.example, and a domain whose server refuses everybody, so that Postfix writes the bounce. Ended by what started them.
/// </summary>
internal sealed class RealMail : IAsyncDisposable
{
    public const string Password = "right";
    private readonly string folder = Directory.CreateTempSubdirectory("meridian-mail-").FullName;
    private readonly TcpListener refusing = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private Process? milter;

    private RealMail()
    {
    }

    public int SmtpPort { get; private set; }

    public int ImapPort { get; private set; }

    public string KeyFile => Path.Combine(folder, "key.pem");

    public static async Task<RealMail> StartAsync()
    {
        foreach (var (program, package) in new[] { ("/usr/sbin/postfix", "postfix"), ("/usr/sbin/dovecot", "dovecot-imapd"), ("/usr/sbin/opendkim", "opendkim") })
            if (!File.Exists(program)) throw new InvalidOperationException($"{program} is missing: run ./check, or apt-get install {package}");
        var mail = new RealMail();
        try
        {
            await mail.OpenAsync();
            return mail;
        }
        catch
        {
            await mail.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        refusing.Stop();
        Run("/usr/sbin/postfix", ["-c", $"{folder}/postfix", "stop"], mayFail: true);
        Run("/usr/bin/doveadm", ["-c", $"{folder}/dovecot.conf", "stop"], mayFail: true);
        if (milter is { HasExited: false }) milter.Kill();
        Run("/bin/rm", ["-rf", folder], mayFail: true);
    }

    private async Task OpenAsync()
    {
        (SmtpPort, ImapPort) = (ServerPort.Free(), ServerPort.Free());
        var milterPort = ServerPort.Free();
        refusing.Start();
        _ = RefuseAsync();
        foreach (var name in new[] { "postfix", "spool", "data", "mail" }) Directory.CreateDirectory(Path.Combine(folder, name));
        using (var key = RSA.Create(2048))
        {
            File.WriteAllText(KeyFile, key.ExportRSAPrivateKeyPem());
            File.WriteAllText(Path.Combine(folder, "keys"), $"s1._domainkey.growth.example v=DKIM1; k=rsa; p={Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}\n");
        }

        File.WriteAllText(Path.Combine(folder, "nobody"), "192.0.2.1\n");
        File.WriteAllText(Path.Combine(folder, "opendkim.conf"), $"""
            Mode v
            Socket inet:{milterPort}@127.0.0.1
            TestPublicKeys {folder}/keys
            AlwaysAddARHeader yes
            AuthservID mx.people.example
            Syslog no
            Background no
            UserID opendkim
            InternalHosts {folder}/nobody
            """ + "\n");
        File.WriteAllText(Path.Combine(folder, "postfix", "main.cf"), $"""
            compatibility_level = 3.6
            queue_directory = {folder}/spool
            data_directory = {folder}/data
            maillog_file = {folder}/maillog
            maillog_file_prefixes = {folder}
            myhostname = mx.growth.example
            mydestination =
            mynetworks = 127.0.0.0/8
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            alias_maps =
            local_recipient_maps =
            virtual_mailbox_domains = growth.example people.example
            virtual_mailbox_base = {folder}/mail
            virtual_mailbox_maps = texthash:{folder}/postfix/boxes
            virtual_uid_maps = static:65534
            virtual_gid_maps = static:65534
            virtual_minimum_uid = 100
            transport_maps = texthash:{folder}/postfix/transport
            smtpd_milters = inet:127.0.0.1:{milterPort}
            milter_default_action = tempfail
            smtpd_recipient_restrictions = permit_mynetworks, reject
            smtpd_tls_security_level = none
            smtp_tls_security_level = none
            """ + "\n");
        File.WriteAllText(Path.Combine(folder, "postfix", "boxes"), "ana@growth.example growth.example/ana/\ndana@people.example people.example/dana/\n");
        File.WriteAllText(Path.Combine(folder, "postfix", "transport"), $"gone.example smtp:[127.0.0.1]:{((IPEndPoint)refusing.LocalEndpoint).Port}\n");
        File.WriteAllText(Path.Combine(folder, "postfix", "master.cf"), $"""
            {SmtpPort} inet n - n - - smtpd
            postlog unix-dgram n - n - 1 postlogd
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            verify unix - - n - 1 verify
            proxymap unix - - n - - proxymap
            smtp unix - - n - - smtp
            error unix - - n - - error
            retry unix - - n - - error
            discard unix - - n - - discard
            virtual unix - n n - - virtual
            anvil unix - - n - 1 anvil
            tlsmgr unix - - n 1000? 1 tlsmgr
            """ + "\n");
        File.WriteAllText(Path.Combine(folder, "dovecot.conf"), $$"""
            protocols = imap
            listen = 127.0.0.1
            base_dir = {{folder}}/dovecot
            state_dir = {{folder}}/dovecot-state
            log_path = {{folder}}/dovecot.log
            ssl = no
            disable_plaintext_auth = no
            mail_location = maildir:{{folder}}/mail/%d/%n
            namespace inbox {
              inbox = yes
              mailbox "Not wanted" {
                special_use = \Junk
                auto = create
              }
            }
            passdb {
              driver = static
              args = password={{Password}}
            }
            userdb {
              driver = static
              args = uid=65534 gid=65534 home={{folder}}/mail/%d/%n
            }
            first_valid_uid = 100
            first_valid_gid = 100
            service imap-login {
              inet_listener imap {
                port = {{ImapPort}}
              }
              inet_listener imaps {
                port = 0
              }
            }
            service stats {
              chroot =
            }
            """ + "\n");
        Run("/bin/chmod", ["755", folder]);
        Run("/bin/chown", ["-R", "nobody:nogroup", $"{folder}/mail"]);
        Run("/bin/chown", ["postfix", $"{folder}/data"]);
        milter = Start("/usr/sbin/opendkim", ["-x", $"{folder}/opendkim.conf", "-f"]);
        await OpensAsync(milterPort);
        Run("/usr/sbin/postfix", ["-c", $"{folder}/postfix", "start"]);
        Run("/usr/sbin/dovecot", ["-c", $"{folder}/dovecot.conf"]);
        await OpensAsync(SmtpPort);
        await OpensAsync(ImapPort);
    }

    /// <summary>The mail server of gone.example: it has nobody.</summary>
    private async Task RefuseAsync()
    {
        try
        {
            while (true)
            {
                using var client = await refusing.AcceptTcpClientAsync(closing.Token);
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream);
                await using var writer = new StreamWriter(stream) { NewLine = "\r\n", AutoFlush = true };
                await writer.WriteLineAsync("220 mx.gone.example ESMTP");
                while (await reader.ReadLineAsync(closing.Token) is { } line)
                {
                    var verb = line.Split(' ', ':')[0].ToUpperInvariant();
                    await writer.WriteLineAsync(verb switch { "RCPT" => "550 5.1.1 The email account that you tried to reach does not exist", "QUIT" => "221 2.0.0 bye", "DATA" => "554 5.5.1 no valid recipients", _ => "250 2.0.0 ok" });
                    if (verb == "QUIT") break;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task OpensAsync(int port)
    {
        for (var i = 0; i < 2400; i++)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        throw new InvalidOperationException($"nothing listens at {port}");
    }

    private static Process Start(string program, string[] arguments)
    {
        var root = Environment.UserName == "root";
        return Process.Start(root ? new ProcessStartInfo(program, arguments) : new ProcessStartInfo("sudo", ["-n", program, .. arguments]))!;
    }

    private static void Run(string program, string[] arguments, bool mayFail = false)
    {
        using var process = Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0 && !mayFail) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
