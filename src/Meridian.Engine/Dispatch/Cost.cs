using Meridian.Domain.Touches;

namespace Meridian.Engine.Dispatch;

/// <summary>Worst-case cost, reserved at begin and corrected once by what the provider says.</summary>
public static class Cost
{
    private const string Gsm = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€";

    /// <summary>Millionths of a dollar. Vapi counts the maximum duration from the first audio, so the ring comes on top.</summary>
    public static long Reserve(Channel channel, OwnerSettings owner, string body) => channel switch
    {
        Channel.Call => (long)(Math.Ceiling((owner.MaxCallSeconds + owner.RingSeconds) / 60m) * owner.CallMinuteUsd * 1_000_000m),
        Channel.Text => (long)(Segments(body) * owner.TextSegmentUsd * 1_000_000m),
        _ => 0,
    };

    /// <summary>SMS segments: 160 or 153 GSM-7 characters, 70 or 67 UCS-2; the provider may append its opt-out sentence, so 25 more are counted.</summary>
    public static int Segments(string body)
    {
        var length = body.Length + 25;
        var gsm = body.All(c => Gsm.Contains(c, StringComparison.Ordinal));
        return gsm ? (length <= 160 ? 1 : (length + 152) / 153) : (length <= 70 ? 1 : (length + 66) / 67);
    }
}
