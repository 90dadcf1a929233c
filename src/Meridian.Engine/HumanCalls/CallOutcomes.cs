namespace Meridian.Engine.HumanCalls;

/// <summary>The outcomes of a call by a person: one key and one word each.</summary>
public static class CallOutcomes
{
    private static readonly (CallOutcome Outcome, char Key, string Word, string Saying)[] Known =
    [
        (CallOutcome.Interested, 'i', "interested", "interested"),
        (CallOutcome.NotInterested, 'n', "not-interested", "not interested"),
        (CallOutcome.NoAnswer, 'a', "no-answer", "no answer"),
        (CallOutcome.OptedOut, 'o', "opted-out", "wants no more of us"),
        (CallOutcome.WrongNumber, 'w', "wrong-number", "wrong number"),
        (CallOutcome.NotCalled, 's', "not-called", "not called"),
    ];

    public static IReadOnlyList<CallOutcome> All => Known.Select(k => k.Outcome).ToList();

    /// <summary>Null: no such word.</summary>
    public static CallOutcome? Read(string word) => Known.Where(k => k.Word == word).Select(k => (CallOutcome?)k.Outcome).FirstOrDefault();

    /// <summary>Null: no such key.</summary>
    public static CallOutcome? Read(char key) => Known.Where(k => k.Key == char.ToLowerInvariant(key)).Select(k => (CallOutcome?)k.Outcome).FirstOrDefault();

    public static char Key(CallOutcome outcome) => Known.First(k => k.Outcome == outcome).Key;

    public static string Word(CallOutcome outcome) => Known.First(k => k.Outcome == outcome).Word;

    public static string Say(CallOutcome outcome) => Known.First(k => k.Outcome == outcome).Saying;

    /// <summary>Every key with what it says, in one line.</summary>
    public static string Keys => string.Join("  ", Known.Select(k => $"[{k.Key}] {k.Saying}"));
}
