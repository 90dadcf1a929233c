using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Engine;
using Meridian.Host.Doctor;
using Meridian.Sandbox;
using Meridian.Tests.Contracts;
using Meridian.Tests.Ledger;
using Meridian.Tests.Providers;
using Npgsql;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary><c>doctor</c> against the sandbox, set up right and set up wrong in every way an owner does it: each cause is named, and its fix.</summary>
public sealed class DoctorTests
{
    private const string Assistant = "5b0a4a08-133c-4146-9315-0984f8c60001";
    private const string Number = "00000001-1111-4111-8111-111111111111";
    private const string Key = "v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqUJvMmMTGGUIxZKq1h7KqjpZ3sWm0bXm5N1PCnH5yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyIDAQAB";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Set_up_right_everything_passes()
    {
        await using var set = await SetUp.RightAsync();
        var found = await set.ExamineAsync();
        Assert.All(found, f => Assert.True(f.Finding.Passed, $"{f.Provider} {f.Finding.Capability}: {f.Finding.Found}"));
        Assert.Equal(["settings", "database", "folder", "smtp", "gmail", "graph", "mailgun", "imap", "vapi", "highlevel", "apollo", "twilio", "dns"], found.Select(f => f.Provider).Distinct());
        Assert.Contains(found, f => f.Finding.Capability == "book");
        Assert.False(File.Exists(Path.Combine(set.Folder, "meridian.db")), "looking makes nothing");
    }

    /// <summary>What is wrong, which capability it costs, words of the cause, words of the fix.</summary>
    public static TheoryData<string, string, string, string> Wrong => new()
    {
        { "vapi: another key", "call:+12025550180", "refused the key", "private key (not the public one)" },
        { "vapi: no such assistant", "call:+12025550180", "has no assistant", "vapi.assistantId" },
        { "vapi: no such number", "call:+12025550180", "no number with the id", "callerIds.phoneNumberId" },
        { "vapi: another number", "call:+12025550181", "is +12025550180, not +12025550181", "callerIds.number" },
        { "highlevel: another token", "text:+12025550190", "refused the token", "new private integration token" },
        { "highlevel: another location", "text:+12025550190", "may not touch the location", "highLevel.locationId" },
        { "highlevel: scope lacks", "text:+12025550190", "not authorized for this scope", "conversations.readonly" },
        { "highlevel: no such calendar", "book", "cannot be read", "highLevel.calendarId" },
        { "highlevel: calendar scope lacks", "book", "not authorized for this scope", "calendars.readonly" },
        { "highlevel: contacts scope lacks", "do-not-disturb", "not authorized for this scope", "contacts.readonly" },
        { "highlevel: contacts scope lacks", "notes", "not authorized for this scope", "contacts.readonly and contacts.write" },
        { "highlevel: opportunities scope lacks", "opportunities", "not authorized for this scope", "opportunities.readonly" },
        { "highlevel: no such pipeline", "opportunities", "it has Sandbox pipeline (sandboxPipeline)", "highLevel.pipelineId" },
        { "highlevel: no such stage", "opportunities", "it has New (sandboxPipeline-new)", "highLevel.stageId" },
        { "apollo: another key", "search", "Invalid API key", "Settings, Integrations, API" },
        { "apollo: plan without API", "search", "not authorized to access", "the plan must include the API" },
        { "apollo: no credits", "enrich", "no credits are left", "Buy credits" },
        { "smtp: another password", "email:ana@growth.example", "did not let", "app password" },
        { "smtp: another port", "email:ana@growth.example", "could not be reached", "host and port" },
        { "smtp: another port", "email:ana@growth.example", "could not be reached", "via to gmail, graph or mailgun" },
        { "gmail: another account", "email:bob@growth.example", "the token is mallory@growth.example's", "oauth.refreshToken" },
        { "gmail: token withdrawn", "email:bob@growth.example", "expired or revoked", "oauth.refreshToken" },
        { "gmail: scope lacks", "email:bob@growth.example", "insufficient authentication scopes", "https://mail.google.com/" },
        { "gmail: nobody there", "email:bob@growth.example", "could not be reached", "baseUrl" },
        { "graph: another account", "email:cara@growth.example", "the token is mallory@growth.example's", "into the mailbox' user" },
        { "graph: scope lacks", "email:cara@growth.example", "Access is denied", "Mail.Send and User.Read" },
        { "graph: application's secret", "email:cara@growth.example", "Invalid client secret", "a secret that is still good" },
        { "graph: application without permission", "email:cara@growth.example", "did not let the application into cara@growth.example", "Mail.ReadBasic.All with an administrator's consent" },
        { "graph: application without the mailbox", "email:cara@growth.example", "no mailbox cara@growth.example", "oauth.tenant" },
        { "mailgun: key reads no events", "email:dora@growth.example", "does not let this key read events", "events as well as domains" },
        { "mailgun: another key", "email:dora@growth.example", "refused the key", "only sends" },
        { "mailgun: no such domain", "email:dora@growth.example", "has no domain", "api.eu.mailgun.net" },
        { "mailgun: DNS not finished", "email:dora@growth.example", "is unverified", "DNS records" },
        { "highlevel: another token", "email:emil@growth.example", "refused the token", "new private integration token" },
        { "imap: another password", "hear:ana@growth.example", "Invalid credentials", "app password" },
        { "imap: no such host", "hear:ana@growth.example", "", "host, port, security" },
        { "dns: no SPF", "domain:growth.example", "no SPF record", "v=spf1" },
        { "dns: two SPF", "domain:growth.example", "2 SPF records", "Join them" },
        { "dns: SPF lets everybody", "domain:growth.example", "anybody may send", "~all" },
        { "dns: no DKIM key", "domain:growth.example", "no DKIM key at s1._domainkey.growth.example", "mailboxes.dkimSelector" },
        { "dns: DKIM withdrawn", "domain:growth.example", "was withdrawn", "Publish the key" },
        { "dns: no DMARC", "domain:growth.example", "no DMARC record", "_dmarc.growth.example" },
        { "dns: no mail exchanger", "domain:growth.example", "no mail exchanger", "MX record" },
        { "dns: null MX", "domain:growth.example", "takes no mail", "MX record" },
        { "twilio: another key", "look-up", "refused the key", "console.twilio.com" },
        { "database: another password", "database", "refused the user or password", "%2F %23 %40" },
        { "database: nobody there", "database", "nobody listens", "whether PostgreSQL runs there" },
        { "database: no such host", "database", "no machine named", "Correct the host" },
        { "database: no such database", "database", "has no such database", "Correct the name" },
        { "public: nobody there", "public-address", "cannot be reached", "meridian run" },
        { "public: somebody else", "public-address", "not as Meridian does", "owner.publicUrl" },
        { "settings: unknown word", "settings", "apikey2", "meridian.json" },
        { "settings: headers not accepted", "settings", "acceptsMissingHeaders: true", "meridian.json" },
        { "settings: no such way", "settings", "use smtp, gmail, graph, mailgun, highlevel", "meridian.json" },
        { "settings: owner by HighLevel", "settings", "would make a contact of you", "meridian.json" },
        { "settings: no sender", "settings", "there is nobody to send from", "meridian init" },
        { "settings: no callback number", "settings", "owner.sellerPhone is empty", "meridian init" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Set_up_wrong_the_cause_is_named_and_its_fix(string what, string capability, string cause, string fix)
    {
        await using var set = await SetUp.WrongAsync(what);
        var found = await set.ExamineAsync();
        var failed = Assert.Single(found, f => !f.Finding.Passed && f.Finding.Capability == capability && f.Finding.Found.Contains(cause, StringComparison.OrdinalIgnoreCase));
        Assert.Contains(cause, failed.Finding.Found, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(fix, failed.Finding.Fix, StringComparison.Ordinal);
        // One thing is wrong: whatever does not rest on it still passes.
        var provider = what[..what.IndexOf(':')];
        Assert.All(found.Where(f => f.Provider != provider), f => Assert.True(f.Finding.Passed, $"{f.Provider} {f.Finding.Capability}: {f.Finding.Found}"));
    }

    [Theory]
    [InlineData("highlevel: contacts scope lacks", "book", "opportunities")]
    [InlineData("highlevel: opportunities scope lacks", "book", "do-not-disturb", "tags", "notes")]
    public async Task What_only_something_else_needs_stops_no_text(string what, params string[] pass)
    {
        await using var set = await SetUp.WrongAsync(what);
        var passed = (await set.ExamineAsync("highlevel")).Where(f => f.Finding.Passed).Select(f => f.Finding.Capability).ToList();
        Assert.Equal(pass.Concat(["text:+12025550190", "email:emil@growth.example"]).Order(), passed.Order());
    }

    [Fact]
    public async Task A_token_that_may_only_send_passes_and_says_what_it_cannot_show()
    {
        await using var set = await SetUp.WrongAsync("gmail: may only send");
        var found = Assert.Single(await set.ExamineAsync("gmail"));
        Assert.True(found.Finding.Passed, found.Finding.Found);
        Assert.Contains("cannot be looked up without gmail.readonly", found.Finding.Found, StringComparison.Ordinal);
        Assert.Contains("may not keep Message-ID", found.Finding.Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_that_is_let_in_passes_and_it_is_said_what_was_not_seen()
    {
        await using var set = await SetUp.WrongAsync("graph: application");
        var found = Assert.Single(await set.ExamineAsync("graph"));
        Assert.True(found.Finding.Passed, found.Finding.Found);
        Assert.Contains("whether Mail.Send was granted is seen at the first letter", found.Finding.Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_provider_may_be_looked_at_alone()
    {
        await using var set = await SetUp.RightAsync();
        Assert.Equal(["vapi"], (await set.ExamineAsync("vapi")).Select(f => f.Provider).Distinct());
    }

    private sealed class SetUp : IAsyncDisposable
    {
        private readonly OutsideWorld world;
        private readonly VendorWatch watch;
        private readonly FakeNameServer names;
        private readonly ScriptedHttp twilio;
        private readonly ScriptedHttp other = new(new Reply(200, "<html>a parking page</html>")) { IsNoVendor = true };

        private SetUp(OutsideWorld world, VendorWatch watch, FakeNameServer names, ScriptedHttp twilio, string folder) => (this.world, this.watch, this.names, this.twilio, Folder) = (world, watch, names, twilio, folder);

        public string Folder { get; }

        public static Task<SetUp> RightAsync() => WrongAsync("nothing");

        public static async Task<SetUp> WrongAsync(string what)
        {
            var folder = Directory.CreateTempSubdirectory("meridian-doctor-").FullName;
            var watch = new VendorWatch();
            var options = new SandboxOptions
            {
                Folder = Path.Combine(folder, "world"), Seed = 1, Clock = TimeProvider.System, OwnerEmail = "owner@example.com", TextNumber = "+12025550190", MailPassword = "right",
                VapiPhoneNumbers = new Dictionary<string, string> { [Number] = "+12025550180" }, VapiAssistants = new HashSet<string> { Assistant }, HighLevelCalendars = new HashSet<string> { "cal_1" },
                HighLevelLacks = what switch { "highlevel: scope lacks" => "conversations.readonly", "highlevel: calendar scope lacks" => "calendars.readonly", "highlevel: contacts scope lacks" => "contacts.readonly", "highlevel: opportunities scope lacks" => "opportunities.readonly", _ => null },
                MailScope = what switch { "gmail: scope lacks" => "Mail.Send User.Read", "graph: scope lacks" or "graph: application without permission" => "https://mail.google.com/", "gmail: may only send" => "https://www.googleapis.com/auth/gmail.send User.Read", "graph: application" => "https://mail.google.com/ Mail.Send Mail.ReadBasic.All", _ => "https://mail.google.com/ Mail.Send User.Read" },
                MailgunDomains = what switch { "mailgun: no such domain" => new Dictionary<string, string>(), "mailgun: DNS not finished" => new Dictionary<string, string> { ["growth.example"] = "unverified" }, _ => null },
                MailgunKeyReadsEvents = what != "mailgun: key reads no events", GraphMailboxes = what == "graph: application without the mailbox" ? new HashSet<string> { "ana@growth.example" } : null,
                Sees = watch.Sees, Says = watch.Says, ApolloPlanHasApi = what != "apollo: plan without API", ApolloCredits = what == "apollo: no credits" ? 0 : 100,
            };
            var world = await OutsideWorld.StartAsync(options, Cancelled);
            var set = new SetUp(world, watch, Names(what), new ScriptedHttp(new Reply(what == "twilio: another key" ? 401 : 200, """{"phone_number":"+12025550100","valid":true}""")), folder);
            var settings = set.Settings(options);
            await BreakAsync(settings, what, set);
            await File.WriteAllTextAsync(Path.Combine(folder, "meridian.json"), settings.ToJsonString(), Cancelled);
            return set;
        }

        public Task<IReadOnlyList<Examined>> ExamineAsync(string? only = null) => Examination.RunAsync(Folder, only, new Clocks(TimeProvider.System, TimeProvider.System), Cancelled);

        public async ValueTask DisposeAsync()
        {
            await world.DisposeAsync();
            watch.Holds();
            await names.DisposeAsync();
            await twilio.DisposeAsync();
            await other.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }

        private static FakeNameServer Names(string what)
        {
            var names = new FakeNameServer().Text("growth.example", "some-site-verification=1");
            if (what is not "dns: no SPF") names.Text("growth.example", what == "dns: SPF lets everybody" ? "v=spf1 +all" : "v=spf1 include:_spf.mail.example ~all");
            if (what is "dns: two SPF") names.Text("growth.example", "v=spf1 ip4:192.0.2.1 -all");
            if (what is not "dns: no DKIM key") names.Text("s1._domainkey.growth.example", what == "dns: DKIM withdrawn" ? "v=DKIM1; p=" : Key);
            if (what is not "dns: no DMARC") names.Text("_dmarc.growth.example", "v=DMARC1; p=none; rua=mailto:a@growth.example");
            if (what is not "dns: no mail exchanger") names.Exchanger("growth.example", what == "dns: null MX" ? "." : "mx.growth.example");
            return names;
        }

        private JsonObject Settings(SandboxOptions options) => JsonNode.Parse(JsonSerializer.Serialize(new
        {
            database = "sqlite",
            nameServer = names.Address,
            owner = new { sellerName = "Example Growth LLC", postalAddress = "100 Example Way, Richmond, VA 23219", sellerPhone = "+12025550199", ownerEmail = "owner@example.com" },
            vapi = new { baseUrl = world.VapiBase, apiKey = options.VapiKey, assistantId = Assistant },
            highLevel = new { baseUrl = world.HighLevelBase, token = options.HighLevelToken, locationId = options.HighLevelLocation, calendarId = "cal_1", pipelineId = "sandboxPipeline", stageId = "sandboxPipeline-new" },
            apollo = new { baseUrl = world.ApolloBase, apiKey = options.ApolloKey },
            twilio = new { baseUrl = twilio.BaseUrl, sid = "AC1", secret = "s" },
            ownerMailbox = new { address = "owner@growth.example", host = "127.0.0.1", port = world.SmtpPort, security = "None" },
            mailboxes = new object[]
            {
                Ana(),
                new { address = "bob@growth.example", via = "gmail", baseUrl = world.GmailBase, oauth = new { clientId = "c", refreshToken = "bob@growth.example", provider = new Uri(world.GmailBase, "/token") } },
                new { address = "cara@growth.example", via = "graph", baseUrl = world.GraphBase, oauth = new { clientId = "c", refreshToken = "cara@growth.example", provider = new Uri(world.GraphBase, "/token") } },
                new { address = "dora@growth.example", via = "Mailgun", baseUrl = world.MailgunBase, apiKey = options.MailgunKey },
                new { address = "emil@growth.example", via = "highlevel", acceptsMissingHeaders = true },
            },
            callerIds = new[] { new { phoneNumberId = Number, number = "+12025550180" } },
            textNumbers = new[] { new { number = "+12025550190" } },
        }))!.AsObject();

        private object Ana() => new { address = "ana@growth.example", host = "127.0.0.1", port = world.SmtpPort, security = "None", user = "ana@growth.example", password = "right", dkimSelector = "s1", imap = new { host = "127.0.0.1", port = world.ImapPort, security = "None", password = "right" } };

        private static async Task BreakAsync(JsonObject s, string what, SetUp set)
        {
            var mailbox = s["mailboxes"]![0]!;
            var caller = s["callerIds"]![0]!;
            switch (what)
            {
                case "vapi: another key": s["vapi"]!["apiKey"] = "a-public-key"; break;
                case "vapi: no such assistant": s["vapi"]!["assistantId"] = "5b0a4a08-133c-4146-9315-0984f8c60002"; break;
                case "vapi: no such number": caller["phoneNumberId"] = "00000009-1111-4111-8111-111111111111"; break;
                case "vapi: another number": caller["number"] = "+12025550181"; break;
                case "highlevel: another token": s["highLevel"]!["token"] = "old"; break;
                case "highlevel: another location": s["highLevel"]!["locationId"] = "elsewhere"; break;
                case "highlevel: no such calendar": s["highLevel"]!["calendarId"] = "cal_9"; break;
                case "highlevel: no such pipeline": s["highLevel"]!["pipelineId"] = "pipe_9"; break;
                case "highlevel: no such stage": s["highLevel"]!["stageId"] = "stage_9"; break;
                case "apollo: another key": s["apollo"]!["apiKey"] = "old"; break;
                case "smtp: another password": mailbox["password"] = "wrong"; break;
                case "smtp: another port": mailbox["port"] = 1; break;
                case "gmail: another account": s["mailboxes"]![1]!["oauth"]!["refreshToken"] = "mallory@growth.example"; break;
                case "gmail: token withdrawn": s["mailboxes"]![1]!["oauth"]!["refreshToken"] = "gone"; break;
                case "gmail: nobody there": s["mailboxes"]![1]!["baseUrl"] = "http://127.0.0.1:1"; break;
                case "graph: another account": s["mailboxes"]![2]!["oauth"]!["refreshToken"] = "mallory@growth.example"; break;
                case "graph: application's secret": Application(s, "an old one"); break;
                case "graph: application": case "graph: application without permission": case "graph: application without the mailbox": Application(s, "sandbox-app-secret"); break;
                case "mailgun: another key": s["mailboxes"]![3]!["apiKey"] = "old"; break;
                case "settings: headers not accepted": s["mailboxes"]![4]!["acceptsMissingHeaders"] = false; break;
                case "settings: no such way": s["mailboxes"]![1]!["via"] = "sendmail"; break;
                case "settings: owner by HighLevel": s["ownerMailbox"] = new JsonObject { ["address"] = "owner@growth.example", ["via"] = "highlevel", ["acceptsMissingHeaders"] = true }; break;
                case "imap: another password": mailbox["imap"]!["password"] = "wrong"; break;
                case "imap: no such host": mailbox["imap"] = new JsonObject { ["host"] = "imap.invalid", ["port"] = 993, ["password"] = "right" }; break;
                case "database: another password": s["database"] = await PasswordedAsync(); break;
                case "database: nobody there": s["database"] = "postgres://meridian:x@127.0.0.1:1/postgres"; break;
                case "database: no such host": s["database"] = "postgres://meridian:x@db.invalid:5432/postgres"; break;
                case "database: no such database": s["database"] = $"postgres://meridian:x@127.0.0.1:{await PortAsync()}/nowhere"; break;
                case "public: nobody there": s["owner"]!["publicUrl"] = "http://127.0.0.1:1"; break;
                case "public: somebody else": s["owner"]!["publicUrl"] = set.other.BaseUrl.AbsoluteUri; break;
                case "settings: unknown word": s["vapi"]!["apiKey2"] = "x"; break;
                case "settings: no sender": s["mailboxes"] = new JsonArray(); s["callerIds"] = new JsonArray(); s["textNumbers"] = new JsonArray(); break;
                case "settings: no callback number": s["owner"]!["sellerPhone"] = ""; break;
            }
        }

        /// <summary>No user signs in: tenant and secret in the place of the refresh token.</summary>
        private static void Application(JsonObject s, string secret)
        {
            var oauth = s["mailboxes"]![2]!["oauth"]!.AsObject();
            oauth.Remove("refreshToken");
            (oauth["tenant"], oauth["clientSecret"]) = ("growth.example", secret);
        }

        private static async Task<int> PortAsync() => new NpgsqlConnectionStringBuilder(await PostgresCluster.NewSchemaAsync()).Port;

        /// <summary>The throw-away server trusts everybody, so a server that asks stands in: PostgreSQL's refusal, byte for byte.</summary>
        private static async Task<string> PasswordedAsync()
        {
            var refusing = await RefusingPostgres.StartAsync("28P01", "password authentication failed for user \"meridian\"");
            return $"postgres://meridian:wrong@127.0.0.1:{refusing}/postgres?sslmode=disable";
        }
    }
}
