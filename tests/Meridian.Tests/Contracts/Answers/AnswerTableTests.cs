using Meridian.Tests.Providers;
using Meridian.Tests.Tidy;
using Xunit;

namespace Meridian.Tests.Contracts.Answers;

/// <summary>
/// Everything our adapters can ask, and what each answer, documented or malformed, means to us: <c>docs/answers.md</c>, executed. Every request is held against
/// the vendor's document on the way.
/// </summary>
public class AnswerTableTests
{
    private static readonly string File = Path.Combine(Repository.Root, "docs", "answers.md");

    public static TheoryData<string> Names => [.. Questions.Select(q => q.ToString())];

    private static IEnumerable<Question> Questions => [.. VapiQuestions.All, .. ApolloQuestions.All, .. HighLevelQuestions.All, .. OtherQuestions.All];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_answer_to_every_question_means_what_the_table_says(string name)
    {
        var question = Questions.Single(q => q.ToString() == name);
        var answers = await Task.WhenAll(AnswerShape.Of(question).Select(async shape => (shape.Name, Means: await AskAsync(question, shape))));
        var rows = answers.GroupBy(a => a.Means).Select(g => $"| {g.Key} | {string.Join("; ", g.Select(a => a.Name))} |");
        var table = $"## {name}\n\n`{question.Operation}`\n\n| what it means | what comes back |\n|---|---|\n{string.Join('\n', rows)}\n";
        if (Environment.GetEnvironmentVariable("MERIDIAN_WRITE_ANSWERS") is { Length: > 0 } folder) await System.IO.File.WriteAllTextAsync(Path.Combine(folder, $"{Questions.ToList().FindIndex(q => q.ToString() == name):00}.md"), table, TestContext.Current.CancellationToken);
        var kept = await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken);
        var begins = kept.IndexOf($"## {name}\n", StringComparison.Ordinal);
        Assert.True(begins >= 0, $"docs/answers.md has no table '{name}'; it would be:\n{table}");
        var ends = kept.IndexOf("\n## ", begins, StringComparison.Ordinal);
        Assert.Equal(table.Trim(), (ends < 0 ? kept[begins..] : kept[begins..ends]).Trim());
    }

    [Fact]
    public void Every_operation_of_the_vendors_that_we_use_has_its_table()
    {
        var asked = Questions.Select(q => q.Operation).ToHashSet();
        Assert.Equal([], VendorContract.All.SelectMany(c => c.Operations).Select(o => $"{o.Method} {o.Template}").Except(asked));
        Assert.Equal(Questions.Select(q => q.ToString()), System.IO.File.ReadLines(File).Where(l => l.StartsWith("## ", StringComparison.Ordinal)).Select(l => l[3..]));
    }

    private static async Task<string> AskAsync(Question question, AnswerShape shape)
    {
        await using var vendor = new ScriptedHttp(asked => question.IsAsked(asked) ? shape.Reply : question.Around(asked) ?? new Reply(404, """{"message":"not in this test"}""")) { IsNoVendor = question.IsUndocumented };
        if (shape.Closed)
        {
            using var nobody = new NobodyListens();
            return Plain(await question.Ask(nobody.BaseUrl, vendor.Machine), nobody.BaseUrl);
        }

        var said = Plain(await question.Ask(vendor.BaseUrl, vendor.Machine), vendor.BaseUrl);
        Assert.Contains(vendor.Requests, question.IsAsked);
        return said;
    }

    /// <summary>A port differs from run to run, and a bar would end the cell.</summary>
    private static string Plain(string said, Uri at) => said.Replace($":{at.Port}", "", StringComparison.Ordinal).Replace('|', '/').ReplaceLineEndings(" ");
}
