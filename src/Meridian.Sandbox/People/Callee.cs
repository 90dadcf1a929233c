namespace Meridian.Sandbox.People;

/// <summary>The person at the other end of the nth call to a number.</summary>
internal static class Callee
{
    private static readonly TimeSpan RingsAfter = TimeSpan.FromSeconds(2);

    public static CallPlan Plan(Chance chance, string number, int nth, DateTimeOffset createdAt, string firstMessage, string? voicemailMessage, bool alreadyOptedOut)
    {
        var which = nth.ToString();
        var roll = chance.Roll("call", number, which);
        var rings = createdAt + RingsAfter;
        var answers = createdAt + chance.Seconds(4, 20, "call-answer", number, which);
        CallPlan Plan(string outcome, string reason, DateTimeOffset? answered, DateTimeOffset ends) => new(outcome, reason, rings, answered, ends);

        if (alreadyOptedOut || roll is >= 0.87 and < 0.95)
        {
            var said = Script.TakeMeOff(firstMessage, chance.Seconds(5, 12, "call-optout", number, which).TotalSeconds, presses: chance.Roll("call-key", number, which) < 0.3);
            var saidAt = Stamp.Cut(answers + TimeSpan.FromSeconds(said[^1].FromStart + said[^1].Seconds));
            return Plan("opted-out", "customer-ended-call", answers, saidAt + TimeSpan.FromSeconds(3)) with { Said = said, OptOutSaidAt = saidAt };
        }
        if (roll < 0.35)
        {
            var talk = chance.Seconds(40, 150, "call-talk", number, which);
            var script = Script.Talk(chance.Roll("call-script", number, which), firstMessage, talk.TotalSeconds);
            return Plan("answered", "customer-ended-call", answers, answers + talk) with { Said = script };
        }
        if (roll < 0.57) return Plan("no-answer", "customer-did-not-answer", null, rings + chance.Seconds(25, 45, "call-ring", number, which));
        if (roll < 0.77)
        {
            var length = chance.Seconds(12, 25, "call-voicemail", number, which);
            return Plan("voicemail", "voicemail", answers, answers + length) with { Said = Script.Voicemail(voicemailMessage) };
        }
        if (roll < 0.87)
        {
            var length = chance.Seconds(3, 8, "call-hangup", number, which);
            return Plan("hung-up", "customer-ended-call", answers, answers + length) with { Said = Script.HungUp(firstMessage, length.TotalSeconds) };
        }
        return Plan("busy", "customer-busy", null, createdAt + TimeSpan.FromSeconds(3));
    }
}
