using System.Text.Json;
using Meridian.Domain.Compliance;
using Xunit;

namespace Meridian.Tests.Domain.Compliance;

/// <summary>How a message becomes words, before anybody looks for a wish in them.</summary>
public class PlainWordsTests
{
    [Theory]
    [InlineData("Don't", "dont"), InlineData("don’t", "dont"), InlineData("don‘t", "dont"), InlineData("don`t", "dont"), InlineData("don´t", "dont")]
    [InlineData("do\u200Bnt", "dont"), InlineData("do\u200Cnt", "dont"), InlineData("do\u200Dnt", "dont"), InlineData("do\u2060nt", "dont"), InlineData("do\uFEFFnt", "dont"), InlineData("do\uFE0Fnt", "dont"), InlineData("do\u00ADnt", "dont"), InlineData("o\u0301ff", "off")]
    [InlineData("Opt-Out, please!", "opt out please"), InlineData("  STOP \t now\r\n", "stop now"), InlineData("", ""), InlineData("?!", "")]
    [InlineData("S T O P", "stop"), InlineData("a b c", "a b c"), InlineData("a b c d", "abcd"), InlineData("stooop", "stop"), InlineData("stoop", "stoop")]
    [InlineData("ＳＴＯＰ～ｎｏｗ！", "stop now"), InlineData("24/7", "24 7")]
    [InlineData("lose this #", "lose this number"), InlineData("lose this # please", "lose this number please"), InlineData("#5", "5")]
    public void A_message_becomes_bare_words(string text, string words) => Assert.Equal(words, PlainWords.Of(text));

    [Fact]
    public void Accents_fall()
    {
        foreach (var (accented, bare) in "áàâäãéèêëíìîïóòôöõúùûüñç".Zip("aaaaaeeeeiiiiooooouuuunc")) Assert.Equal($"x{bare}x", PlainWords.Of($"X{accented}x"));
    }

    public static TheoryData<string> Pasted =>
    [
        "-----Original Message-----\nReply STOP", "--- mensaje original ---\nReply STOP", "-- Forwarded Message --\nReply STOP", "__________\nReply STOP", "From: Sam\nSent: Monday\nReply STOP",
        "From: Sam\r\n  To: Ann\r\nReply STOP", "from: Sam\nDate: Monday\nReply STOP", "> Reply STOP", "  > Reply STOP", "On Mon, Sam <sam@x.example> wrote:\n> Reply STOP", "El lun, Sam escribió:\n> Reply STOP", "El lun, Sam escribio:\n> Reply STOP",
    ];

    [Theory, MemberData(nameof(Pasted))]
    public void Our_own_letter_below_a_reply_is_not_what_they_wrote(string pasted)
    {
        Assert.Equal("Interested!", PlainWords.WithoutQuotes($"Interested!\n{pasted}").Trim());
        Assert.Equal(OptOutReading.No, OptOutWords.Read($"Interested!\n{pasted}"));
    }

    [Theory]
    [InlineData("Liked “Reply STOP to end”"), InlineData("Loved \"Reply STOP to end\""), InlineData("Laughed at “Reply STOP”"), InlineData("Emphasized “Reply STOP”"), InlineData("Emphasised “Reply STOP”"), InlineData("Le gustó “Reply STOP”"), InlineData("Le encanto “Reply STOP”")]
    public void A_thumb_up_carries_our_words_not_theirs(string reaction)
    {
        Assert.DoesNotContain("STOP", PlainWords.WithoutQuotes(reaction));
        Assert.NotEqual(OptOutReading.OptOut, OptOutWords.Read(reaction));
    }

    [Fact]
    public void What_stands_above_and_below_a_quoted_line_is_theirs() => Assert.Equal("Yes\nCall me", PlainWords.WithoutQuotes("Yes\n> Reply STOP\nCall me"));

    [Theory]
    [InlineData("unsubscribe", true), InlineData("unsubscibe", true), InlineData("unsbscrbe", true), InlineData("unsbscrb", false), InlineData("unsubscribexy", true), InlineData("unsubscribexyz", false)]
    [InlineData("unsubsxxibe", true), InlineData("unsubxxxibe", false), InlineData("unsbuscribe", true), InlineData("subscribe", false), InlineData("onsubscribe", false), InlineData("", false), InlineData("u", false), InlineData("undersecret", false)]
    [InlineData("usubscribex", true), InlineData("usubscribxy", false)]
    public void Two_letters_may_be_wrong_missing_or_too_many_but_not_the_first(string typed, bool meant) => Assert.Equal(meant, Misspelling.IsOf("unsubscribe", typed));

    [Theory]
    [InlineData("please stop me", true), InlineData("stop us now", true), InlineData("stop them", false), InlineData("nonstop me", false), InlineData("stop mean", false)]
    [InlineData("take off", true), InlineData("take me right off", true), InlineData("take a b c d off", true), InlineData("take a b c d e off", false)]
    [InlineData("no calls", true), InlineData("no more calls", true), InlineData("no less calls", false), InlineData("unsubscribing", true), InlineData("unsub", true), InlineData("we resub", false), InlineData("", false)]
    public void A_phrase_is_found_as_it_is_written(string words, bool found) => Assert.Equal(found, Phrases.IsIn(words));

    [Fact]
    public void A_bar_stands_where_a_phrase_was()
    {
        Assert.Equal("please | now", Phrases.Without("please stop me now"));
        Assert.Equal("|", Phrases.Without("stop me"));
        Assert.Equal("go on", Phrases.Without("go on"));
    }

    [Fact]
    public void A_phrase_of_a_list_nobody_wrote_is_a_broken_build() =>
        Assert.Equal("opt-out-words.json has no list {whom}", Assert.Throws<InvalidOperationException>(() => new PhraseList(["stop {whom}"], Lists)).Message);

    private static readonly JsonElement Lists = JsonDocument.Parse("""{"who":["me","us"]}""").RootElement;
    private static readonly PhraseList Phrases = new(["stop {who}", "take ... off", "no more? calls", "unsub*"], Lists);
}
