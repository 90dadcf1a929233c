using System.Globalization;
using System.Text;
using System.Text.Json;
using MimeKit;

namespace Meridian.Adapters.Mail;

/// <summary>A message with where it lay, as one text: what the signal table keeps. Bytes that are no text travel as base64.</summary>
internal sealed record RawMail(string Mailbox, long UidValidity, long Uid, DateTimeOffset ArrivedAt, byte[] Message)
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public string ToJson()
    {
        var text = AsText(Message);
        return JsonSerializer.Serialize(new Form(Mailbox, UidValidity, Uid, ArrivedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), text, text is null ? Convert.ToBase64String(Message) : null));
    }

    /// <summary>Null for what was never written by <see cref="ToJson"/>.</summary>
    public static RawMail? Parse(string raw)
    {
        try
        {
            if (JsonSerializer.Deserialize<Form>(raw) is not { Mailbox: { } mailbox } form || (form.Text ?? form.Base64) is null) return null;
            var bytes = form.Text is { } text ? Encoding.UTF8.GetBytes(text) : Convert.FromBase64String(form.Base64!);
            return new(mailbox, form.UidValidity, form.Uid, DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(form.ArrivedMs, CultureInfo.InvariantCulture)), bytes);
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>Null when MimeKit can make nothing of it.</summary>
    public MimeMessage? Open()
    {
        try
        {
            using var stream = new MemoryStream(Message);
            return MimeMessage.Load(stream);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string? AsText(byte[] bytes)
    {
        try
        {
            var text = Strict.GetString(bytes);
            return text.Contains('\0') ? null : text; // PostgreSQL keeps no NUL in a text
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private sealed record Form(string? Mailbox, long UidValidity, long Uid, string ArrivedMs, string? Text, string? Base64);
}
