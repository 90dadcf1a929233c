using System.Collections.Frozen;
using System.Net;
using System.Text;
using System.Text.Json;
using Meridian.Domain.Compliance.Pack;

namespace Meridian.Domain.Compliance;

/// <summary>
/// Reads a reply, text or transcript for a wish to be left alone (47 CFR 64.1200(a)(10): the words the rule names, and any reasonable way of saying it).
/// In doubt it says <see cref="OptOutReading.Unclear"/>: contact pauses and a person reads. "Not interested" alone is an answer, not an opt-out.
/// The words are data (<c>Pack/opt-out-words.json</c>); what is understood is listed case by case in <c>opt-out-cases.csv</c> beside the tests.
/// </summary>
public static class OptOutWords
{
    private const int LastLatinLetter = 0x24F;

    private static readonly JsonElement Data = PackFile.Read("opt-out-words.json").RootElement;
    private static readonly JsonElement Lists = Data.GetProperty("lists");

    // As thumbs type them, and words that only add heat: "pls stop f***ing txting" is "please stop texting".
    private static readonly FrozenDictionary<string, string> Same = Data.GetProperty("same").EnumerateObject()
        .SelectMany(p => p.Value.EnumerateArray().Select(v => (Typed: v.GetString()!, Meant: p.Name))).ToFrozenDictionary(p => p.Typed, p => p.Meant, StringComparer.Ordinal);

    private static readonly int LongestSame = Same.Keys.Max(k => k.Split(' ').Length);

    // An opt-out when it is all that somebody says, apart from courtesies.
    private static readonly FrozenSet<string> Alone = ContactRulesPack.Current.OptOutWords.Concat(ContactRulesPack.Current.OptOutPhrases).Concat(Data.Strings("alone"))
        .Select(Plain).ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Fillers = Data.Strings("fillers").ToFrozenSet(StringComparer.Ordinal);

    // Said anywhere in a message, these leave no doubt.
    private static readonly PhraseList Anywhere = new(
        ContactRulesPack.Current.OptOutPhrases.Where(p => p.Contains(' ') && p != "no more").Select(Plain).Concat(Data.Strings("anywhere")), Lists);

    // "please don't stop", "don't call before noon": the same words, meant otherwise or only in part. Never a plain no.
    private static readonly PhraseList TurnedRound = new(Data.Strings("turned_round"), Lists);

    // "stop by tomorrow", "end of the quarter": words of opting out in company that takes the sting away.
    private static readonly PhraseList Harmless = new(Data.Strings("harmless"), Lists);

    // Whoever says this may well mean it.
    private static readonly PhraseList Doubtful = new(Data.Strings("doubtful"), Lists);

    private static readonly string[] Signs = Data.Strings("signs");

    /// <summary>
    /// Reads one message. Quoted letters of ours, which carry our own "Reply STOP", are not read; of a call's transcript pass only what the person said.
    /// </summary>
    public static OptOutReading Read(string text)
    {
        text = WebUtility.HtmlDecode(text);
        var own = PlainWords.WithoutQuotes(text);
        var words = Plain(own);
        if (IsAlone(words) || own.Split(PlainWords.SentenceEnds).Any(IsAloneInSentence)) return OptOutReading.OptOut;

        var meant = Harmless.Without(words);
        var straight = TurnedRound.Without(meant);
        if (Anywhere.IsIn(straight)) return OptOutReading.OptOut;
        return straight != meant || Doubtful.IsIn(straight) || !CanBeRead(text, own) ? OptOutReading.Unclear : OptOutReading.No;
    }

    /// <summary>False for nothing but a quote, for a stop sign, and for a script whose words we do not know.</summary>
    private static bool CanBeRead(string text, string own) =>
        !string.IsNullOrWhiteSpace(text) && (!string.IsNullOrWhiteSpace(own) || PlainWords.Of(text).Length == 0) && !Signs.Any(s => own.Contains(s, StringComparison.Ordinal))
        && !own.EnumerateRunes().Any(r => r.Value > LastLatinLetter && Rune.IsLetter(r) && PlainWords.Of(r.ToString()) == Rune.ToLowerInvariant(r).ToString());

    private static string Plain(string text)
    {
        var words = PlainWords.Of(text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var meant = new List<string>(words.Length);
        for (var i = 0; i < words.Length;)
        {
            var length = Math.Min(LongestSame, words.Length - i);
            while (length > 0 && !Same.ContainsKey(string.Join(' ', words, i, length))) length--;
            var word = length > 0 ? Same[string.Join(' ', words, i, length)] : Misspelling.IsOf("unsubscribe", words[i]) ? "unsubscribe" : words[i];
            if (word.Length > 0) meant.Add(word);
            i += Math.Max(1, length);
        }

        return string.Join(' ', meant);
    }

    private static bool IsAlone(string words)
    {
        if (Alone.Contains(words)) return true;
        var each = words.Split(' ');
        if (each.Length > 10) return false;
        if (each.All(w => w.Length == 1) && Alone.Contains(string.Concat(each))) return true; // E N D
        string[] left = [.. each.Where(w => !Fillers.Contains(w))];
        return left.Length > 0 && (left.All(Alone.Contains) || Alone.Contains(string.Join(' ', left)));
    }

    // "Thanks for writing. Please stop." A lone "end" closes a letter too, so it counts only as the whole message.
    private static bool IsAloneInSentence(string sentence) => Plain(sentence) is { Length: > 2 } words && words != "end" && IsAlone(words);
}
