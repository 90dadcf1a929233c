namespace Meridian.Sandbox.People;

/// <summary>What a person texts back, and how long they take. Most people say nothing.</summary>
internal sealed record TextReply(string Body, bool IsOptOut, TimeSpan After)
{
    private static readonly string[] Stops = ["STOP", "STOP", "STOP", "please stop texting me"];

    public static TextReply? To(Chance chance, string number, int nth, bool alreadyOptedOut)
    {
        var which = nth.ToString();
        var roll = chance.Roll("text", number, which);
        if (alreadyOptedOut || roll < 0.06)
            return new(chance.Pick(Stops, "text-stop", number, which), true, chance.Seconds(60, 20 * 60, "text-after", number, which));
        return roll < 0.14 ? new(Chat(chance.Roll("text-chat", number, which)), false, chance.Seconds(120, 40 * 60, "text-after", number, which)) : null;
    }

    // The last one is a trap for whoever looks for the word and not for the meaning.
    private static string Chat(double roll) => roll < 0.5 ? "Who is this?" : roll < 0.95 ? "Interested, call me tomorrow" : "stop by tomorrow if you like";
}
