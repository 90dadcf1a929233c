using System.Text.Json.Nodes;
using Meridian.Adapters.HighLevel;
using Meridian.Tests.Sandbox;
using NodaTime;
using Xunit;

namespace Meridian.Tests.Providers;

public class HighLevelContactSearchTests
{
    [Fact]
    public async Task Every_contact_comes_once_however_small_the_pages_are()
    {
        await using var world = await World.StartAsync(contacts: [.. Enumerable.Range(0, 25).Select(n => Person($"p{n:00}@people.example", added: $"2026-08-{n / 3 + 1:00}T10:00:00.000Z"))]);
        var (seen, mark) = (new List<string>(), (string?)null);
        do
        {
            var page = await FindAsync(world, new ContactQuery([], PageLimit: 4, SearchAfter: mark, SortBy: "dateAdded"));
            Assert.Equal(25, page.Total);
            seen.AddRange(page.Contacts.Select(c => c.Email!));
            mark = page.Next;
        }
        while (mark is not null);
        Assert.Equal(Enumerable.Range(0, 25).Select(n => $"p{n:00}@people.example"), seen.Order());
    }

    [Fact]
    public async Task Filters_are_all_held_together_and_groups_hold_any()
    {
        await using var world = await World.StartAsync(contacts:
        [
            Person("ann@people.example", tags: ["freight", "texas"], workflows: ["wf_1"]), Person("bob@people.example", tags: ["freight"]),
            Person("carl@people.example", tags: ["retail"], dnd: true), Person("dora@people.example", phone: null, state: "HI"),
        ]);
        async Task<string> NamesAsync(params ContactFilter[] filters) => string.Join(' ', (await FindAsync(world, new ContactQuery(filters, SortBy: "email"))).Contacts.Select(c => c.Email!.Split('@')[0]));

        Assert.Equal("ann bob", await NamesAsync(ContactFilter.Eq("tags", "Freight")));
        Assert.Equal("bob", await NamesAsync(ContactFilter.Eq("tags", "freight"), ContactFilter.NotEq("tags", "texas")));
        Assert.Equal("carl", await NamesAsync(ContactFilter.Eq("dnd", true)));
        Assert.Equal("ann carl", await NamesAsync(ContactFilter.Any(ContactFilter.Exists("activeWorkflows"), ContactFilter.Eq("dnd", true))));
        Assert.Equal("dora", await NamesAsync(ContactFilter.NotExists("phone")));
        Assert.Equal("bob carl", await NamesAsync(ContactFilter.NotExists("activeWorkflows"), ContactFilter.Any(ContactFilter.Contains("email", "bob"), ContactFilter.All(ContactFilter.Eq("dnd", true), ContactFilter.NotEq("state", "HI")))));
        Assert.Equal("", await NamesAsync(ContactFilter.Between("dateUpdated", Instant.FromUtc(2026, 11, 1, 0, 0), null)));
    }

    [Fact]
    public async Task A_contact_is_shown_by_the_names_the_search_uses()
    {
        await using var world = await World.StartAsync(contacts: [Person("ann@people.example", tags: ["freight"], workflows: ["wf_1"], dnd: true)]);
        var ann = Assert.Single((await FindAsync(world, new ContactQuery([]))).Contacts);
        Assert.Equal(("ann", "12 Main St", "Austin", "TX", "78701", "US", "Example Freight", "America/Chicago", "lead", "form"), (ann.FirstName, ann.Address, ann.City, ann.State, ann.PostalCode, ann.Country, ann.CompanyName, ann.Timezone, ann.Type, ann.Source));
        Assert.Equal(("all channels", true, "freight", "wf_1"), (ann.DoNotDisturb, ann.TellsDoNotDisturb, ann.Tags.Single(), ann.ActiveWorkflows.Single()));
    }

    [Fact]
    public async Task What_was_just_written_is_found_a_few_seconds_later()
    {
        await using var world = await World.StartAsync();
        await world.ContactAsync("+13125550117");
        Assert.Empty((await FindAsync(world, new ContactQuery([]))).Contacts);
        world.Clock.Advance(TimeSpan.FromSeconds(4));
        var contact = Assert.Single((await FindAsync(world, new ContactQuery([]))).Contacts);
        await world.HighLevelAsync(HttpMethod.Put, $"contacts/{contact.Id}", new JsonObject { ["dndSettings"] = new JsonObject { ["SMS"] = new JsonObject { ["status"] = "active" } } });
        Assert.Null(Assert.Single((await FindAsync(world, new ContactQuery([]))).Contacts).DoNotDisturb);
        world.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("SMS active", Assert.Single((await FindAsync(world, new ContactQuery([ContactFilter.Eq("dndSettings.SMS.status", "active")]))).Contacts).DoNotDisturb);
    }

    [Theory]
    [InlineData("""{"contact":{"dndSettings":{"sms":{"status":"permanent"}}}}""", "sms permanent", true)]
    [InlineData("""{"contact":{"dnd":false,"dndSettings":{"SMS":{"status":"inactive"}}}}""", null, true)]
    [InlineData("""{"contact":{"dnd":false,"dndSettings":{}}}""", null, false)]
    [InlineData("""{"contact":{"dnd":false}}""", null, false)]
    public async Task Silence_about_do_not_disturb_is_not_a_no(string contact, string? on, bool told)
    {
        var inner = JsonNode.Parse(contact)!["contact"]!.AsObject();
        inner["id"] = "con_1";
        await using var highLevel = new ScriptedHttp(new Reply(200, $$"""{"contacts":[{{inner.ToJsonString()}},{"email":"without@id.example"}],"total":2}"""));
        var found = Assert.Single(Assert.IsType<ContactsAnswer.Found>(await Search(highLevel.BaseUrl).FindAsync(new ContactQuery([]), default)).Contacts);
        Assert.Equal((on, told), (found.DoNotDisturb, found.TellsDoNotDisturb));
    }

    [Theory]
    [InlineData(401, """{"message":"The token is not authorized for this scope."}""")]
    [InlineData(422, """{"message":["pageLimit must not be greater than 500"]}""")]
    [InlineData(429, """{"message":"Too Many Requests"}""")]
    [InlineData(500, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, """{"contacts":null}""")]
    public async Task An_answer_without_contacts_is_no_answer_rather_than_nobody(int status, string body)
    {
        await using var highLevel = new ScriptedHttp(new Reply(status, body));
        Assert.Equal(status, Assert.IsType<ContactsAnswer.NotTold>(await Search(highLevel.BaseUrl).FindAsync(new ContactQuery([]), default)).Status);
    }

    [Fact]
    public async Task A_full_page_that_does_not_say_how_to_go_on_is_no_answer()
    {
        await using var highLevel = new ScriptedHttp(new Reply(200, """{"contacts":[{"id":"con_1"}],"total":9}"""));
        Assert.IsType<ContactsAnswer.NotTold>(await Search(highLevel.BaseUrl).FindAsync(new ContactQuery([], PageLimit: 1), default));
    }

    private static async Task<ContactsAnswer.Found> FindAsync(World world, ContactQuery query) => Assert.IsType<ContactsAnswer.Found>(await Search(world.Outside.HighLevelBase, "ht", "loc").FindAsync(query, default));

    private static HighLevelContactSearch Search(Uri at, string token = "t", string location = "l") =>
        new(Locations.At(at, token, location));

    private static JsonObject Person(string email, string? phone = "+13125550117", string state = "TX", string added = "2026-08-01T10:00:00.000Z", string[]? tags = null, string[]? workflows = null, bool dnd = false) => new()
    {
        ["email"] = email, ["phone"] = phone, ["firstName"] = "Ann", ["lastName"] = "Lee", ["address1"] = "12 Main St", ["city"] = "Austin", ["state"] = state, ["postalCode"] = "78701", ["country"] = "US",
        ["companyName"] = "Example Freight", ["timezone"] = "America/Chicago", ["source"] = "form", ["dateAdded"] = added, ["dnd"] = dnd,
        ["tags"] = new JsonArray([.. (tags ?? []).Select(t => (JsonNode)t)]), ["activeWorkflows"] = new JsonArray([.. (workflows ?? []).Select(t => (JsonNode)t)]),
    };
}
