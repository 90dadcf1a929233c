using System.Text.Json.Nodes;
using Meridian.Adapters.Http;
using Meridian.Adapters.Vapi;
using Meridian.Engine.Checks;
using Meridian.Host.Commands;
using Meridian.Tests.Sandbox;
using Xunit;

namespace Meridian.Tests.Providers;

/// <summary>Whether whoever calls a caller ID back reaches us: the number decides, for no request of ours makes that call.</summary>
public sealed class VapiCheckTests
{
    private const string Ours = "https://reach.example.com/webhooks/vapi";

    public static TheoryData<string, string?> Numbers => new()
    {
        { """{"server":{"url":"https://reach.example.com/webhooks/vapi"}}""", null },
        { """{"server":{"url":"https://Reach.example.com/webhooks/vapi/","credentialId":"cred_1"}}""", null },
        { "{}", "names no server URL: unless the organisation's is ours, nobody answers" },
        { """{"server":{"timeoutSeconds":20}}""", "names no server URL" },
        { """{"server":{"url":"https://old.example.com/webhooks/vapi"}}""", "is not Meridian's: whoever calls it back reaches somebody else" },
        { """{"server":{"url":"not an address"}}""", "is not Meridian's" },
        { """{"assistantId":"asst_2","server":{"url":"https://reach.example.com/webhooks/vapi"}}""", "answered by an assistant set at the number" },
        { """{"squadId":"squad_1"}""", "answered by a squad set at the number" },
        { """{"workflowId":"flow_1"}""", "answered by a workflow set at the number" },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task A_number_that_does_not_lead_to_us_is_warned_of_with_cause_and_fix_and_stops_no_call(string number, string? cause)
    {
        await using var world = await World.StartAsync();
        world.Options.VapiNumberSettings = new Dictionary<string, JsonObject> { [World.PhoneId] = JsonNode.Parse(number)!.AsObject() };
        var found = await CheckAsync(world, new Uri(Ours));
        Assert.True(found.Passed);
        if (cause is null)
        {
            Assert.Null(found.Fix);
            return;
        }

        Assert.Contains(cause, found.Found, StringComparison.Ordinal);
        Assert.Contains($"take any assistant, squad or workflow off +12025550100 and set its server URL to {Ours}; `meridian webhooks`", found.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_public_address_there_is_nothing_a_number_could_name()
    {
        await using var world = await World.StartAsync();
        Assert.Null((await CheckAsync(world, null)).Fix);
    }

    [Fact]
    public async Task What_the_verb_says_to_set_at_a_number_is_what_the_check_asks_for_and_opens_our_door()
    {
        var printed = WebhooksCommand.OfNumbers(["+12025550100"], Ours, "hush").ToList();
        Assert.Contains(printed, line => line.Contains("+12025550100", StringComparison.Ordinal) && line.Contains("no assistant, squad or workflow", StringComparison.Ordinal));
        Assert.Contains(printed, line => line.EndsWith("X-Meridian-Secret: hush", StringComparison.Ordinal));

        await using var world = await World.StartAsync();
        var patch = JsonNode.Parse(printed[^1])!.AsObject();
        world.Options.VapiNumberSettings = new Dictionary<string, JsonObject> { [World.PhoneId] = patch };
        Assert.Null((await CheckAsync(world, new Uri(Ours))).Fix);
        Assert.True(VapiWebhookAuth.LetsIn(name => (string?)patch["server"]!["headers"]![name], [], "POST", Ours, "hush", null, default));
    }

    private static async Task<CheckFinding> CheckAsync(World world, Uri? ours)
    {
        using var http = ProviderHttp.Create(TimeSpan.FromSeconds(5));
        var options = new VapiOptions { BaseUrl = world.Outside.VapiBase, ApiKey = "vk", AssistantId = "a", WebhookUrl = ours, WebhookSecret = "hush" };
        return Assert.Single(await new VapiCheck(http, options, new Dictionary<string, string> { [World.PhoneId] = "+12025550100" }, TimeProvider.System).CheckAsync(default));
    }
}
