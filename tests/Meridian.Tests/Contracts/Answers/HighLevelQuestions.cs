using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Http;
using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Crm;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using Meridian.Engine.Voice;
using Meridian.Tests.Providers;
using Meridian.Tests.Pulling;
using Microsoft.Extensions.Time.Testing;
using NodaTime;

namespace Meridian.Tests.Contracts.Answers;

internal static class HighLevelQuestions
{
    private const string Contact = """{"contact":{"id":"con_1","firstName":"Dana","email":"dana@people.example","phone":"+13125550117","dnd":false,"dndSettings":{"SMS":{"status":"inactive"}},"tags":["x"],"dateAdded":"2026-06-01T00:00:00.000Z"}}""";
    private const string SilentContact = """{"contact":{"id":"con_1","email":"dana@people.example","phone":"+13125550117"}}""";
    private const string ExportedText = """{"messages":[{"id":"m1","direction":"outbound","body":"Hi Dana,","messageType":"SMS","contactId":"con_1","dateAdded":"2026-10-12T15:00:20Z"},{"id":"m2","direction":"inbound","body":"Hello","messageType":"SMS","contactId":"con_1","dateAdded":"2026-10-12T15:01:20Z"}],"nextCursor":null}""";
    private const string ExportedLetter = """{"messages":[{"id":"m1","direction":"outbound","messageType":"Email","contactId":"con_1","meta":{"email":{"messageIds":["e1","e2"]}}}],"nextCursor":null}""";
    private const string Letter = """{"id":"e1","subject":"Quick question","body":"Yes","from":"dana@people.example","to":["dana@people.example"],"direction":"inbound","dateAdded":"2026-10-12T15:01:20Z"}""";
    private const string Searched = """{"contacts":[{"id":"con_1","email":"dana@people.example","phone":"+13125550117","dnd":true,"dndSettings":{},"tags":["x"],"dateUpdated":"2026-10-12T15:01:20Z","searchAfter":[1,"con_1"]}],"total":1}""";
    private const string NoDeals = """{"opportunities":[],"meta":{"total":0}}""";
    private const string NoTalk = """{"conversations":[],"total":0}""";

    private static readonly Instant From = Instant.FromUtc(2026, 10, 12, 15, 0);
    private static readonly TextPerson Dana = new("led_1", "Dana", "Whitman", "dana@people.example", "+13125550117", "Acme");
    private static readonly OutgoingText Text = new(Permits.TouchId, "con_1", "+13125550100", "+13125550117", "Hi Dana,");
    private static readonly OutgoingEmail Email = new($"{Permits.TouchId}@growth.example", "ana@growth.example", "Ana", "dana@people.example", "Dana Whitman", "Quick question", "Hi Dana,\n\nwould a call suit you?", "https://reach.example.com/u/t");

    public static IEnumerable<Question> All =>
    [
        new("HighLevel", "POST /contacts/upsert", "make somebody a contact, to text them", new Reply(200, Contact), PrepareAsync),
        new("HighLevel", "GET /contacts/{contactId}", "the do-not-disturb the upsert did not tell", new Reply(200, Contact), PrepareAsync) { Around = asked => asked.Method == "POST" ? new Reply(200, SilentContact) : null },
        new("HighLevel", "POST /conversations/messages", "send a text", new Reply(200, """{"conversationId":"cnv_1","messageId":"m1","status":"pending"}"""),
            async (at, machine) => Permits.Plainly(await Texts(at, machine).SendAsync(Permits.Fresh(Channel.Text), Text, default))),
        new("HighLevel", "POST /hooks/1", "begin a workflow that texts", new Reply(200, """{"status":"Success: request sent to trigger execution server","id":"run_1"}"""),
            async (at, machine) => Permits.Plainly(await new HighLevelTexts(At(at, machine), new Dictionary<string, Uri> { [Text.FromE164] = new(at, "/hooks/1") }).SendAsync(Permits.Fresh(Channel.Text), Text, default))) { IsUndocumented = true },
        new("HighLevel", "GET /conversations/messages/export", "look for a text whose answer was lost", new Reply(200, ExportedText),
            async (at, machine) => Say.Sighting(await Texts(at, machine).FindAsync("con_1", Text.Body, From, default))),
        new("HighLevel", "GET /conversations/messages/export", "hear what people texted", new Reply(200, ExportedText),
            async (at, machine) => Say.Poll(await new HighLevelPoll(At(at, machine)).FetchAsync(From, default))),
        new("HighLevel", "GET /contacts/{contactId}", "whose words they are that name no address", new Reply(200, Contact),
            async (at, machine) => await new HighLevelPoll(At(at, machine)).NameAsync("""{"type":"InboundMessage","body":"Hello","contactId":"con_1"}""", "con_1", default) is Naming.Named { Raw: var raw } ? new HighLevelSignals().Describe(raw).AddressIds is [_, ..] known ? $"named {string.Join(", ", known)}" : "nobody's" : "not stored, asked again"),
        new("HighLevel", "PUT /contacts/{contactId}", "write our opt-out into the CRM", new Reply(200, """{"succeded":true,"contact":{"id":"con_1","dndSettings":{"SMS":{"status":"active"},"Call":{"status":"active"},"Email":{"status":"active"}}}}"""),
            async (at, machine) => (await Texts(at, machine).SilenceAsync("con_1", default)).GetType().Name) { Around = asked => asked.Method == "GET" ? new Reply(200, Contact) : null },
        new("HighLevel", "PUT /contacts/{contactId}", "write our opt-out there", new Reply(200, """{"succeded":true,"contact":{"id":"con_1","dndSettings":{"SMS":{"status":"active"},"Call":{"status":"active"},"Email":{"status":"active"}}}}"""),
            async (at, machine) => await Texts(at, machine).SetDoNotDisturbAsync("con_1", default) ? "written" : "not written, asked again") { Around = asked => asked.Method == "GET" ? new Reply(200, Contact) : null },

        new("HighLevel", "POST /contacts/upsert", "make somebody a contact, to write to them", new Reply(200, Contact), WriteAsync) { Around = Writes },
        new("HighLevel", "POST /conversations/messages", "send a letter", new Reply(200, """{"conversationId":"cnv_1","messageId":"m1","emailMessageId":"e1","status":"pending"}"""), WriteAsync) { Around = Writes },
        new("HighLevel", "GET /conversations/messages/export", "look for a letter whose answer was lost", new Reply(200, ExportedLetter), FindLetterAsync) { Around = OurLetters },
        new("HighLevel", "GET /conversations/messages/email/{id}", "look at a letter that may be it", new Reply(200, Letter.Replace("inbound", "outbound", StringComparison.Ordinal)), FindLetterAsync) { Around = OurLetters },
        new("HighLevel", "GET /conversations/messages/export", "hear what people wrote", new Reply(200, ExportedLetter), HearLettersAsync) { Around = Letters },
        new("HighLevel", "GET /conversations/messages/email/{id}", "read what somebody wrote", new Reply(200, Letter), HearLettersAsync) { Around = Letters },

        new("HighLevel", "GET /contacts/{contactId}", "ask about do-not-disturb right before a touch", new Reply(200, Contact),
            async (at, machine) => (await new HighLevelDoNotDisturb(At(at, machine), machine).LookAsync("con_1", default)).GetType().Name),
        new("HighLevel", "POST /contacts/search", "hear who set do-not-disturb", new Reply(200, Searched),
            async (at, machine) => Say.Poll(await new HighLevelDoNotDisturb(At(at, machine), machine).FetchAsync(From, default))) { Around = asked => asked.Method == "GET" ? new Reply(200, Contact) : null },

        new("HighLevel", "POST /contacts/search", "find contacts to pull", new Reply(200, Searched),
            async (at, machine) => await Contacts(at, machine).FindAsync(PullRulesTests.Filter(tags: ["x"]), "UTC", null, default) is var page ? page.Refusal is { } no ? Say.Refusal(no) : $"{page.Ids.Count} found" : ""),
        new("HighLevel", "GET /contacts/{contactId}", "read a contact to pull", new Reply(200, Contact),
            async (at, machine) => await Contacts(at, machine).ReadAsync("con_1", default) is var read ? read.Refusal is { } no ? Say.Refusal(no) : read.Contact is { } c ? $"read {c.Id}" : "nobody" : ""),
        new("HighLevel", "GET /opportunities/search", "whether there is a deal already", new Reply(200, NoDeals), HistoryAsync) { Around = History },
        new("HighLevel", "GET /conversations/search", "whether there is a conversation already", new Reply(200, NoTalk), HistoryAsync) { Around = History },

        new("HighLevel", "POST /contacts/upsert", "make somebody known in the CRM", new Reply(200, Contact),
            async (at, machine) => Say.Crm(await Board(at, machine).KnowAsync(new CrmPerson("Dana", null, "dana@people.example", null, null), default))),
        new("HighLevel", "POST /contacts/{contactId}/tags", "show a tag", new Reply(201, """{"tags":["x","replied"]}"""),
            async (at, machine) => Say.Crm(await Board(at, machine).TagAsync("con_1", "replied", default))),
        new("HighLevel", "POST /contacts/{contactId}/notes", "show a call as a note", new Reply(201, """{"note":{"id":"note_1","body":"words"}}"""),
            async (at, machine) => Say.Crm(await Board(at, machine).NoteAsync("con_1", Permits.TouchId, "words", false, default))),
        new("HighLevel", "GET /contacts/{contactId}/notes", "look for a note that may be there", new Reply(200, $$"""{"notes":[{"id":"note_1","body":"words {{Permits.TouchId}}"}]}"""),
            async (at, machine) => Say.Crm(await Board(at, machine).NoteAsync("con_1", Permits.TouchId, "words", true, default))) { Around = asked => asked.Method == "POST" ? new Reply(201, """{"note":{"id":"note_2"}}""") : null },
        new("HighLevel", "GET /opportunities/search", "look for an opportunity that may be open", new Reply(200, """{"opportunities":[{"id":"opp_1","contactId":"con_1","status":"open"}],"meta":{"total":1}}"""), OpportunityAsync) { Around = asked => asked.Method == "POST" ? new Reply(201, """{"opportunity":{"id":"opp_2"}}""") : null },
        new("HighLevel", "POST /opportunities/", "open an opportunity", new Reply(201, """{"opportunity":{"id":"opp_1","name":"Dana"}}"""), OpportunityAsync) { Around = asked => asked.Method == "GET" ? new Reply(200, NoDeals) : null },
        new("HighLevel", "POST /contacts/{contactId}/tasks", "open a call task", new Reply(201, """{"task":{"id":"tsk_1","title":"Call Dana"}}"""),
            async (at, machine) => await Tasks(at, machine).OpenAsync(Dana, "Call Dana", "by hand", From, default) ?? "not shown") { Around = Known },
        new("HighLevel", "PUT /contacts/{contactId}/tasks/{taskId}/completed", "tick off a call task", new Reply(200, """{"task":{"id":"tsk_1","completed":true}}"""),
            async (at, machine) => await Tasks(at, machine).CompleteAsync("con_1/tsk_1", default) ? "ticked off" : "asked again"),

        new("HighLevel", "GET /calendars/{calendarId}/free-slots", "free times for an appointment", new Reply(200, """{"2026-10-13":{"slots":["2026-10-13T09:00:00-05:00"]},"traceId":"t"}"""),
            async (at, machine) => await Calendar(at, machine).FreeAsync(From, From + Duration.FromDays(2), "America/Chicago", default) is { } free ? $"{free.Count} free" : "cannot tell"),
        new("HighLevel", "POST /calendars/events/appointments", "book an appointment", new Reply(200, """{"id":"apt_1","contactId":"con_1"}"""),
            async (at, machine) => await Calendar(at, machine).BookAsync(Dana, From.WithOffset(Offset.FromHours(-5)), "A talk", default) is var booking && booking is Booking.Booked booked ? $"Booked {booked.Reference}" : booking.GetType().Name) { Around = Known },
        new("HighLevel", "GET /locations/{locationId}", "check the location", new Reply(200, """{"location":{"id":"loc","name":"Acme"}}"""), CheckAsync) { Around = Checks },
        new("HighLevel", "GET /conversations/search", "check the conversations", new Reply(200, NoTalk), CheckAsync) { Around = Checks },
        new("HighLevel", "GET /calendars/{calendarId}", "check the calendar", new Reply(200, """{"calendar":{"id":"cal_1","name":"Talks"}}"""), CheckAsync) { Around = Checks },
        new("HighLevel", "POST /contacts/search", "check the contacts", new Reply(200, Searched), CheckAsync) { Around = Checks },
        new("HighLevel", "GET /contacts/{contactId}/notes", "check the notes", new Reply(200, """{"notes":[]}"""), CheckAsync) { Around = Checks },
        new("HighLevel", "GET /opportunities/pipelines", "check the pipeline", new Reply(200, """{"pipelines":[{"id":"pip_1","name":"Sales","stages":[]}]}"""), CheckAsync) { Around = Checks },
        new("HighLevel", "POST /oauth/token", "renew the app's token", new Reply(200, """{"access_token":"at_2","token_type":"Bearer","expires_in":86399,"refresh_token":"rt_2","scope":"contacts.readonly","userType":"Location","locationId":"loc"}"""),
            async (at, machine) => await new HighLevelTokens(Http(), Options(at), new HighLevelOAuthOptions { ClientId = "c", ClientSecret = "s", RefreshToken = "rt_1" }, new TokenMemory(), machine).GetAsync(default) is var (token, no)
                ? token ?? $"no token, {((Exchange.TurnedAway)no!).Because}" : ""),
    ];

    private static Reply? Known(Asked asked) => asked.Path == "/contacts/upsert" ? new Reply(200, Contact) : null;

    private static Reply? Writes(Asked asked) => Known(asked) ?? new Reply(200, """{"conversationId":"cnv_1","messageId":"m1"}""");

    private static Reply? Letters(Asked asked) => asked.Path.Contains("export", StringComparison.Ordinal) ? new Reply(200, ExportedLetter) : new Reply(200, Letter);

    private static Reply? OurLetters(Asked asked) => Letters(asked) is { } reply ? reply with { Body = reply.Body.Replace("inbound", "outbound", StringComparison.Ordinal) } : null;

    private static Reply? Checks(Asked asked) => new(200, asked.Path.Split('?')[0] switch
    {
        "/conversations/search" => NoTalk,
        "/contacts/search" => Searched,
        "/contacts/con_1/notes" => """{"notes":[]}""",
        "/opportunities/pipelines" => """{"pipelines":[{"id":"pip_1","name":"Sales","stages":[]}]}""",
        _ => """{"location":{"id":"loc"},"calendar":{"id":"cal_1"}}""",
    });

    private static Reply? History(Asked asked) => asked.Path switch
    {
        _ when asked.Path.StartsWith("/opportunities", StringComparison.Ordinal) => new Reply(200, NoDeals),
        _ when asked.Path.StartsWith("/conversations", StringComparison.Ordinal) => new Reply(200, NoTalk),
        _ => new Reply(200, asked.Body.Contains("\"not_exists\"", StringComparison.Ordinal) ? """{"contacts":[{"id":"con_1"}],"total":1}""" : """{"contacts":[],"total":0}"""),
    };

    private static async Task<string> PrepareAsync(Uri at, TimeProvider machine) => Say.Text(await Texts(at, machine).PrepareAsync(Dana, default));

    private static async Task<string> WriteAsync(Uri at, TimeProvider machine) => Permits.Plainly(await new HighLevelMailbox(At(at, machine)).SendAsync(Permits.Fresh(Channel.Email), Email, default));

    private static async Task<string> FindLetterAsync(Uri at, TimeProvider machine) =>
        Say.Sighting(await new HighLevelMailbox(At(at, machine)).FindAsync(new SentEmail(Email.FromAddress, Email.MessageId, Email.ToAddress, Email.Subject, From), default));

    private static async Task<string> HearLettersAsync(Uri at, TimeProvider machine) => Say.Poll(await new HighLevelPoll(At(at, machine), letters: true).FetchAsync(From, default));

    private static async Task<string> HistoryAsync(Uri at, TimeProvider machine) => await Contacts(at, machine).HistoryAsync("con_1", default) is var read
        ? read.Refusal is { } no ? Say.Refusal(no) : $"deals {(read.History!.Opportunities is { } deals ? deals.Count : "not told")}, talk {(read.History.Talk is { } talk ? talk.At?.ToString() ?? "none" : "not told")}" : "";

    private static async Task<string> OpportunityAsync(Uri at, TimeProvider machine) => Say.Crm(await Board(at, machine).OpportunityAsync("con_1", "Dana", default));

    private static async Task<string> CheckAsync(Uri at, TimeProvider machine) => Say.Findings(await new HighLevelCheck(At(at, machine), ["+13125550100"]).CheckAsync(default));

    private static HighLevelCalendar Calendar(Uri at, TimeProvider machine) => new(At(at, machine), Texts(at, machine));

    private static HighLevelTasks Tasks(Uri at, TimeProvider machine) => new(At(at, machine), Texts(at, machine));

    private static HighLevelBoard Board(Uri at, TimeProvider machine) => new(At(at, machine));

    private static HighLevelContacts Contacts(Uri at, TimeProvider machine) => new(At(at, machine), new Clocks(new FakeTimeProvider(From.ToDateTimeOffset()), machine));

    private static HighLevelTexts Texts(Uri at, TimeProvider machine) => new(At(at, machine));

    /// <summary>Its pace passes quickly: after a 429 whoever asks next waits for it.</summary>
    private static HighLevelLocation At(Uri at, TimeProvider machine) => Locations.Of(Options(at), machine);

    private static HttpClient Http() => ProviderHttp.Create(TimeSpan.FromSeconds(5));

    private static HighLevelOptions Options(Uri at) => new() { BaseUrl = at, Token = "t", LocationId = "loc", CalendarId = "cal_1", PipelineId = "pip_1", RequestTimeoutSeconds = 20 };
}
