using Meridian.Domain.Campaigns;
using Meridian.Domain.Touches;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Domain.Campaigns;

public class RendererTests
{
    private static readonly Dictionary<string, object?> Values = new()
    {
        ["lead.first_name"] = "Ann", ["lead.title"] = null, ["lead.city"] = " ", ["company.name"] = "O'Neil & <Sons>", ["seller.name"] = "Meridian Demo LLC",
        ["seller.postal_address"] = "1 Main St, Austin, TX 78701", ["seller.phone"] = "+1 512-555-0100", ["sender.name"] = "Sam Lee",
        ["unsubscribe_url"] = "https://example.com/u/1", ["lead.visits"] = 3, ["quoted"] = "{{lead.title}}",
        ["nested"] = new Dictionary<string, object?> { ["deep"] = "yes", ["none"] = null },
    };

    [Theory]
    [InlineData("Hello {{lead.first_name}}!", "Hello Ann!")]
    [InlineData("{{ company.name }}", "O'Neil & <Sons>")]
    [InlineData("{{lead.visits}} visits", "3 visits")]
    [InlineData("no variables, {single} braces", "no variables, {single} braces")]
    [InlineData("{{! a note }}x", "x")]
    [InlineData("{{quoted}}", "{{lead.title}}")]
    [InlineData("{{nested.deep}}", "yes")]
    [InlineData("Hi{{#if lead.first_name}} {{lead.first_name}}{{/if}},", "Hi Ann,")]
    [InlineData("Hi{{#if lead.title}} {{lead.title}}{{/if}},", "Hi,")]
    [InlineData("Hi{{#if lead.nobody_supplies_this}} x{{else}} y{{/if}}", "Hi y")]
    [InlineData("{{#unless lead.title}}no title{{/unless}}", "no title")]
    public void A_template_is_filled_in_as_plain_text(string template, string text) => Assert.Equal(new Rendered(text), Renderer.Render(template, Values));

    [Theory]
    [InlineData("Hi {{lead.last_name}}", "lead.last_name"), InlineData("{{campaign.name}}", "campaign.name"), InlineData("{{typo}}", "typo")]
    [InlineData("Hi {{lead.title}}", "lead.title"), InlineData("{{lead.city}}", "lead.city"), InlineData("{{nested.none}}", "nested.none")]
    [InlineData("{{#if lead.title}}a{{/if}}{{lead.title}}", "lead.title"), InlineData("{{#if lead.first_name}}{{lead.title}}{{/if}}", "lead.title")]
    public void A_blank_is_never_printed(string template, string name) => Assert.Equal(new MissingVariable(name), Renderer.Render(template, Values));

    [Theory]
    [InlineData("{{lead.first_name"), InlineData("{{#if lead.title}}"), InlineData("{{}}"), InlineData("{{> partial}}"), InlineData("{{lookup lead 'x'}}")]
    [InlineData("{{#each lead}}{{this}}{{/each}}"), InlineData("{{lead}}"), InlineData("{{this}}"), InlineData("{{../x}}"), InlineData("{{{lead.first_name}}}")]
    [InlineData("{{log 'x'}}"), InlineData("{{/if}}"), InlineData("{{else}}")]
    public void What_is_no_plain_template_is_refused(string template) => Assert.IsType<BadTemplate>(Renderer.Render(template, Values));

    [Fact]
    public void Many_threads_render_many_templates()
    {
        Parallel.For(0, 3000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var name = $"N{i}";
            Assert.Equal(new Rendered($"{i % 60} {name}"), Renderer.Render($"{i % 60} {{{{lead.first_name}}}}", new Dictionary<string, object?> { ["lead.first_name"] = name }));
        });
    }

    [Fact]
    public void The_SOP_texts_render_with_and_without_what_is_optional()
    {
        var sparse = Values.Where(v => !v.Key.StartsWith("lead", StringComparison.Ordinal) && v.Key != "company.name").ToDictionary();
        foreach (var step in SopSequence.Default.Steps.Concat(SopSequence.EmailFirst.Steps))
        {
            foreach (var values in new[] { Values, sparse })
            {
                var body = Assert.IsType<Rendered>(Renderer.Render(step.Body, values)).Text;
                Assert.DoesNotContain("{{", body, StringComparison.Ordinal);
                Assert.DoesNotContain("  ", body, StringComparison.Ordinal);
                if (step.Subject is not null) Assert.IsType<Rendered>(Renderer.Render(step.Subject, values));
            }
        }
    }

    [Fact]
    public void The_SOP_texts_say_what_the_law_wants_said()
    {
        string Body(string step) => Assert.IsType<Rendered>(Renderer.Render(SopSequence.Default.Find(step)!.Body, Values)).Text;
        Assert.StartsWith("Hi, this is an AI assistant calling for Meridian Demo LLC, on a recorded line. To opt out at any time say stop or press 9. ", Body("call-1"), StringComparison.Ordinal);
        Assert.Contains("+1 512-555-0100", Body("call-1"), StringComparison.Ordinal);
        Assert.Contains("This is an advertisement from Meridian Demo LLC, 1 Main St, Austin, TX 78701.", Body("email-1"), StringComparison.Ordinal);
        Assert.Contains("Reply STOP or use https://example.com/u/1", Body("email-1"), StringComparison.Ordinal);
        Assert.StartsWith("Meridian Demo LLC: ", Body("sms-1"), StringComparison.Ordinal);
        Assert.EndsWith("Reply STOP to opt out.", Body("sms-1"), StringComparison.Ordinal);
        Assert.True(Body("sms-1").Length <= 160, "one segment");
    }

    [Fact]
    public void The_SOP_order_is_call_email_text_and_its_variant_email_text_call()
    {
        Assert.Equal([Channel.Call, Channel.Email, Channel.Text], SopSequence.Default.Steps.Select(s => s.Channel));
        Assert.Equal([true, false, false], SopSequence.Default.Steps.Select(s => s.GoOn));
        Assert.Equal(["email-1", "sms-1", "call-1"], SopSequence.EmailFirst.Steps.Select(s => s.StepId));
        Assert.All(SopSequence.Default.Steps, s => Assert.Equal(Duration.Zero, s.Delay));
    }
}
