using Meridian.Domain.Campaigns;
using Meridian.Domain.Touches;
using Meridian.Host;
using Meridian.Host.Setup;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>The owner's words come from files, and a text that lacks what the law asks for is refused by name.</summary>
public sealed class SequenceTextsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("meridian-texts-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_written_is_read_back_as_it_was()
    {
        foreach (var sequence in new[] { SopSequence.Default, SopSequence.EmailFirstWithFollowUps })
        {
            SequenceTexts.Write(folder, sequence);
            var read = SequenceTexts.Read(folder, sequence);
            Assert.Equal(sequence.Steps.Select(s => s with { Body = s.Body.Trim().ReplaceLineEndings("\n") }), read.Steps);
        }
    }

    [Fact]
    public void Somebody_s_words_are_never_written_over()
    {
        SequenceTexts.Write(folder, SopSequence.Default);
        var file = Path.Combine(folder, "texts", "sop", "sms-1.txt");
        File.WriteAllText(file, "{{seller.name}} here. Reply STOP to opt out.");
        Assert.Empty(SequenceTexts.Write(folder, SopSequence.Default));
        Assert.Equal("{{seller.name}} here. Reply STOP to opt out.", SequenceTexts.Read(folder, SopSequence.Default).Find("sms-1")!.Body);
    }

    [Fact]
    public void Without_files_the_words_we_ship_are_used() => Assert.Equal(SopSequence.Default, SequenceTexts.Read(folder, SopSequence.Default) with { Steps = SopSequence.Default.Steps });

    [Fact]
    public void A_subject_and_a_wait_are_the_owner_s_too()
    {
        SequenceTexts.Write(folder, SopSequence.EmailFirstWithFollowUps);
        var file = Path.Combine(folder, "texts", "email-first", "email-2.txt");
        File.WriteAllText(file, File.ReadAllText(file).Replace("Wait days: 3", "wait days: 1.5").Replace("A question from", "One thing from"));
        var step = SequenceTexts.Read(folder, SopSequence.EmailFirstWithFollowUps).Find("email-2")!;
        Assert.Equal(Duration.FromHours(36), step.Delay);
        Assert.Equal("One thing from {{seller.name}}", step.Subject);
    }

    [Fact]
    public void Every_problem_of_every_file_is_said_at_once()
    {
        SequenceTexts.Write(folder, SopSequence.Default);
        File.WriteAllText(Path.Combine(folder, "texts", "sop", "sms-1.txt"), "Hello there");
        File.WriteAllText(Path.Combine(folder, "texts", "sop", "call-1.txt"), "Hi, {{seller.name}} here, do you have a minute?");
        var problem = Assert.Throws<UsageException>(() => SequenceTexts.Read(folder, SopSequence.Default)).Message;
        foreach (var part in new[] { "sms-1.txt: say who", "sms-1.txt: say how to stop", "call-1.txt: say in the first sentence that an AI", "call-1.txt: say in the first sentence that the line is recorded", "{{seller.phone}}", "opt out during the call" })
            Assert.Contains(part, problem);
    }

    [Theory]
    [InlineData("{{seller.postal_address}}", "physical address")]
    [InlineData("{{unsubscribe_url}}", "way out")]
    [InlineData("advertisement", "advertisement")]
    [InlineData("{{seller.name}}", "who writes")]
    public void An_email_without_what_the_law_asks_for_is_refused(string taken, string problem)
    {
        var letter = SopSequence.Default.Steps.First(s => s.Channel == Channel.Email);
        Assert.Empty(RequiredWords.MissingIn(letter));
        Assert.Contains(RequiredWords.MissingIn(letter with { Body = letter.Body.Replace(taken, "") }), p => p.Contains(problem));
    }

    [Fact]
    public void The_words_we_ship_say_everything() => Assert.Empty(SopSequence.Default.Steps.Concat(SopSequence.EmailFirstWithFollowUps.Steps).SelectMany(RequiredWords.MissingIn));
}
