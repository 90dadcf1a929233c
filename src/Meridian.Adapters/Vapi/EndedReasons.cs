using System.Text.RegularExpressions;
using Meridian.Domain.Touches;

namespace Meridian.Adapters.Vapi;

/// <summary>
/// Vapi's word for the end of a call, in the person's terms. There are about 600 and more every month, so this reads families, not a list;
/// a new word is <see cref="Disposition.Unknown"/>, never an exception.
/// </summary>
public static partial class EndedReasons
{
    /// <param name="durationSeconds">Null when not told yet: then a pick-up counts as a talk.</param>
    /// <param name="personSaid">Whatever ended the call, someone who spoke was reached.</param>
    /// <returns>The disposition, and whether key, plan, credit or number were at fault, which pauses the sender.</returns>
    public static (Disposition Disposition, bool AccountFault) Classify(string? endedReason, double? durationSeconds, string personSaid)
    {
        var reason = (endedReason ?? "").Trim().ToLowerInvariant();
        var spoke = !string.IsNullOrWhiteSpace(personSaid);
        var accountFault = IsAccountFault(reason);
        var disposition = accountFault ? Disposition.CallFailed : Of(reason, durationSeconds, spoke);
        var missed = disposition is Disposition.CallFailed or Disposition.Unknown or Disposition.NoAnswer or Disposition.HungUp;
        return (spoke && missed ? Disposition.Answered : disposition, accountFault);
    }

    /// <summary>
    /// Words that only a call has which somebody or something picked up, whatever we call its end: the line broke, the voice failed, nobody made a sound, or
    /// a machine was heard, which may have been a person.
    /// </summary>
    public static bool PickedUp(string endedReason) => endedReason.Trim().ToLowerInvariant() is var reason && TalkBegun().IsMatch(reason) && !NeverBegun().IsMatch(reason);

    private static Disposition Of(string reason, double? seconds, bool spoke) => reason switch
    {
        "voicemail" => Disposition.Voicemail,
        "customer-busy" => Disposition.Busy,
        "customer-did-not-answer" => Disposition.NoAnswer,
        "twilio-reported-customer-misdialed" or "vonage-rejected" => Disposition.WrongNumber,
        "silence-timed-out" or "customer-did-not-give-microphone-permission" => Disposition.NoAnswer,
        // Nobody can have talked for no time: this is our own hang-up while it still rang.
        "manually-canceled" or "assistant-ended-call" when seconds == 0 && !spoke => Disposition.NoAnswer,
        _ when NoAnswer().IsMatch(reason) => Disposition.NoAnswer,
        _ when Busy().IsMatch(reason) => Disposition.Busy,
        _ when PersonLeft().IsMatch(reason) => seconds < 10 && !spoke ? Disposition.HungUp : Disposition.Answered,
        _ when Talked().IsMatch(reason) => Disposition.Answered,
        _ when Failed().IsMatch(reason) => Disposition.CallFailed,
        _ => Disposition.Unknown,
    };

    /// <summary>
    /// Key, plan, credit, number, or a voice and a model that are set up wrong: the next call would fail the same way with somebody else on the line. A
    /// full house and Vapi's own breakdown are nobody's fault, and a carrier's 403 is as often the number as the plan: those pause nothing.
    /// </summary>
    private static bool IsAccountFault(string reason) => AccountFault().IsMatch(reason) && !Passing().IsMatch(reason);

    [GeneratedRegex(
        @"^call\.start\.|^call-start-error-|^assistant-not-|^assistant-request-|sip-407-|-40[13]-|quota|out-of-credits|insufficient-credits|enterprise-feature-not-available"
        + "|insuffici?ent-funds|paid-only|requested-(?:payment|upgrade)|-blocked-|invalid-api-key|unauthorized|voice-not-|voice-disabled|invalid-voice|voice-must-be|missing-samples"
        + "|only-for-creator|no-such-model|no-available-llm|invalid-config|invalid-emotion|max-character-limit|deepgram-returning-404")]
    private static partial Regex AccountFault();

    [GeneratedRegex("concurrency-limit|concurrent-requests|system-busy|sip-403|^call\\.start\\.error-vapifault-")]
    private static partial Regex Passing();

    [GeneratedRegex(@"^voicemail$|^silence-timed-out$|^customer-did-not-give-microphone-permission$|^call\.in-progress\.|^pipeline-|^worker-shutdown|^phone-call-provider-closed|^vonage-disconnected$")]
    private static partial Regex TalkBegun();

    [GeneratedRegex("outbound-sip-|failed-to-connect|transport-never-connected")]
    private static partial Regex NeverBegun();

    [GeneratedRegex(@"sip-(?:408|480|487)-|did-not-receive-customer-audio")]
    private static partial Regex NoAnswer();

    [GeneratedRegex("sip-(?:486|600)-")]
    private static partial Regex Busy();

    [GeneratedRegex(@"^customer-ended-call|-completed-call$|^vonage-completed$")]
    private static partial Regex PersonLeft();

    [GeneratedRegex(@"^assistant-ended-call|^assistant-said-end-call-phrase|^assistant-forwarded-call|^exceeded-max-duration|^call\.forwarding\.|transfer|^call\.ending\.hook-executed-")]
    private static partial Regex Talked();

    [GeneratedRegex(
        @"^call\.start\.|^call\.in-progress\.error-|^call\.ringing\.|^pipeline-|^worker-shutdown|^phone-call-provider-|^twilio-|^vonage-|^assistant-join-|^manually-canceled|^scheduled-call-deleted|^call-deleted|^unknown-error|-error$|-failed$")]
    private static partial Regex Failed();
}
