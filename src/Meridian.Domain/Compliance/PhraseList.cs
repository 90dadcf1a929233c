using System.Text.Json;
using System.Text.RegularExpressions;
using Meridian.Domain.Compliance.Pack;

namespace Meridian.Domain.Compliance;

/// <summary>
/// Phrases written as data, found in plain words. <c>{name}</c> is one of a list, a question mark makes a word optional, <c>*</c> stands for any letters
/// and <c>...</c> for up to four words.
/// </summary>
internal sealed class PhraseList
{
    private readonly Regex any;

    public PhraseList(IEnumerable<string> phrases, JsonElement lists) =>
        any = new Regex($"(?<= )(?:{string.Join('|', phrases.Select(p => string.Concat(p.Split(' ').Select(w => Word(w, lists)))))})");

    public bool IsIn(string words) => any.IsMatch($" {words} ");

    /// <summary>The words with a bar where a phrase was, so that what stood left and right of it does not become one phrase.</summary>
    public string Without(string words) => any.Replace($" {words} ", "| ").Trim();

    // Every word ends in its space, so that a phrase never ends inside a word.
    private static string Word(string word, JsonElement lists)
    {
        if (word == "...") return @"(?:\w+ ){0,4}?";
        var optional = word.EndsWith('?');
        if (optional) word = word[..^1];
        var alternatives = word[0] == '{' ? lists.Strings(word[1..^1]) : [word];
        if (alternatives.Length == 0) throw new InvalidOperationException($"opt-out-words.json has no list {word}");
        return $"(?:(?:{string.Join('|', alternatives.Select(a => Regex.Escape(a).Replace(@"\*", @"\w*", StringComparison.Ordinal)))}) ){(optional ? "?" : "")}";
    }
}
