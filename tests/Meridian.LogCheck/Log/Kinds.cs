namespace Meridian.LogCheck.Log;

internal static class Kinds
{
    public const string Call = "call", Email = "email", Sms = "sms", OwnerEmail = "owner_email", ConfirmSms = "confirm_sms", OptOut = "optout", Reply = "reply", Bounce = "bounce", Consent = "consent";

    public static readonly string[] Known = [Call, Email, Sms, OwnerEmail, OptOut, Reply, Bounce, Consent, ConfirmSms, "search", "enrich", "phone_order", "phones", "auto_reply"];

    public static bool IsContact(string kind) => kind is Call or Email or Sms;

    public static bool IsVoiceOrText(string kind) => kind is Call or Sms;
}
