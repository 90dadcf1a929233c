using Meridian.Host;
using Meridian.Host.Commands;
using Meridian.Host.Composition;
using Meridian.Host.Run;
using Meridian.Host.Setup;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>Somebody who mistypes while setting up is asked again; a file of answers that is none is one sentence.</summary>
public sealed class SetUpQuestionsTests
{
    [Fact]
    public void What_cannot_be_right_is_asked_again_and_the_answers_before_it_stay()
    {
        using var console = new TypedConsole(
            "Example Growth LLC", "100 Example Way, Richmond, VA 23219", "owner at example", "owner@example.com", "Richmond", "America/Chicago", "abc", "-1", "30",
            "", "555", "+12125550100", "reach.example.com", "https://reach.example.com",
            "ann", "ann@example.com", "mail.example", "abc", "99999", "465", "", "", "", "n",
            "", "", "", "");
        var settings = SetUpQuestions.Ask(console);
        Assert.Equal("""{"sellerName":"Example Growth LLC","postalAddress":"100 Example Way, Richmond, VA 23219","ownerEmail":"owner@example.com","zone":"America/Chicago","dailyBudgetUsd":30,"sellerPhone":"\u002B12125550100","publicUrl":"https://reach.example.com"}""", settings["owner"]!.ToJsonString());
        Assert.Equal("""[{"address":"ann@example.com","host":"mail.example","port":465}]""", settings["mailboxes"]!.ToJsonString());
        foreach (var said in new[] { "'owner at example' is not an e-mail address", "'Richmond' is no time zone", "'abc' is no amount: give a number such as 25", "'-1' is no amount", "'555' is not a US number", "'reach.example.com' is no address", "'ann' is not an e-mail", "'abc' is no port: give 1 to 65535", "'99999' is no port" })
            Assert.Contains(said, console.Written);
    }

    [Fact]
    public void The_answers_shown_in_the_README_are_good()
    {
        var readme = File.ReadAllText(Path.Combine(Tidy.Repository.Root, "README.md"));
        var sample = readme.Split("```json").First(block => block.Contains("sellerName")).Split("```")[0];
        var folder = Directory.CreateTempSubdirectory("meridian-readme-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, MeridianSettings.FileName), sample);
            var settings = MeridianSettings.Load(folder);
            Assert.Empty(Installation.Missing(settings));
            Assert.Null(UnheardReplies.Of(settings));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("hello", "is not JSON")]
    [InlineData("", "is not JSON")]
    [InlineData("[1]", "must be an object in braces")]
    [InlineData("null", "must be an object in braces")]
    public async Task A_file_of_answers_that_is_none_is_told_in_one_sentence(string text, string said)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
            var e = await Assert.ThrowsAsync<UsageException>(() => InitCommand.AnswersAsync(new FileInfo(file), TestContext.Current.CancellationToken));
            Assert.StartsWith(file, e.Message);
            Assert.Contains(said, e.Message);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
