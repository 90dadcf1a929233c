using System.Text.Json.Nodes;
using Meridian.Sandbox.Apollo;
using Meridian.Sandbox.HighLevel;
using Meridian.Sandbox.Vapi;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Scripts;

/// <summary>Refusals and oddities that were written down for the real providers, each under a name a script can use.</summary>
internal static class DocumentedErrors
{
    private static readonly Dictionary<string, Func<DateTimeOffset, Happening>> Known = new(StringComparer.Ordinal)
    {
        ["vapi.daily-limit"] = Says(VapiErrors.Refuse("Couldn't Start Call. Numbers Bought On Vapi Have A Daily Outbound Call Limit. Import Your Own Twilio Numbers To Scale Without Limits.")),
        ["vapi.concurrency"] = Says(VapiErrors.OverConcurrency(Limits())),
        ["vapi.concurrency-201"] = Says(new Answer(201, new JsonObject { ["subscriptionLimits"] = Limits() })),
        ["vapi.concurrency-429"] = Says(new Answer(429, new JsonObject { ["message"] = "Over Concurrency Limit", ["error"] = "Too Many Requests", ["statusCode"] = 429 })),
        // It was taken, and the same breath says that it could not start: such a call may still dial.
        ["vapi.blocked-but-created"] = Changed(json =>
        {
            json["status"] = "scheduled";
            json["subscriptionLimits"] = Limits();
            return json;
        }),
        ["vapi.no-such-number"] = Says(VapiErrors.Refuse("`phoneNumber` `42b4b25d-031e-4786-857f-63b346c90009` does not exist.")),
        ["vapi.no-phone-number"] = Says(VapiErrors.Refuse("Couldn't Get Phone Number. Need Either `phoneNumberId` Or `phoneNumber`.")),
        ["vapi.validation"] = Says(VapiErrors.Invalid(["customer.number must be a valid phone number in the E.164 format. Hot tip, you may be missing the country code (Eg. US: +1)."])),
        ["vapi.wrong-key"] = Says(VapiErrors.Unauthorized(VapiErrors.WrongKey)),
        ["vapi.empty-list"] = Says(new Answer(200, new JsonArray())),
        // Deleting a call erases what is known of it; sometimes not even that.
        ["vapi.not-erased"] = Says(VapiErrors.Unavailable("Failed to erase call recordings; the call was not deleted. Retry the request.")),
        ["highlevel.dnd"] = Says(HighLevelErrors.DoNotDisturb()),
        ["highlevel.missing-phone"] = Says(HighLevelErrors.BadRequest("Missing phone number")),
        ["highlevel.bad-request"] = Says(HighLevelErrors.BadRequest("Bad Request")),
        ["highlevel.duplicate"] = Says(new Answer(400, new JsonObject
        {
            ["statusCode"] = 400, ["message"] = "This location does not allow duplicated contacts.",
            ["meta"] = new JsonObject { ["contactId"] = "sandboxContact000001", ["contactName"] = "Somebody Else", ["matchingField"] = "phone" },
        })),
        ["highlevel.permanent-dnd"] = Says(HighLevelErrors.BadRequest("Not authorized to update permanent dnd setting for SMS")),
        ["highlevel.no-scope"] = Says(HighLevelErrors.NoScope),
        ["highlevel.invalid-token"] = Says(HighLevelErrors.InvalidToken),
        ["highlevel.wrong-location"] = Says(HighLevelErrors.WrongLocation),
        ["highlevel.422"] = Says(HighLevelErrors.Unprocessable(["property additionalEmails should not exist"])),
        ["highlevel.422-but-created"] = _ => new Happening { Name = "", Done = true, Says = HighLevelErrors.Unprocessable(["property additionalEmails should not exist"]) },
        ["highlevel.200-without-id"] = Says(new Answer(200, new JsonObject { ["msg"] = "Message queued successfully." })),
        // The index lags: what was sent a moment ago is not in it yet.
        ["highlevel.export-lags"] = Says(new Answer(200, new JsonObject { ["messages"] = new JsonArray(), ["nextCursor"] = null, ["total"] = 0 })),
        ["highlevel.export-nested"] = Changed(json =>
        {
            var messages = json["messages"];
            json["messages"] = null;
            json["messages"] = new JsonObject { ["lastMessageId"] = null, ["nextPage"] = false, ["messages"] = messages };
            return json;
        }),
        ["highlevel.silent-dnd"] = Changed(json =>
        {
            if (json["contact"] is JsonObject contact) foreach (var name in (ReadOnlySpan<string>)["dnd", "dndSettings"]) contact.Remove(name);
            return json;
        }),
        ["highlevel.carrier-21610"] = Unbrought("21610"),
        ["highlevel.carrier-30003"] = Unbrought("30003"),
        ["highlevel.carrier-30004"] = Unbrought("30004"),
        ["highlevel.carrier-30005"] = Unbrought("30005"),
        ["highlevel.carrier-30006"] = Unbrought("30006"),
        ["highlevel.carrier-30007"] = Unbrought("30007"),
        ["highlevel.carrier-30008"] = Unbrought("30008"),
        ["highlevel.carrier-30034"] = Unbrought("30034"),
        ["apollo.wrong-key"] = Says(ApolloErrors.WrongKey),
        ["apollo.no-key"] = Says(ApolloErrors.NoKey),
        ["apollo.no-api"] = Says(ApolloErrors.NoApi($"{ApolloApi.Root}/mixed_people/api_search")),
        ["apollo.paid-plans-only"] = Says(new Answer(403, new JsonObject { ["message"] = "This endpoint is only available to Apollo users on paid plans." })),
        ["apollo.validation"] = Says(ApolloErrors.Invalid("Invalid parameters")),
        ["apollo.retired-search"] = Says(ApolloErrors.RetiredSearch),
        ["apollo.record-limit"] = Says(ApolloErrors.Bulk("RECORD_LIMIT_EXCEEDED", "cannot enrich more than 10 in a single request")),
        ["apollo.credits-exhausted"] = now => new Happening { Name = "", Says = ApolloErrors.OutOfCredits(now) },
        // Older keys hear the sentence alone.
        ["apollo.credits-exhausted-text"] = Says(new Answer(422, new JsonObject()) { PlainText = "You have insufficient credits! Upgrade your plan to increase your number of lead credits." }),
        ["apollo.rate-minute"] = TooMany(1000, "minute", 60),
        ["apollo.rate-hour"] = TooMany(6000, "hour", 3600),
        ["apollo.rate-day"] = TooMany(50000, "day", 86_400),
        ["apollo.phones-in-progress"] = Says(PhoneResult("in_progress", null)),
        ["apollo.phones-failed"] = Says(PhoneResult("failed", "provider_timeout")),
        // Paid for, and worth nothing: an empty record, or one and the same address for everybody.
        ["apollo.stubs"] = Matches(PersonJson.Empty),
        ["apollo.placeholders"] = Matches(person => (person["email"], person["email_status"]) = (Population.Placeholder, "verified")),
        ["mailgun.bounce"] = Comes("bounce"),
        ["mailgun.mailbox-full"] = Comes("mailbox-full"),
        ["mailgun.blocked"] = Comes("blocked"),
        ["mailgun.greylisted"] = Comes("greylisted"),
        ["mailgun.too-old"] = Comes("too-old"),
        ["mailgun.no-mx"] = Comes("no-mx"),
        ["mailgun.complained"] = Comes("complained"),
        ["mailgun.unsubscribed"] = Comes("unsubscribed"),
        // Fields are added as Mailgun grows; nobody promises that one is never lost.
        ["mailgun.unreadable-event"] = Changed(json =>
        {
            json.List("items")?.Insert(0, new JsonObject { ["event"] = "failed", ["id"] = "G9Bn5sl1TC6nu79C8C0bwg", ["timestamp"] = 1763305200.5, ["severity"] = "permanent" });
            return json;
        }),
        ["mail.user-unknown"] = Replies("550 5.1.1 user unknown"),
        ["mail.mailbox-full"] = Replies("552 5.2.2 mailbox full"),
        ["mail.greylisted"] = Replies("451 4.7.1 Greylisted, please try again later"),
        ["mail.blocked"] = Replies("554 5.7.1 Message blocked because of its content"),
        ["mail.day-limit"] = Replies("550 5.4.5 Daily user sending limit exceeded"),
        ["mail.too-many"] = Replies("421 4.7.0 Too many connections, try again later"),
        ["mail.sign-in"] = Replies("530 5.7.0 Authentication required"),
        ["mail.no-copy"] = _ => new Happening { Name = "", Done = true, NoCopy = true },
        ["imap.sign-in"] = Replies("NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"),
        ["imap.too-many"] = Replies("NO [ALERT] Too many simultaneous connections. (Failure)"),
        ["imap.unavailable"] = Replies("NO [UNAVAILABLE] User is authenticated but not connected."),
        ["imap.server-bug"] = Replies("BAD [SERVERBUG] Internal error occurred"),
        ["imap.shutting-down"] = Replies("BYE [UNAVAILABLE] Server shutting down."),
    };

    public static IEnumerable<string> NamesOf(string provider) => Known.Keys.Where(name => name.StartsWith(provider + ".", StringComparison.Ordinal));

    /// <summary>Null: no such name.</summary>
    public static Func<DateTimeOffset, Happening>? Find(string name) => Known.GetValueOrDefault(name);

    private static Func<DateTimeOffset, Happening> Says(Answer answer) => _ => new Happening { Name = "", Says = answer };

    private static Func<DateTimeOffset, Happening> Replies(string reply) => _ => new Happening { Name = "", Reply = reply };

    private static Func<DateTimeOffset, Happening> Changed(Func<JsonObject, JsonObject> how) => _ => new Happening { Name = "", Done = true, Changes = how };

    /// <summary>The location takes the text, and the carrier does not bring it.</summary>
    private static Func<DateTimeOffset, Happening> Unbrought(string code) => _ => new Happening { Name = "", Done = true, Carrier = code };

    /// <summary>Mailgun takes the letter, and tells later what came of it.</summary>
    private static Func<DateTimeOffset, Happening> Comes(string fate) => _ => new Happening { Name = "", Done = true, Fate = fate };

    private static Answer PhoneResult(string status, string? reason) => new(200, new JsonObject
    {
        ["request_id"] = "-8351464734221602674", ["webhook_status"] = status, ["request_type"] = "phone", ["last_dispatched_at"] = null, ["failure_reason"] = reason, ["webhook_result"] = null,
    });

    /// <summary>Everybody who was found, changed.</summary>
    private static Func<DateTimeOffset, Happening> Matches(Action<JsonObject> how) => Changed(json =>
    {
        foreach (var match in (json.List("matches") ?? []).OfType<JsonObject>()) how(match);
        return json;
    });

    private static Func<DateTimeOffset, Happening> TooMany(int most, string window, int seconds) => _ => new Happening
    {
        Name = "", Says = ApolloErrors.TooMany($"{ApolloApi.Root}/people/bulk_match", most, window, nested: false), Headers = new Dictionary<string, string> { ["Retry-After"] = $"{seconds}" },
    };

    private static JsonObject Limits() => new() { ["concurrencyBlocked"] = true, ["concurrencyLimit"] = 10, ["remainingConcurrentCalls"] = 0 };
}
