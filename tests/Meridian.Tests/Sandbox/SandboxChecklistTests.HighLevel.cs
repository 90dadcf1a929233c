using System.Text.Json.Nodes;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Http;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Sandbox.HighLevel;
using Meridian.Tests.Host;
using Meridian.Tests.Providers;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Sandbox;

public sealed partial class SandboxChecklistTests
{
    private const string SendText = "POST /conversations/messages";
    private const string OurPhone = "+13125550117";
    private static readonly HighLevelSignals Reader = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HighLevels_list_of_messages_is_nested_as_seen_or_flat_as_documented_and_we_read_both(bool flat)
    {
        await using var world = await World.StartAsync();
        world.Options.HighLevelListsFlat = flat;
        var contact = await world.ContactAsync(OurPhone);
        string conversation = "";
        for (var i = 0; i < 5; i++)
        {
            conversation = (string)(await world.TextAsync(contact, $"Text {i}")).Body["conversationId"]!;
            await world.PassAsync(TimeSpan.FromSeconds(10));
        }

        var bodies = new List<string?>();
        for (JsonNode? page = null; page is null || (bool)page["nextPage"]!;)
        {
            var (_, said) = await world.HighLevelAsync(HttpMethod.Get, $"conversations/{conversation}/messages?limit=2&lastMessageId={(string?)page?["lastMessageId"]}");
            page = flat ? said : said["messages"]!;
            bodies.AddRange(page["messages"]!.AsArray().Where(m => (string?)m!["direction"] == "outbound").Select(m => (string?)m!["body"]));
            Assert.Equal(page["messages"]!.AsArray().Count, HighLevelAnswers.Messages(said.ToJsonString(), out _)!.Count());
        }

        Assert.Equal(["Text 4", "Text 3", "Text 2", "Text 1", "Text 0 Reply STOP to opt out"], bodies);
    }

    [Fact]
    public async Task HighLevels_upsert_drops_the_second_address_without_a_word_and_we_text_nobody()
    {
        await using var world = await World.StartAsync();
        var ann = (string)(await UpsertAsync(world, new JsonObject { ["email"] = "ann@people.example", ["phone"] = "+13125550101" }))["contact"]!["id"]!;
        var bob = (string)(await UpsertAsync(world, new JsonObject { ["phone"] = OurPhone }))["contact"]!["id"]!;
        var both = await UpsertAsync(world, new JsonObject { ["email"] = "ann@people.example", ["phone"] = OurPhone, ["gender"] = "f" });
        Assert.Equal((false, ann, "+13125550101", null), ((bool)both["new"]!, (string?)both["contact"]!["id"], (string?)both["contact"]!["phone"], (string?)both["contact"]!["gender"]));
        Assert.NotEqual(ann, bob);
        var mismatch = Assert.IsType<TextContact.Mismatch>(await Texts(world).PrepareAsync(new TextPerson("led_1", "Ann", null, "ann@people.example", OurPhone, null), None));
        Assert.Contains("+13125550101", mismatch.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("upsert")]
    [InlineData("PUT")]
    public async Task HighLevels_upsert_and_PUT_replace_every_tag_and_ours_name_none(string how)
    {
        await using var world = await World.StartAsync();
        var contact = await world.ContactAsync(OurPhone);
        await world.HighLevelAsync(HttpMethod.Post, $"contacts/{contact}/tags", new JsonObject { ["tags"] = new JsonArray("Customer", "vip") });
        Assert.IsType<TextContact.Ready>(await Texts(world).PrepareAsync(new TextPerson("led_1", "Ann", "Lee", null, OurPhone, "Lee Freight"), None));
        Assert.True(await Texts(world).SetDoNotDisturbAsync(contact, None));
        Assert.Equal(["customer", "vip"], await TagsAsync(world, contact));

        if (how == "PUT") await world.HighLevelAsync(HttpMethod.Put, $"contacts/{contact}", new JsonObject { ["tags"] = new JsonArray("outreach") });
        else await UpsertAsync(world, new JsonObject { ["phone"] = OurPhone, ["tags"] = new JsonArray("outreach") });
        Assert.Equal(["outreach"], await TagsAsync(world, contact));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("7", 7.0)]
    public async Task HighLevel_counts_down_and_turns_away_with_and_without_saying_for_how_long(string after, double? seconds)
    {
        await using var world = await World.StartAsync();
        (world.Options.HighLevelRequestsPerTenSeconds, world.Options.HighLevelTurnsAway) = (2, after);
        using var http = new HttpClient();
        var heard = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Outside.HighLevelBase, "contacts/x"));
            foreach (var (name, value) in new[] { ("Authorization", "Bearer ht"), ("Version", "2021-07-28") }) request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await http.SendAsync(request, None);
            heard.Add($"{(int)answer.StatusCode} {string.Join(' ', new[] { "X-RateLimit-Max", "X-RateLimit-Remaining", "X-RateLimit-Interval-Milliseconds", "X-RateLimit-Limit-Daily" }.Select(n => answer.Headers.GetValues(n).Single()))}");
            if (i == 2) Assert.Equal(seconds, answer.Headers.RetryAfter?.Delta?.TotalSeconds);
        }

        Assert.Equal(["404 2 1 10000 200000", "404 2 0 10000 200000", "429 2 0 10000 200000"], heard);
    }

    [Fact]
    public async Task HighLevel_says_401_for_a_scope_that_lacks_and_it_is_the_accounts_fault()
    {
        await using var world = await World.StartAsync();
        world.Options.HighLevelLacks = "contacts.write";
        var (status, said) = await world.HighLevelAsync(HttpMethod.Post, "contacts/upsert", new JsonObject { ["locationId"] = "loc", ["phone"] = OurPhone });
        Assert.Equal((401, "The token is not authorized for this scope."), (status, (string?)said["message"]));
        Assert.Equal(NotSentBecause.Account, Assert.IsType<TextContact.NotReady>(await Texts(world).PrepareAsync(Ann, None)).Because);
    }

    [Fact]
    public async Task HighLevel_refuses_by_a_list_and_makes_the_contact_all_the_same()
    {
        await using var world = await World.StartAsync(script: Script(Error("highlevel", "POST /contacts/upsert", "highlevel.422-but-created", ", \"nth\": 1")));
        var (status, said) = await world.HighLevelAsync(HttpMethod.Post, "contacts/upsert", new JsonObject { ["locationId"] = "loc", ["phone"] = OurPhone });
        Assert.Equal((422, "Unprocessable Entity", "property additionalEmails should not exist"), (status, (string?)said["error"], (string?)Assert.Single(said["message"]!.AsArray())));
        Assert.False((bool)(await UpsertAsync(world, new JsonObject { ["phone"] = OurPhone }))["new"]!);
        var (unknown, _) = await world.HighLevelAsync(HttpMethod.Post, "contacts/upsert", new JsonObject { ["locationId"] = "loc", ["phone"] = OurPhone, ["additionalEmails"] = new JsonArray() });
        Assert.Equal(422, unknown);
    }

    [Theory]
    [InlineData(null, "delivered", null)]
    [InlineData("21610", "opt_out", null)]
    [InlineData("30003", "undelivered", "active")]
    [InlineData("30004", "undelivered", "permanent")]
    [InlineData("30005", "undelivered", "active")]
    [InlineData("30006", "undelivered", "active")]
    [InlineData("30007", "undelivered", null)]
    [InlineData("30008", "undelivered", null)]
    [InlineData("30034", "failed", null)]
    public async Task HighLevels_texts_go_from_pending_by_sent_to_their_end_and_whoever_is_blocked_for_it_is_left_alone(string? code, string ending, string? blocked)
    {
        await using var world = await World.StartAsync(script: code is null ? null : Script(Error("highlevel", SendText, $"highlevel.carrier-{code}")));
        world.Options.HighLevelTellsDoNotDisturb = true;
        var begun = Instant.FromDateTimeOffset(world.Clock.GetUtcNow());
        var contact = await world.ContactAsync(OurPhone);
        var sent = Assert.IsType<SendResult.Accepted>(await Texts(world).SendAsync(Permits.Fresh(Channel.Text), new OutgoingText(Permits.TouchId, contact, "+12025550142", OurPhone, "Hi Ann"), None));
        var path = new List<string?>();
        foreach (var wait in new[] { 0, 2, 5 })
        {
            await world.PassAsync(TimeSpan.FromSeconds(wait));
            var shown = (await world.HighLevelAsync(HttpMethod.Get, $"conversations/messages/{sent.ProviderRef}")).Body;
            path.Add((string?)shown["status"]);
            // The carrier's code leaves by no API.
            if (code is not null) Assert.DoesNotContain(code, shown.ToJsonString().Replace((string)shown["id"]!, "", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        Assert.Equal(["pending", "sent", ending], path);
        await world.RestartAsync();
        await world.PassAsync(TimeSpan.FromHours(2));
        if (code is not null) Assert.Empty(world.Kind("reply").Concat(world.Kind("optout"))); // nobody got it

        // However it ended it was asked for, and is never asked for again.
        Assert.Equal(new Sighting.Found(sent.ProviderRef!), await Texts(world).FindAsync(contact, "Hi Ann", begun, None));
        var status = (string?)(await world.HighLevelAsync(HttpMethod.Get, $"contacts/{contact}")).Body["contact"]!["dndSettings"]?["SMS"]?["status"];
        if (code is not null) Assert.Equal(blocked, status);
        var told = world.Heard.Where(h => (string?)h["type"] == "ContactDndUpdate").ToList();
        Assert.Equal(blocked is null ? 0 : 1, code is null ? 0 : told.Count);
        if (blocked is null || code is null) return;
        Assert.Equal((contact, OurPhone, $"SMS {blocked}"), Plainly(Reader.Read(told[0].ToJsonString())));
        Assert.IsType<Disturbance.Asked>(await new HighLevelDoNotDisturb(Location(world), TimeProvider.System).LookAsync(contact, None));
        Assert.IsType<TextContact.DoNotDisturb>(await Texts(world).PrepareAsync(Ann, None));
    }

    [Fact]
    public async Task Whoever_HighLevel_shows_as_opted_out_at_the_carrier_is_opted_out_here()
    {
        await using var world = await World.StartAsync(script: Script(Error("highlevel", SendText, "highlevel.carrier-21610", ", \"nth\": 2")));
        var since = Instant.FromDateTimeOffset(world.Clock.GetUtcNow());
        await world.TextAsync(await world.ContactAsync("+13125550101"), "Hi");
        var contact = await world.ContactAsync(OurPhone);
        await world.TextAsync(contact, "Hi");
        var poll = new HighLevelPoll(Location(world));
        Assert.Empty(Assert.IsType<PollAnswer.Fetched>(await poll.FetchAsync(since, None)).Raw);
        world.Clock.Advance(TimeSpan.FromSeconds(10));
        var raw = Assert.Single(Assert.IsType<PollAnswer.Fetched>(await poll.FetchAsync(since, None)).Raw);
        Assert.Equal((contact, OurPhone, "SMS permanent"), Plainly(Reader.Read(raw)));
        // Read again, it is the same event.
        var again = Assert.Single(Assert.IsType<PollAnswer.Fetched>(await poll.FetchAsync(since, None)).Raw);
        Assert.Equal(Reader.Describe(raw).IdAt(since), Reader.Describe(again).IdAt(since + Duration.FromHours(1)));
    }

    [Fact]
    public async Task A_STOP_of_a_contact_that_HighLevel_shows_without_a_number_is_theirs_all_the_same()
    {
        await using var world = await World.StartAsync();
        world.Options.HighLevelTextsNameNobody = true;
        var since = Instant.FromDateTimeOffset(world.Clock.GetUtcNow());
        var stop = await StoppedAsync(world);
        var (contact, from) = ((string)stop["contact"]!, (string)stop["from"]!);
        var poll = new HighLevelPoll(Location(world));
        var raw = Assert.IsType<PollAnswer.Fetched>(await poll.FetchAsync(since, None)).Raw.Single(r => Reader.Describe(r).ContactId == contact);
        Assert.Empty(Reader.Describe(raw).AddressIds);
        var named = Assert.IsType<Naming.Named>(await poll.NameAsync(raw, contact, None)).Raw;
        Assert.Equal([from], Reader.Describe(named).AddressIds);
        Assert.Equal(Reader.Describe(raw).EventId, Reader.Describe(named).EventId);
        Assert.Equal(new Naming.Named(raw), await poll.NameAsync(raw, "contactThatIsGone001", None));
    }

    [Theory]
    [InlineData(false, "SMS")]
    [InlineData(true, "sms")]
    public async Task HighLevel_tells_an_app_of_a_STOP_as_words_and_as_a_permanent_do_not_disturb_in_either_casing(bool version3, string channel)
    {
        await using var world = await World.StartAsync();
        (world.Options.HighLevelTellsDoNotDisturb, world.Options.HighLevelWebhooksVersion3) = (true, version3);
        var stop = await StoppedAsync(world);
        var (contact, from) = ((string)stop["contact"]!, (string)stop["from"]!);
        var update = world.Heard.Single(h => (string?)h["type"] == "ContactDndUpdate" && (string?)h["id"] == contact);
        Assert.Equal("permanent", (string?)update["dndSettings"]![channel]!["status"]);
        Assert.Equal([channel], update["dndSettings"]!.AsObject().Select(s => s.Key));
        Assert.NotNull(update["webhookId"]);
        Assert.Equal((contact, from, $"{channel} permanent"), Plainly(Reader.Read(update.ToJsonString())));
        Assert.True(Reader.Describe(update.ToJsonString()).Holds);
        Assert.Equal(world.Kind("optout").Count(o => (string?)o["body"] == "STOP"), world.Heard.Count(h => (string?)h["type"] == "ContactDndUpdate"));
    }

    [Fact]
    public async Task What_HighLevel_closed_for_good_is_left_and_the_other_channels_are_closed_all_the_same()
    {
        await using var world = await World.StartAsync();
        var contact = (string)(await StoppedAsync(world))["contact"]!;
        Assert.True(await Texts(world).SetDoNotDisturbAsync(contact, None));
        var settings = (await world.HighLevelAsync(HttpMethod.Get, $"contacts/{contact}")).Body["contact"]!["dndSettings"]!;
        Assert.Equal(("permanent", "active", "active"), ((string?)settings["SMS"]?["status"], (string?)settings["Call"]?["status"], (string?)settings["Email"]?["status"]));
    }

    [Fact]
    public async Task HighLevels_signature_opens_the_apps_door_and_forged_and_unsigned_news_does_not()
    {
        var key = new SandboxSigningKey([.. Enumerable.Range(1, 32).Select(n => (byte)n)]);
        await using var doors = await WebhookDoors.OpenAsync(publicKey: key.PublicKey, location: "loc");
        await using var world = await World.StartAsync(script: Script(
            "{ \"provider\": \"webhook\", \"request\": \"highlevel InboundMessage\", \"nth\": 1, \"then\": \"forged\" }, { \"provider\": \"webhook\", \"request\": \"highlevel InboundMessage\", \"nth\": 2, \"then\": \"unsigned\" }"));
        (world.Options.HighLevelSigningKey, world.Options.HighLevelTellsDoNotDisturb, world.Options.HighLevelWebhook) = (key, true, doors.At("/webhooks/highlevel"));
        await StoppedAsync(world);
        var told = world.Kind("optout").Concat(world.Kind("reply")).Select(l => (string)l["id"]!).ToList();
        Assert.NotEmpty(told);
        Assert.Equal(told.Count, await doors.World.CountAsync("select count(*) from signal where raw like '%InboundMessage%'"));
        Assert.Equal(world.Kind("optout").Count(o => (string?)o["body"] == "STOP"), await doors.World.CountAsync("select count(*) from signal where raw like '%ContactDndUpdate%'"));
        Assert.Equal(0, await doors.World.CountAsync("select count(*) from signal where raw like '%forged%'"));

        // Without a key the same door stays shut.
        var before = await doors.StoredAsync();
        world.Options.HighLevelSigningKey = null;
        await world.TextAsync(await world.ContactAsync("+12125550177"), "Hi");
        for (var i = 0; i < 40; i++) await world.TextAsync(await world.ContactAsync($"+1212555{i:0000}"), "Hi");
        await world.PassAsync(TimeSpan.FromHours(3));
        Assert.Equal(before, await doors.StoredAsync());
    }

    [Fact]
    public async Task HighLevels_workflow_tells_the_same_words_unsigned_and_they_are_the_same_event()
    {
        await using var flat = await World.StartAsync();
        await using var world = await World.StartAsync();
        world.Options.HighLevelTellsByWorkflow = true;
        await StoppedAsync(flat);
        await StoppedAsync(world);
        Assert.Equal(flat.Heard.Count, world.Heard.Count);
        foreach (var (app, workflow) in flat.Heard.Zip(world.Heard))
        {
            foreach (var name in new[] { "type", "webhookId", "contactId" }) Assert.Null(workflow[name]);
            Assert.IsAssignableFrom<JsonValue>(workflow["tags"]);
            var (one, other) = (Assert.IsType<SignalMeaning.TextReceived>(Reader.Read(app.ToJsonString())), Assert.IsType<SignalMeaning.TextReceived>(Reader.Read(workflow.ToJsonString())));
            Assert.Equal((one.ContactId, one.FromE164, one.Body), (other.ContactId, other.FromE164, other.Body));
            var now = Instant.FromDateTimeOffset(world.Clock.GetUtcNow());
            Assert.Equal(Reader.Describe(app.ToJsonString()).IdAt(now), Reader.Describe(workflow.ToJsonString()).IdAt(now));
        }
    }

    private static readonly TextPerson Ann = new("led_1", "Ann", null, null, OurPhone, null);

    private static HighLevelLocation Location(World world) => Locations.At(world.Outside.HighLevelBase);

    private static HighLevelTexts Texts(World world) => new(Location(world));

    private static (string? Contact, string? Phone, string Detail) Plainly(SignalMeaning meaning) => Assert.IsType<SignalMeaning.DoNotDisturbSet>(meaning) is var set ? (set.ContactId, set.PhoneE164, set.Detail) : default;

    private static async Task<JsonNode> UpsertAsync(World world, JsonObject fields)
    {
        fields["locationId"] = "loc";
        return (await world.HighLevelAsync(HttpMethod.Post, "contacts/upsert", fields)).Body;
    }

    private static async Task<IEnumerable<string?>> TagsAsync(World world, string contact) => (await world.HighLevelAsync(HttpMethod.Get, $"contacts/{contact}")).Body["contact"]!["tags"]!.AsArray().Select(t => (string?)t);

    /// <summary>Texts sixty people and lets them answer; the line of the first who said STOP.</summary>
    private static async Task<JsonNode> StoppedAsync(World world)
    {
        for (var i = 0; i < 60; i++) await world.TextAsync(await world.ContactAsync($"+1312555{i:0000}"), "Hi, this is Example Freight.");
        await world.PassAsync(TimeSpan.FromHours(2));
        return world.Kind("optout").First(o => (string?)o["body"] == "STOP");
    }
}
