using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Meridian.Domain.Compliance.Pack;

namespace Meridian.Domain.Compliance;

/// <summary>
/// Reads a reply, text or transcript for a wish to be left alone (47 CFR 64.1200(a)(10): the words the rule names, and any reasonable way of saying it).
/// In doubt it says <see cref="OptOutReading.Unclear"/>: contact pauses and a person reads. "Not interested" alone is an answer, not an opt-out.
/// </summary>
public static partial class OptOutWords
{
    // The carriers' and the rule's words come from the pack; these are the same in Spanish, and as thumbs mistype them.
    private static readonly FrozenSet<string> Words = Together(ContactRulesPack.Current.OptOutWords.Concat(ContactRulesPack.Current.OptOutPhrases),
    [
        "alto", "pare", "parar", "basta", "baja", "cancelar", "cancela", "detener", "detente", "salir", "desuscribir", "stpo", "sotp", "st0p", "stopp",
        "unsubcribe", "unsuscribe", "unsubscibe", "unsub", "no stop", "opt me out",
    ]);

    // Around a word of opting out these change nothing.
    private static readonly FrozenSet<string> Fillers = SplitWords(
        "please pls plz thanks thank you thx ok okay yes hi hello hey now all it this that just me us sir maam immediately fucking damn por favor gracias ya");

    // Said anywhere in a message, these leave no doubt.
    private static readonly string[] Phrases = [.. Together(ContactRulesPack.Current.OptOutPhrases.Where(p => p.Contains(' ') && p != "no more"),
    [
        "unsubscribe", "unsubscribed", "unsubscribing", "optout", "stopall", "opt me out", "opt us out", "opting out", "dont text", "do not email", "dont email",
        "do not message", "dont message", "do not write", "dont write", "do not reach out", "dont reach out", "do not ever contact", "dont ever contact",
        "dont ever call", "never contact me", "never contact us", "never call me", "never call us", "never text me", "never email me", "stop calling", "stop texting", "stop emailing", "stop messaging",
        "stop contacting", "stop sending", "stop bothering", "stop writing", "stop harassing", "stop the calls", "stop these", "quit calling", "quit texting",
        "quit emailing", "quit bothering", "cease and desist", "take us off", "take my number off", "take my name off", "take my email off", "remove us",
        "remove my", "remove this number", "delete my number", "delete my email", "delete me", "lose my number", "lose this number", "leave us alone", "go away",
        "off your list", "do not want to be contacted", "dont want to be contacted", "revoke my consent", "revoke consent", "withdraw my consent",
        "no more calls", "no more texts", "no more emails", "no more messages", "fuck off", "piss off",
        "wrong person", "wrong guy", "not my number",
        "no me llame", "no me llames", "no me llamen", "no llame", "no llamen", "no llamar", "no me escriba", "no me escriban", "no me contacte", "no me contacten",
        "no contactar", "no mas llamadas", "no mas mensajes", "deje de", "dejen de", "deja de", "dejame en paz", "dejeme en paz", "darme de baja", "dar de baja",
        "denme de baja", "quiteme", "quitenme", "eliminame", "elimineme", "borreme", "borrenme", "numero equivocado", "persona equivocada",
    ])];

    /// <summary>
    /// Reads one message. Quoted letters of ours, which carry our own "Reply STOP", are not read; of a call's transcript pass only what the person said.
    /// </summary>
    public static OptOutReading Read(string text)
    {
        if (text.Contains('\u26D4') || text.Contains("\U0001F6D1", StringComparison.Ordinal) || text.Contains("\U0001F6AB", StringComparison.Ordinal))
            return OptOutReading.Unclear; // a stop sign
        var own = PlainWords.WithoutQuotes(text);
        var words = PlainWords.Of(own);
        if (words.Length == 0) return PlainWords.Of(text).Length == 0 && !string.IsNullOrWhiteSpace(text) ? OptOutReading.No : OptOutReading.Unclear;
        if (IsOptOutAlone(words)) return OptOutReading.OptOut;
        if (own.Split('.', '!', '?', '\n').Any(IsOptOutSentence)) return OptOutReading.OptOut;
        if (Negated().IsMatch(words)) return OptOutReading.Unclear;
        if (Phrases.Any(p => Contains(words, p))) return Limited().IsMatch(words) ? OptOutReading.Unclear : OptOutReading.OptOut;
        return Doubtful().IsMatch(Harmless().Replace(words, " ")) ? OptOutReading.Unclear : OptOutReading.No;
    }

    private static bool IsOptOutAlone(string words)
    {
        if (Words.Contains(words)) return true;
        var each = words.Split(' ');
        if (each.All(w => w.Length == 1)) return Words.Contains(string.Concat(each)); // S T O P
        if (each.Length > 8) return false;
        string[] left = [.. each.Where(w => !Fillers.Contains(w))];
        return left.Length > 0 && (left.All(Words.Contains) || Words.Contains(string.Join(' ', left)));
    }

    // "Thanks for writing. Please stop." A lone "end" closes a letter too, so it counts only as the whole message.
    private static bool IsOptOutSentence(string sentence) => PlainWords.Of(sentence) is { Length: > 2 } words && words != "end" && IsOptOutAlone(words);

    private static bool Contains(string words, string phrase) => $" {words} ".Contains($" {phrase} ", StringComparison.Ordinal);

    private static FrozenSet<string> Together(IEnumerable<string> fromPack, IEnumerable<string> own) =>
        fromPack.Concat(own).Select(PlainWords.Of).ToFrozenSet(StringComparer.Ordinal);

    private static FrozenSet<string> SplitWords(string list) => list.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    // "please don't stop", "I do not want to opt out"
    [GeneratedRegex(@"\b(dont|do not|never|not|didnt|did not|no quiero)( (want|mean|wish|need))?( to)? (stop|unsubscribe|opt out|opting out|optout|remove|take me off|cancel|quit)\b")]
    private static partial Regex Negated();

    // "don't call before noon": a wish about when, which a person should read
    [GeneratedRegex(@"\b(call|text|contact|email|message|write|reach out)( (me|us|here|my \w+))*( again)? (before|after|until|till|during|today|tomorrow|tonight|right now|on (mon|tue|wed|thu|fri|sat|sun|weekend|holiday)|at (work|home|night|the office|\d)|this (week|month|morning|afternoon|evening)|in the (morning|afternoon|evening))")]
    private static partial Regex Limited();

    // words of opting out in company that takes the sting away
    [GeneratedRegex(@"\b(good enough|soon enough|not enough|enough (time|info|information|room|money|people)|stop (by|in|over|at|into)|stopping by|(one|non|bus|next|full|truck|rest|short) stop|cant stop|(the|at the|by the|high|low|back|front|year|week|month|day|dead|rear|tail|our|your|my|other|south|north|east|west) end|end (of|up|user|users|to end|date|result|in|goal|customer|customers)|to an end)\b")]
    private static partial Regex Harmless();

    [GeneratedRegex(@"\b(stop|stopped|quit|end|revoke|cancel|remove|removed|arret|no more|enough|spam|spamming|scam|harass|harassing|harassment|lawyer|attorney|lawsuit|sue|suing|ftc|fcc|tcpa|illegal|report you|reporting you|reported|do not call list|police|no longer works|no longer with|not with the company|alto|basta|parar|moleste|molestar|demanda|abogado)\b")]
    private static partial Regex Doubtful();
}
