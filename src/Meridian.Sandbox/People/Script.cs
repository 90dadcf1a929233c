namespace Meridian.Sandbox.People;

/// <summary>The words of a call. Times are spread over its length, so a longer call has longer pauses, not more text.</summary>
internal static class Script
{
    private static readonly string[][] Talks =
    [
        ["Yes, speaking.", "Thanks for taking my call. I'll be brief.", "Can you call me again on Thursday?", "Of course, Thursday works.", "Great, thanks. Bye."],
        ["Who is calling?", "I'm an AI assistant calling about the note we sent you.", "Okay, what is it about?", "We help firms like yours answer every enquiry.",
            "We already have somebody for that.", "Understood, thank you for your time.", "All right, bye."],
        ["Hi, yes, I saw your e-mail.", "Wonderful. Would a short meeting help?", "Sure, send me an invitation.", "I will. Thank you.", "Thanks, goodbye."],
        ["I'm just going into a meeting.", "No problem. When may I try again?", "Tomorrow morning is better.", "Thank you, talk to you then.", "Bye."],
    ];

    public static IReadOnlyList<Utterance> Talk(double roll, string firstMessage, double seconds)
    {
        var talk = Talks[(int)(roll * Talks.Length)];
        var step = (seconds - 2) / (talk.Length + 1);
        return [First(firstMessage, step * 0.8), .. talk.Select((text, i) => new Utterance(i % 2 == 0 ? "user" : "bot", text, Round(0.8 + step * (i + 1)), Round(step * 0.7)))];
    }

    public static IReadOnlyList<Utterance> TakeMeOff(string firstMessage, double after, bool presses = false) =>
        [First(firstMessage, after - 1), new("user", presses ? "User's Keypad Entry: 9" : "Please take me off your list.", Round(after), 1.9)];

    public static IReadOnlyList<Utterance> Voicemail(string? message)
    {
        var greeting = new Utterance("user", "You have reached my voicemail. Please leave a message after the tone.", 0.6, 4.8);
        return string.IsNullOrEmpty(message) ? [greeting] : [greeting, new("bot", message, 6.5, 5)];
    }

    public static IReadOnlyList<Utterance> HungUp(string firstMessage, double seconds) => [new("user", "Hello?", 0.3, 0.6), First(firstMessage, seconds - 1) with { FromStart = 1.1 }];

    private static Utterance First(string text, double seconds) => new("bot", text, 0.8, Round(Math.Max(0.5, seconds)));

    private static double Round(double seconds) => Math.Round(seconds, 3);
}
