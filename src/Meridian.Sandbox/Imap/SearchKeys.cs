using System.Globalization;
using Meridian.Sandbox.Smtp;

namespace Meridian.Sandbox.Imap;

/// <summary>RFC 3501 search keys, as many as a reader of replies asks for; all must match.</summary>
internal static class SearchKeys
{
    /// <exception cref="NotSupportedException">A key this server does not know.</exception>
    public static bool Match(IReadOnlyList<string> keys, MailFolder folder, int index)
    {
        var mail = folder.Mails[index];
        for (var i = 0; i < keys.Count; i++)
        {
            var key = keys[i];
            var holds = key.ToUpperInvariant() switch
            {
                "ALL" or "UNSEEN" => true,
                "UID" => ImapCommand.Holds(keys[++i], folder.UidOf(index), folder.NextUid - 1),
                "SINCE" => mail.At.UtcDateTime.Date >= Day(keys[++i]),
                "BEFORE" => mail.At.UtcDateTime.Date < Day(keys[++i]),
                "HEADER" => HeaderHolds(mail, keys[++i], keys[++i]),
                _ when key.StartsWith('(') => Match(ImapCommand.Words(key[1..^1]), folder, index),
                _ when char.IsDigit(key[0]) || key == "*" => ImapCommand.Holds(key, (uint)index + 1, (uint)folder.Mails.Count),
                _ => throw new NotSupportedException($"search key {key} is not known here"),
            };
            if (!holds) return false;
        }

        return true;
    }

    private static bool HeaderHolds(StoredMail mail, string name, string text) => MimePart.Parse(mail.Raw).Header(name)?.Contains(text, StringComparison.OrdinalIgnoreCase) ?? false;

    private static DateTime Day(string text) => DateTime.ParseExact(text, "d-MMM-yyyy", CultureInfo.InvariantCulture);
}
