using System.Text;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Http;
using Meridian.Adapters.Mail;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Sandbox;
using Meridian.Tests.Providers;
using MimeKit;
using MimeKit.Cryptography;
using NodaTime;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.OpenSsl;
using Xunit;

namespace Meridian.Tests.Post;

/// <summary>Letters over each way into the outside world: what arrives, who answers, and what is found again when the answer was lost.</summary>
public sealed class MailOverHttpsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<MailVia> Ways => [.. Enum.GetValues<MailVia>()];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_letter_reaches_the_same_people_by_every_way_and_the_log_says_the_same(MailVia via)
    {
        await using var set = await SetUp.StartAsync(via);
        var email = Letter(set, 1);
        Assert.IsType<SendResult.Accepted>(await set.SendAsync(email, 1));
        var line = Assert.Single(set.Log, l => l.Contains("\"kind\":\"email\"", StringComparison.Ordinal));
        Assert.Contains("\"provider\":\"smtp\"", line, StringComparison.Ordinal);
        Assert.Contains("\"from\":\"ana@growth.example\",\"to\":\"dana@people.example\"", line, StringComparison.Ordinal);
        Assert.Contains("\"subject\":\"Grüße 1\",\"body\":\"Hi Dana,\\n" + (via == MailVia.HighLevel ? "" : "\\n") + "would a call suit you?", line, StringComparison.Ordinal);
        Assert.Contains(via == MailVia.HighLevel ? "\"touch\":null" : "\"touch\":\"tch_1\"", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MailVia.Smtp)]
    [InlineData(MailVia.Mailgun)]
    public async Task Where_headers_are_kept_the_letter_arrives_byte_for_byte_with_a_signature_that_holds(MailVia via)
    {
        await using var set = await SetUp.StartAsync(via, sign: true);
        var email = Letter(set, 1);
        Assert.IsType<SendResult.Accepted>(await set.SendAsync(email, 1));
        var arrived = set.Stored.Single();
        using var stream = new MemoryStream(arrived);
        using var message = await MimeMessage.LoadAsync(stream, Cancelled);
        Assert.Equal(("tch_1@growth.example", "List-Unsubscribe=One-Click"), (message.MessageId, message.Headers[HeaderId.ListUnsubscribePost]));
        Assert.Equal("<https://reach.example.com/u/1>, <mailto:ana@growth.example?subject=unsubscribe%20tch_1>", message.Headers[HeaderId.ListUnsubscribe]);
        var signature = message.Headers[message.Headers.IndexOf(HeaderId.DkimSignature)];
        Assert.Contains("list-unsubscribe:list-unsubscribe-post", string.Concat(signature.Value.Where(c => !char.IsWhiteSpace(c))), StringComparison.OrdinalIgnoreCase);
        Assert.True(await new DkimVerifier(new OneKey(set.PublicKey!)).VerifyAsync(message, signature, Cancelled));
        if (via == MailVia.Mailgun) Assert.StartsWith("X-Mailgun-Sid:", Encoding.ASCII.GetString(arrived), StringComparison.Ordinal); // theirs comes before, ours follows untouched
    }

    /// <summary>What users report of the real ones; where a header is lost, <see cref="MailHeaders.LostBy"/> says so.</summary>
    [Theory]
    [InlineData(MailVia.Gmail)]
    [InlineData(MailVia.Graph)]
    [InlineData(MailVia.HighLevel)]
    public async Task Whatever_a_way_does_not_keep_is_named_beforehand_and_nothing_else_is_lost(MailVia via)
    {
        await using var set = await SetUp.StartAsync(via);
        Assert.IsType<SendResult.Accepted>(await set.SendAsync(Letter(set, 1) with { Follows = ["tch_0@growth.example"] }, 1));
        using var stream = new MemoryStream(set.Stored.Single());
        using var message = await MimeMessage.LoadAsync(stream, Cancelled);
        (HeaderId Id, string Name, string Written)[] ours =
        [
            (HeaderId.MessageId, "Message-ID", "<tch_1@growth.example>"), (HeaderId.InReplyTo, "In-Reply-To", "<tch_0@growth.example>"), (HeaderId.References, "References", "<tch_0@growth.example>"),
            (HeaderId.ListUnsubscribe, "List-Unsubscribe", "<https://reach.example.com/u/1>, <mailto:ana@growth.example?subject=unsubscribe%20tch_1>"), (HeaderId.ListUnsubscribePost, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ];
        Assert.Equal(MailHeaders.LostBy(via).Order(), ours.Where(h => message.Headers[h.Id] != h.Written).Select(h => h.Name).Order());
        Assert.Equal(("Grüße 1", "ana@growth.example"), (message.Subject, message.From.Mailboxes.Single().Address));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Under_every_fault_one_permit_is_at_most_one_letter_and_what_is_proved_not_sent_was_not(MailVia via)
    {
        await using var set = await SetUp.StartAsync(via, new ProviderFaults { Busy = 0.08, Down = 0.05, CutBefore = 0.05, FailedAfter = 0.05, CutAfter = 0.05, Garbled = 0.05 });
        var results = new Dictionary<string, SendResult>();
        for (var i = 0; i < 200; i++) results[$"Grüße {i}"] = await set.SendAsync(Letter(set, i), i);
        var arrived = set.Log.Where(l => l.Contains("\"kind\":\"email\"", StringComparison.Ordinal)).Select(l => l.Split("\"subject\":\"")[1].Split('"')[0]).GroupBy(s => s).ToDictionary(g => g.Key, g => g.Count());
        Assert.All(arrived, a => Assert.Equal(1, a.Value));
        foreach (var (subject, result) in results)
        {
            if (result is SendResult.Accepted) Assert.True(arrived.ContainsKey(subject), $"{subject}: {result}");
            if (result is SendResult.NotSent or SendResult.Refused) Assert.False(arrived.ContainsKey(subject), $"{subject}: {result}");
        }

        Assert.Contains(results.Values, r => r is SendResult.Unknown);
        Assert.Contains(results.Values, r => r is SendResult.NotSent);
        Assert.True(results.Values.Count(r => r is SendResult.Accepted) > 40);
    }

    [Theory]
    [InlineData(MailVia.Gmail, false)]
    [InlineData(MailVia.Gmail, true)]
    [InlineData(MailVia.Graph, false)]
    [InlineData(MailVia.Graph, true)]
    [InlineData(MailVia.Mailgun, false)]
    [InlineData(MailVia.HighLevel, false)]
    public async Task A_letter_whose_answer_was_lost_is_found_again_and_one_that_never_left_is_not(MailVia via, bool keepsHeaders)
    {
        await using var set = await SetUp.StartAsync(via, keepsHeaders: keepsHeaders);
        await set.SendAsync(Letter(set, 1), 1);
        Assert.IsType<Sighting.Found>(await set.Mail.FindAsync(new SentEmail("ana@growth.example", "tch_1@growth.example", "dana@people.example", "Grüße 1", set.Begun), Cancelled));
        Assert.IsType<Sighting.NotFound>(await set.Mail.FindAsync(new SentEmail("ana@growth.example", "tch_2@growth.example", "dana@people.example", "Grüße 2", set.Begun), Cancelled));
        Assert.IsType<Sighting.NotFound>(await set.Mail.FindAsync(new SentEmail("ana@growth.example", "tch_3@growth.example", "max@people.example", "Grüße 1", set.Begun), Cancelled));
    }

    [Fact]
    public async Task What_people_answer_to_a_letter_of_HighLevels_is_heard_there_once_in_their_own_words()
    {
        await using var set = await SetUp.StartAsync(MailVia.HighLevel);
        for (var i = 0; i < 400; i++) await set.SendAsync(Letter(set, i) with { ToAddress = $"p{i}@people.example" }, i);
        await set.PassAsync(TimeSpan.FromHours(8));
        var reader = new HighLevelSignals();
        var poll = new HighLevelPoll(Locations.Of(set.Location), letters: true);
        var first = Assert.IsType<PollAnswer.Fetched>(await poll.FetchAsync(set.Begun, Cancelled));
        var again = Assert.IsType<PollAnswer.Fetched>(await poll.FetchAsync(set.Begun, Cancelled));
        Assert.Equal(first.Raw.Select(r => reader.Describe(r).EventId), again.Raw.Select(r => reader.Describe(r).EventId));
        Assert.Equal(first.Raw.Count, first.Raw.Select(r => reader.Describe(r).EventId).Distinct().Count());
        var heard = first.Raw.Where(r => reader.Read(r) is not SignalMeaning.MailAutoReply).Select(r => (reader.Describe(r).AddressIds, Text: Assert.IsType<SignalMeaning.TextReceived>(reader.Read(r)).Body)).ToList();
        Assert.Equal(set.Log.Count(l => l.Contains("\"kind\":\"auto_reply\"", StringComparison.Ordinal)), first.Raw.Count - heard.Count);
        var optOuts = heard.Where(h => Meridian.Domain.Compliance.OptOutWords.Read(h.Text) == Meridian.Domain.Compliance.OptOutReading.OptOut).ToList();
        var said = set.Log.Where(l => l.Contains("\"kind\":\"optout\"", StringComparison.Ordinal)).ToList();
        Assert.True(said.Count >= 3);
        Assert.Equal(said.Count, optOuts.Count);
        Assert.All(heard, h => Assert.NotEmpty(h.AddressIds));
    }

    [Fact]
    public async Task An_answer_that_lies_in_the_record_of_an_older_letter_is_heard_as_if_it_had_one_of_its_own()
    {
        var heard = new List<IReadOnlyList<string>>();
        foreach (var inThreads in new[] { false, true })
        {
            await using var set = await SetUp.StartAsync(MailVia.HighLevel, inThreads: inThreads);
            for (var i = 0; i < 200; i++) await set.SendAsync(Letter(set, i) with { ToAddress = $"p{i}@people.example" }, i);
            var (reader, poll) = (new HighLevelSignals(), new HighLevelPoll(Locations.Of(set.Location), letters: true));
            var events = new List<string>();
            for (var asked = set.Begun; asked < set.Begun + Duration.FromHours(12); asked += Duration.FromHours(2))
            {
                // As the desk does: from ten minutes before it asked last.
                events.AddRange(Assert.IsType<PollAnswer.Fetched>(await poll.FetchAsync(asked - Duration.FromMinutes(130), Cancelled)).Raw.Select(r => reader.Describe(r).EventId));
                await set.PassAsync(TimeSpan.FromHours(2));
            }

            heard.Add([.. events.Distinct().Order(StringComparer.Ordinal)]);
        }

        Assert.NotEmpty(heard[0]);
        Assert.Equal(heard[0], heard[1]);
    }

    [Fact]
    public async Task HighLevels_contact_must_be_the_person_and_undisturbed()
    {
        await using var set = await SetUp.StartAsync(MailVia.HighLevel);
        await set.SendAsync(Letter(set, 1), 1);
        var contacts = new HighLevelTexts(Locations.Of(set.Location));
        var ready = Assert.IsType<TextContact.Ready>(await contacts.PrepareAsync(new TextPerson("l", null, null, "dana@people.example", "+13125550117", null), Cancelled));
        await contacts.SetDoNotDisturbAsync(ready.ContactId, Cancelled);
        var refused = Assert.IsType<SendResult.Refused>(await set.SendAsync(Letter(set, 2), 2));
        Assert.Equal(Disposition.OptedOut, refused.Disposition);
        Assert.Single(set.Log, l => l.Contains("\"kind\":\"email\"", StringComparison.Ordinal));
    }

    public static TheoryData<string, string> Settings => new()
    {
        { "host", "host is 'smtp.example.com'" },
        { "baseUrl", "use https" },
        { "dkim", "take dkim out" },
        { "no oauth", "signs in with tokens only" },
        { "no key", "needs apiKey" },
        { "no location", "needs highLevel.token" },
        { "not accepted", "List-Unsubscribe-Post" },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_way_set_up_wrong_says_what_to_do(string what, string says)
    {
        var box = new MailboxOptions { Address = "ana@growth.example", Via = MailVia.Mailgun, ApiKey = "k" };
        switch (what)
        {
            case "host": box.Host = "smtp.example.com"; break;
            case "baseUrl": box.BaseUrl = new Uri("http://api.mailgun.example"); break;
            case "dkim": (box.Via, box.Tokens, box.Dkim) = (MailVia.Gmail, SetUp.Tokens(new Uri("http://127.0.0.1:1/token")), new DkimOptions { Selector = "s", KeyFile = typeof(MailOverHttpsTests).Assembly.Location }); break;
            case "no oauth": box.Via = MailVia.Graph; break;
            case "no key": box.ApiKey = null; break;
            case "no location": (box.Via, box.AcceptsMissingHeaders) = (MailVia.HighLevel, true); break;
            case "not accepted": (box.Via, box.HighLevel) = (MailVia.HighLevel, new HighLevelOptions()); break;
        }

        Assert.Contains(says, Assert.Single(box.Problems()), StringComparison.Ordinal);
    }

    private static OutgoingEmail Letter(SetUp set, int number) => new(
        $"tch_{number}@growth.example", "ana@growth.example", "Ana", "dana@people.example", "Dana Whitman", $"Grüße {number}", "Hi Dana,\n\nwould a call suit you?\n\nAna",
        $"https://reach.example.com/u/{number}", $"ana@growth.example?subject=unsubscribe%20tch_{number}");

    private sealed class OneKey(AsymmetricKeyParameter key) : DkimPublicKeyLocatorBase
    {
        public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) => key;

        public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) => Task.FromResult(key);
    }

    private sealed class SetUp : IAsyncDisposable
    {
        private readonly string folder;
        private readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider clock;
        private readonly OutsideWorld world;

        private SetUp(string folder, Microsoft.Extensions.Time.Testing.FakeTimeProvider clock, OutsideWorld world, MailVia via, bool sign)
        {
            (this.folder, this.clock, this.world) = (folder, clock, world);
            Location = new HighLevelOptions { BaseUrl = world.HighLevelBase, Token = "sandbox-highlevel-token", LocationId = "sandboxLocation00001" };
            var box = new MailboxOptions { Address = "ana@growth.example", Via = via, AcceptsMissingHeaders = true };
            switch (via)
            {
                case MailVia.Smtp: (box.Host, box.Port, box.Security) = ("127.0.0.1", world.SmtpPort, MailSecurity.None); break;
                case MailVia.Gmail: (box.BaseUrl, box.Tokens) = (world.GmailBase, Tokens(new Uri(world.GmailBase, "/token"))); break;
                case MailVia.Graph: (box.BaseUrl, box.Tokens) = (world.GraphBase, Tokens(new Uri(world.GraphBase, "/token"))); break;
                case MailVia.Mailgun: (box.BaseUrl, box.ApiKey) = (world.MailgunBase, "sandbox-mailgun-key"); break;
                default: box.HighLevel = Location; break;
            }

            if (sign) box.Dkim = new DkimOptions { Selector = "s1", KeyFile = WriteKey() };
            Assert.Empty(box.Problems());
            Begun = Instant.FromDateTimeOffset(clock.GetUtcNow());
            Mail = new RoutedMail([box], null, new ImapEars([], TimeProvider.System), clock, TimeProvider.System, box.HighLevel is { } highLevel ? Locations.Of(highLevel) : null);
        }

        public RoutedMail Mail { get; }

        public HighLevelOptions Location { get; }

        public Instant Begun { get; }

        public AsymmetricKeyParameter? PublicKey { get; private set; }

        public IReadOnlyList<string> Log => File.ReadAllLines(Path.Combine(folder, "sandbox-log.jsonl"));

        /// <summary>The letters as they travelled on.</summary>
        public IReadOnlyList<byte[]> Stored => [.. File.ReadAllLines(Path.Combine(folder, "sandbox-mail.jsonl")).Select(l => Convert.FromBase64String((string)System.Text.Json.Nodes.JsonNode.Parse(l)!["raw"]!))];

        public static async Task<SetUp> StartAsync(MailVia via, ProviderFaults? faults = null, bool sign = false, bool keepsHeaders = false, bool inThreads = false)
        {
            var folder = Directory.CreateTempSubdirectory("meridian-https-").FullName;
            var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new(2026, 11, 23, 15, 0, 0, TimeSpan.Zero));
            var world = await OutsideWorld.StartAsync(new SandboxOptions { Folder = folder, Seed = 7, Clock = clock, OwnerEmail = "owner@example.com", Mishaps = faults, MailApisKeepHeaders = keepsHeaders, HighLevelLettersInThreads = inThreads }, Cancelled);
            return new SetUp(folder, clock, world, via, sign);
        }

        public static MailTokens Tokens(Uri at) => new(ProviderHttp.Create(TimeSpan.FromSeconds(5)), new MailOAuthOptions { ClientId = "c", RefreshToken = "ana@growth.example", Provider = at.AbsoluteUri }, null, TimeProvider.System);

        public Task<SendResult> SendAsync(OutgoingEmail email, int number) =>
            Mail.SendAsync(new SendPermit($"prm_{number}", $"tch_{number}", Channel.Email, TimeProvider.System, TimeProvider.System.GetTimestamp(), TimeProvider.System.GetUtcNow()), email, Cancelled);

        public async Task PassAsync(TimeSpan time)
        {
            var until = clock.GetUtcNow() + time;
            while (world.NextTimer is { } next && next <= until)
            {
                if (next > clock.GetUtcNow()) clock.SetUtcNow(next);
                await world.RunDueTimersAsync(Cancelled);
            }

            clock.SetUtcNow(until);
        }

        public async ValueTask DisposeAsync()
        {
            await Mail.DisposeAsync();
            await world.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }

        private string WriteKey()
        {
            using var rsa = System.Security.Cryptography.RSA.Create(2048);
            var file = Path.Combine(folder, "key.pem");
            File.WriteAllText(file, rsa.ExportRSAPrivateKeyPem());
            using var reader = new StringReader(rsa.ExportSubjectPublicKeyInfoPem());
            PublicKey = (AsymmetricKeyParameter)new PemReader(reader).ReadObject();
            return file;
        }
    }
}
