using Meridian.Adapters.Mail;

namespace Meridian.Host.Composition;

/// <summary>
/// Mailboxes whose letters say "Reply STOP" while nobody reads the replies. Not an error, for somebody may read them by hand; but whoever runs it must
/// hear of it. Mail that goes to this machine only is practice.
/// </summary>
internal static class UnheardReplies
{
    /// <summary>Null: every mailbox is listened to.</summary>
    public static string? Of(MeridianSettings settings)
    {
        var deaf = settings.Mailboxes.Where(m => m.Imap is null && m.Via != MailVia.HighLevel && !MeridianSettings.IsHere(m.SendsTo(settings.HighLevel))).Select(m => m.Address).ToList();
        if (deaf.Count == 0) return null;
        var link = settings.Owner?.PublicUrl is { Length: > 0 } ? "only the link in each letter opts anybody out" : "and without owner.publicUrl there is no opt-out link either: NOBODY who wants no more mail is heard";
        return $"nobody reads the replies to {string.Join(", ", deaf)}: whoever answers \"STOP\", or answers at all, is written to again; {link}";
    }

    public const string Fix = "Give each mailbox its imap (host, user, password) in meridian.json: replies are then read every minute. Until then read them yourself and use `meridian optout ADDRESS`.";
}
