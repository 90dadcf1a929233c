namespace Meridian.Tests.Domain.Compliance;

/// <summary>Ways in which the same words arrive: none of them changes what somebody wants.</summary>
internal static class OptOutDress
{
    public static IReadOnlyDictionary<string, Func<string, string>> All { get; } = new Dictionary<string, Func<string, string>>
    {
        ["in capitals"] = w => w.ToUpperInvariant(),
        ["shouted"] = w => $"{w}!!!",
        ["with plain apostrophes"] = w => w.Replace('\u2019', '\''),
        ["after a greeting"] = w => $"Hi Sam, {w}",
        ["after an answer"] = w => $"I got your message yesterday and we are all set here. {w}",
        ["before a farewell"] = w => $"{w}. Have a good week, Ann",
        ["with an emoji"] = w => $"{w} \U0001F64F",
        ["wrapped by a mail program"] = w => string.Join("\n", w.Split(' ')),
        ["with wide spaces"] = w => w.Replace(" ", "\u00A0 "),
    };
}
