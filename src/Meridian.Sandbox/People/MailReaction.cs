using Meridian.Sandbox.Imap;
using Meridian.Sandbox.Smtp;

namespace Meridian.Sandbox.People;

/// <summary>What the nth e-mail to an address leads to, and when. Most people say nothing.</summary>
/// <param name="Mailbox">Whose INBOX it lands in.</param>
internal sealed record MailReaction(string Mailbox, TimeSpan After, Letter Letter, SaidByMail Said)
{
    private static readonly string[] Replies =
    [
        "Interested. Could you send me the details?", "Who are you, and where did you get my address?", "Not now, but ask me again in the spring.", "What does it cost?",
        "Thanks for reaching out. Call me on Thursday, please.", "We already have somebody for that, but I will keep your address.",
        "Sure, tell me more.\n\nSent from my iPhone", // a signature is nobody's wish
        "Stop by our stand at the fair next week, we can talk there.", // a trap for whoever looks for the word and not for the meaning
    ];

    private static readonly string[] OptOuts =
    [
        "Please remove me from your list.", "unsubscribe", "STOP", "Please take me off your list. Thank you.", "Por favor, no me escriban más. Dar de baja.", "Do not email me again.",
    ];

    public static MailReaction? To(Chance chance, string person, int nth, string mailbox, DateTimeOffset sentAt, MailMessage ours)
    {
        var which = nth.ToString();
        var roll = chance.Roll("mail", person, which);
        TimeSpan After(double fromMinutes, double toMinutes) => chance.Seconds(fromMinutes * 60, toMinutes * 60, "mail-after", person, which);
        SaidByMail Said(string kind, string from, string to, string? subject, string? body, string? outcome = null) =>
            new(chance.ShortId("mail", person, which), kind, from, to, subject, body, outcome);
        var letter = Letter.About(chance, person, which, mailbox, sentAt, ours);

        if (!People.Mailbox.Exists(chance, person))
        {
            // A server spoken to directly says so at once; one that takes everything sends a report later.
            var unknown = letter.Bounce("5.1.1", "550 5.1.1 The email account that you tried to reach does not exist");
            return new(mailbox, After(0.1, 2), unknown, Said("bounce", unknown.From, person, unknown.Subject, null, unknown.Words));
        }

        if (roll < 0.055)
        {
            var optOut = roll >= 0.04;
            var words = chance.Pick(optOut ? OptOuts : Replies, "mail-words", person, which);
            var reply = letter.Reply(words, chance.Roll("mail-style", person, which));
            return new(mailbox, optOut ? After(3, 180) : After(10, 360), reply, Said(optOut ? "optout" : "reply", person, mailbox, reply.Subject, words));
        }

        if (roll < 0.085)
        {
            var auto = letter.OutOfOffice(chance.Roll("mail-style", person, which));
            return new(mailbox, After(0.1, 2), auto, Said("auto_reply", person, mailbox, auto.Subject, auto.Words));
        }

        if (roll < 0.095)
        {
            var gone = chance.Roll("mail-style", person, which) < 0.7;
            var bounce = letter.Bounce(gone ? "5.1.1" : "5.2.2", gone ? "550 5.1.1 The email account that you tried to reach does not exist" : "552 5.2.2 The recipient's mailbox is full");
            // From whoever reports it: this is nobody's try to send.
            return new(mailbox, After(0.3, 40), bounce, Said("bounce", bounce.From, person, bounce.Subject, null, bounce.Words));
        }

        if (roll < 0.1 && ours.UnsubscribeBy is { } way)
        {
            var request = letter.Unsubscribe(way.Address, way.Subject);
            return new(way.Address, After(2, 240), request, Said("optout", person, way.Address, request.Subject, request.Words));
        }

        return null;
    }
}
