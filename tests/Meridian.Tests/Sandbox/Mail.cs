using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Meridian.Tests.Sandbox;

/// <summary>A mail client that keeps its connection, as the engine's does.</summary>
internal sealed class Mail : IDisposable
{
    private readonly SmtpClient client = new();

    public static async Task<Mail> ConnectAsync(World world)
    {
        var mail = new Mail();
        await mail.client.ConnectAsync("127.0.0.1", world.Outside.SmtpPort, SecureSocketOptions.None);
        return mail;
    }

    public async Task<SmtpStatusCode?> TrySendAsync(string to, string touch, string subject, string body, string? html = null)
    {
        using var message = new MimeMessage { Subject = subject, MessageId = $"{touch}@mail.example.com" };
        message.From.Add(new MailboxAddress("Grüße, Example", "Sales@Example.com"));
        message.To.Add(MailboxAddress.Parse(to));
        message.Body = new BodyBuilder { TextBody = body, HtmlBody = html }.ToMessageBody();
        try
        {
            await client.SendAsync(message);
            return null;
        }
        catch (SmtpCommandException refused)
        {
            return refused.StatusCode;
        }
    }

    public void Dispose() => client.Dispose();
}
