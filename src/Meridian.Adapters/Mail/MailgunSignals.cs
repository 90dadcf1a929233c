using System.Globalization;
using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine.Inbound;

namespace Meridian.Adapters.Mail;

/// <summary>Reads Mailgun's events of letters of ours: what the IMAP ears make of a report of failure or of a complaint, these make of Mailgun's own word for it.</summary>
/// <remarks>
/// Shapes: documentation.mailgun.com user-manual/events (event-structure, event-types) and tracking-messages/tracking-failures (vendor). The names of reasons and
/// Mailgun's own codes (602 too old, 605 to 607 on its lists) from users.
/// </remarks>
public sealed class MailgunSignals : ISignalReader
{
    public const string Name = "mailgun";

    public string Provider => Name;

    public SignalEnvelope Describe(string raw)
    {
        var said = JsonReading.TryParse(raw) ?? default;
        // A copy nobody can read must not stand in the way of the readable one.
        if (Read(raw) is SignalMeaning.Unreadable) return new SignalEnvelope(Id(said) is { } known ? $"unreadable:{known}" : NamedAddresses.HashId(raw), "unreadable", Touch(said), null, NamedAddresses.Salvage(raw), Holds: true);
        return new SignalEnvelope(Id(said) ?? NamedAddresses.HashId(raw), Kind(said)!, Touch(said), null, NamedAddresses.Of(Person(said)), Holds: !IsTriedAgain(said));
    }

    public SignalMeaning Read(string raw)
    {
        if (JsonReading.TryParse(raw) is not { ValueKind: JsonValueKind.Object } said) return new SignalMeaning.Unreadable("not a JSON object");
        if (Kind(said) is not { } kind) return new SignalMeaning.Unreadable("an event that does not say of what kind");
        if (kind is not ("failed" or "complained" or "unsubscribed")) return new SignalMeaning.Nothing($"{kind} asks nothing of us");

        var (touch, person) = (Touch(said), Person(said));
        if (touch is null && person is null) return new SignalMeaning.Unreadable($"{kind}, and it does not say who");
        return kind switch
        {
            "complained" => new SignalMeaning.MailOptOut(touch, null, person, "complained to the mail provider"),
            "unsubscribed" => new SignalMeaning.MailOptOut(touch, null, person, "unsubscribed at Mailgun"),
            _ => ReadFailure(said, touch, person),
        };
    }

    private static SignalMeaning ReadFailure(JsonElement said, string? touch, string? person)
    {
        var (severity, reason, status) = (said.At("severity").Text(), said.At("reason").Text() ?? "", said.At("delivery-status"));
        if (severity is not ("permanent" or "temporary")) return new SignalMeaning.Unreadable($"failed, and its severity is {severity ?? "not told"}");
        var code = (int)(status.At("code").Number() ?? 0);
        // Not tried at all, because Mailgun has them on a list: for what they did after an earlier letter, or for what somebody wrote into the list.
        if (reason is "suppress-complaint" or "suppress-unsubscribe" || code is 606 or 607) return new SignalMeaning.MailOptOut(touch, null, person, $"is on Mailgun's list of people not to write to ({Plain(reason, code)})");
        var words = $"{status.At("message").Text()} {status.At("description").Text()}".Trim();
        var detail = DeliveryReport.Short($"{(code > 0 ? $"{code} " : "")}{words} ({Plain(reason, code)})");
        if (IsTriedAgain(said)) return new SignalMeaning.Nothing($"not delivered yet, Mailgun tries again: {detail}");
        return new SignalMeaning.MailBounce(touch, person, Failure(severity, reason, code, status.At("enhanced-code").Text(), words), detail);
    }

    /// <summary>
    /// Permanent at Mailgun only means that it tries no more: it says so of an address that does not exist, of a sender who is blocked, and of a server that was
    /// away too long. The first is the person's, the second is ours.
    /// </summary>
    private static BounceKind Failure(string severity, string reason, int code, string? enhanced, string words)
    {
        if (reason == "suppress-bounce" || code == 605) return BounceKind.Hard;
        if (words.Contains("no MX for", StringComparison.OrdinalIgnoreCase)) return BounceKind.Hard; // asked for hours, and nobody takes post there
        if (severity == "temporary" || reason == "old" || code == 602) return BounceKind.Soft;
        var status = enhanced is { Length: > 0 } ? enhanced : DeliveryReport.EnhancedIn(words) ?? (code is >= 500 and < 600 ? "5.0.0" : "");
        return reason == "espblock" ? BounceKind.Blocked : DeliveryReport.Class(status, words);
    }

    /// <summary>The last word on a letter too old was seen as temporary, too.</summary>
    private static bool IsTriedAgain(JsonElement said) => said.At("event").Text() == "failed" && said.At("severity").Text() == "temporary" && said.At("reason").Text() != "old" && said.At("delivery-status", "code").Number() != 602;

    private static string Plain(string reason, int code) => reason.Length > 0 ? reason : code > 0 ? code.ToString(CultureInfo.InvariantCulture) : "no reason told";

    /// <summary>Mailgun's id is unique within a day.</summary>
    private static string? Id(JsonElement said) =>
        said.At("id").Text() is { } id && said.At("timestamp").Number() is { } at and > 0 and < 1e11 ? $"{(long)at}:{id}" : null;

    private static string? Kind(JsonElement said) => said.At("event") is { ValueKind: JsonValueKind.String } kind ? kind.Text() : null;

    private static string? Person(JsonElement said) => NamedAddresses.Email(said.At("recipient").Text());

    private static string? Touch(JsonElement said) => MessageIds.TouchOf(said.At("message", "headers", "message-id").Text());
}
