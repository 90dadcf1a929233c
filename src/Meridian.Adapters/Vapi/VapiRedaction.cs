using System.Text.RegularExpressions;

namespace Meridian.Adapters.Vapi;

/// <summary>
/// Takes secrets out of a webhook before it is stored: Vapi sends the carrier's account and token along, our own webhook secret, and the
/// unauthenticated addresses that listen to and steer a call. Works on the text, so a body that is not JSON is covered too.
/// </summary>
public static partial class VapiRedaction
{
    public static string Redact(string raw) => Secret().Replace(raw, "$1\"[redacted]\"");

    [GeneratedRegex("""
        ("[^"\\]{0,60}(?:secret|password|api_?key|auth_?token|access_?token|account_?sid|authorization|private_?key|controlUrl|listenUrl)[^"\\]{0,60}"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|$)
        """, RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
