namespace Meridian.Adapters.Mail;

/// <summary>Where a mail API answers: the vendor's address unless the settings name another.</summary>
internal static class MailApiUrl
{
    public static Uri Root(Uri? set, string vendors) => set ?? new Uri(vendors);
}
