using Meridian.Domain.Compliance;
using Meridian.Domain.Compliance.Pack;
using Xunit;
using static Meridian.Domain.Compliance.OptOutReading;

namespace Meridian.Tests.Domain.Compliance;

public class OptOutWordsTests
{
    public static TheoryData<string, OptOutReading> Cases => new()
    {
        { "STOP", OptOut }, { "stop.", OptOut }, { "Stop!!!", OptOut }, { " stop please ", OptOut }, { "Please stop, thank you", OptOut }, { "STOP STOP STOP", OptOut },
        { "S T O P", OptOut }, { "e.n.d.", OptOut }, { "s.t.o.p", OptOut }, { "stpo", OptOut }, { "STOPALL", OptOut }, { "stop all", OptOut }, { "quit", OptOut }, { "END", OptOut },
        { "revoke", OptOut }, { "opt out", OptOut }, { "Opt-Out", OptOut }, { "OPTOUT", OptOut }, { "cancel", OptOut }, { "Unsubscribe", OptOut }, { "remove", OptOut },
        { "Arrêt", OptOut }, { "TD", OptOut }, { "just stop it", OptOut }, { "please unsubscribe me from this", OptOut }, { "Take me off your list", OptOut },
        { "don't call me again", OptOut }, { "Don’t contact us", OptOut }, { "DO NOT CALL", OptOut }, { "do not text this number", OptOut }, { "stop calling my cell", OptOut },
        { "Would you please stop emailing me", OptOut }, { "leave me alone", OptOut }, { "Remove me from your database now", OptOut }, { "lose my number", OptOut },
        { "no more calls", OptOut }, { "I never gave consent, never contact me again", OptOut }, { "not interested, stop calling", OptOut }, { "I revoke my consent", OptOut },
        { "wrong number", OptOut }, { "Sorry, you have the wrong number", OptOut }, { "wrong person, I'm not Ann", OptOut }, { "how do I unsubscribe?", OptOut },
        { "alto", OptOut }, { "Baja", OptOut }, { "no me llame más", OptOut }, { "Quiero darme de baja", OptOut }, { "Número equivocado", OptOut }, { "pare por favor", OptOut },
        { "ok stop", OptOut }, { "No, stop", OptOut }, { "don't contact me on this number", OptOut }, { "We are on the do not call list", OptOut }, { "Not interested. STOP.", OptOut }, { "Hi Sam,\nplease stop.\nAnn", OptOut }, { "Thanks for writing. Unsubscribe!", OptOut },

        { "stop by tomorrow", No }, { "Can you stop by the office?", No }, { "yes", No }, { "Sure, send me the details", No }, { "START", No }, { "UNSTOP", No }, { "HELP", No },
        { "By the end of the week works", No }, { "We are a one-stop shop", No }, { "Call me next weekend", No }, { "not interested", No }, { "no thanks", No },
        { "What do you recommend?", No }, { "👍", No }, { "Can you send a price list?", No }, { "good enough, call me", No }, { "You never call back!", No }, { "I think you have the wrong price", No }, { "our trucks run non-stop", No }, { "Sounds good, talk Friday", No }, { "Who is this?", No },
        { "I'd like a quote\n\n> To stop all messages: Reply STOP or use https://x", No },
        { "Yes please\r\n\r\nOn Mon, Nov 23, 2026 at 9:00 AM Sam <sam@x.com> wrote:\r\n> Reply STOP or unsubscribe", No },
        { "Interested!\r\n\r\n-----Original Message-----\r\nFrom: Sam\r\nReply STOP", No },

        { "Let me know. End", Unclear }, { "ɏes", No }, { "Thanks for the kind letter, our whole team will look at it in January", No },
        { "stop please please please please please please please please please", OptOut }, { "Спасибо", Unclear },

        { "please don't stop", Unclear }, { "I do not want to opt out", Unclear }, { "Let's cancel the meeting", Unclear }, { "don't call before noon", Unclear },
        { "Don't call me at work", Unclear }, { "when does this stop?", Unclear }, { "I will report you to the FTC", Unclear }, { "my lawyer will be in touch", Unclear },
        { "enough", Unclear }, { "no more", OptOut }, { "", Unclear }, { "> only a quote", Unclear }, { "🛑", Unclear }, { "Ann no longer works here", Unclear },
        { "is this spam?", Unclear }, { "no more questions, send the contract", Unclear },
    };

    [Theory, MemberData(nameof(Cases))]
    public void A_message_is_read_for_a_wish_to_be_left_alone(string text, OptOutReading reading) => Assert.Equal(reading, OptOutWords.Read(text));

    [Fact]
    public void Every_case_of_the_curated_file_has_its_verdict()
    {
        var wrong = OptOutCase.All.Select(c => (Case: c, Read: c.Read())).Where(c => c.Read != c.Case.Verdict).Select(c => $"{c.Case.Group}, {c.Case.Channel}: \"{c.Case.Words}\" is {c.Case.Verdict}, read as {c.Read}").ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {OptOutCase.All.Count}:\n{string.Join('\n', wrong)}");
    }

    /// <summary>The worst error there is: somebody asked us to stop, or may have, and we go on.</summary>
    [Fact]
    public void No_wish_to_be_left_alone_is_read_as_none()
    {
        var missed = OptOutCase.All.Where(c => c.Verdict != No && c.Read() == No).Select(c => $"{c.Group}: \"{c.Words}\"").ToList();
        Assert.True(missed.Count == 0, $"{missed.Count} missed:\n{string.Join('\n', missed)}");
    }

    /// <summary>Two letters ("TD") are a word of opting out only by themselves.</summary>
    public static TheoryData<string> Dresses => [.. OptOutDress.All.Keys];

    [Theory, MemberData(nameof(Dresses))]
    public void A_wish_to_be_left_alone_is_seen_in_any_dress(string dress)
    {
        var missed = OptOutCase.All.Where(c => c.Verdict == OptOut && c.Words.Length > 2 && c.ReadAs(OptOutDress.All[dress](c.Words)) == No).Select(c => $"\"{c.Words}\"").ToList();
        Assert.True(missed.Count == 0, $"{missed.Count} missed when {dress}:\n{string.Join('\n', missed)}");
    }

    [Fact]
    public void The_curated_file_covers_every_channel_verdict_and_group_once_per_case()
    {
        Assert.True(OptOutCase.All.Count >= 260, $"only {OptOutCase.All.Count}");
        Assert.Equal(["call", "email", "text"], OptOutCase.All.Select(c => c.Channel).Distinct().Order());
        Assert.Equal([OptOut, No, Unclear], OptOutCase.All.Select(c => c.Verdict).Distinct().Order());
        Assert.Equal(OptOutCase.All.Count, OptOutCase.All.DistinctBy(c => (c.Words, c.Channel)).Count());
    }

    [Fact]
    public void Every_word_of_the_pack_alone_is_an_opt_out_in_any_dress()
    {
        foreach (var word in ContactRulesPack.Current.OptOutWords.Concat(ContactRulesPack.Current.OptOutPhrases))
        {
            foreach (var dressed in new[] { word, word.ToUpperInvariant(), $" {word}! ", $"{word} please", $"\"{word}\"" })
                Assert.True(OptOutWords.Read(dressed) == OptOut, dressed);
        }
    }

    [Fact]
    public void Every_long_phrase_of_the_pack_inside_a_message_is_never_read_as_no()
    {
        foreach (var phrase in ContactRulesPack.Current.OptOutPhrases)
            Assert.True(OptOutWords.Read($"Hello Sam, I got your letter yesterday, {phrase}, regards Ann") != No, phrase);
    }
}
