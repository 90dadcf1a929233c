using Meridian.Adapters.Mail;
using Xunit;

namespace Meridian.Tests.Post;

public sealed class HtmlLetterTests
{
    [Theory]
    [InlineData("Hello <b>Dana</b> & co", "<p>Hello &lt;b&gt;Dana&lt;/b&gt; &amp; co</p>")]
    [InlineData("see https://a.example/x?y=1&z=2.", "<p>see <a href=\"https://a.example/x?y=1&amp;z=2\">https://a.example/x?y=1&amp;z=2</a>.</p>")]
    [InlineData("\"https://a.example/\"><script>", "<p>&quot;<a href=\"https://a.example/\">https://a.example/</a>&quot;&gt;&lt;script&gt;</p>")]
    [InlineData("javascript:alert(1)", "<p>javascript:alert(1)</p>")]
    [InlineData("one\ntwo\n\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>")]
    public void The_page_says_the_same_words_and_nothing_in_them_is_taken_for_markup(string text, string page) => Assert.Contains(page, HtmlLetter.Of(text), StringComparison.Ordinal);

    [Fact]
    public void The_footer_is_set_apart_and_nothing_is_fetched()
    {
        var page = HtmlLetter.Of("Hello\n\n--\nAn advertisement\nTo stop: https://a.example/u");
        Assert.Matches("<p>Hello</p>\\s*<hr[^>]*><div[^>]*><p>An advertisement<br>\\s*To stop: <a", page);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", page, StringComparison.Ordinal);
    }
}
