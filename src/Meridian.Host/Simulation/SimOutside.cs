using Meridian.Adapters.Sql;
using Meridian.Domain.Touches;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;
using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>What a simulated provider took: the only witness the laws believe.</summary>
internal sealed record Seen(Instant At, Channel Channel, string TouchId, string From, string To);

/// <summary>The outside: providers with their own records, and people who answer, ring off, write back and say no.</summary>
internal sealed class SimOutside(Scheduler scheduler, SimFaults faults, Func<bool> storming, SqlStore store, Action<SimPerson> saidNo, IReadOnlyList<SimPerson> people, SimOptions options)
{
    private const int Outdoors = -1;

    /// <summary>Words that are a "no" beyond doubt, and words that are none.</summary>
    private static readonly string[] No = ["stop", "please take me off your list", "do not call me again", "unsubscribe"];

    private static readonly string[] Yes = ["who is this?", "sounds interesting", "call me next month"];

    private readonly Dictionary<string, Call> calls = [];
    private readonly Dictionary<string, string> texts = [];
    private readonly SqlSignals signals = new(store, new Engine.SeededIds(77, new SimClock(scheduler.Now)));
    private long events;

    public List<Seen> Seen { get; } = [];

    public long Faults { get; private set; }

    /// <summary>Since when somebody at the owner's has them on do-not-disturb in the CRM, by lead. No webhook tells of it.</summary>
    public Dictionary<string, Instant> Silent { get; } = [];

    /// <summary>Kills the process of that number at once.</summary>
    public required Action<int> Crash { get; init; }

    /// <summary>A provider, as one process reaches it.</summary>
    public SimTransports For(int process) => new(this, process);

    private bool Goes(SimFaults fault, double probability)
    {
        if (!storming() || !faults.HasFlag(fault) || !scheduler.Chance.Happens(probability)) return false;
        Faults++;
        return true;
    }

    internal async Task<SendResult> SendAsync(int process, SendPermit permit, Channel channel, string touchId, string from, string to, string body)
    {
        await scheduler.DelayAsync(process, $"{channel} out", Duration.FromMilliseconds(Goes(SimFaults.Slow, 0.05) ? scheduler.Chance.Between(2_000, 14_000) : scheduler.Chance.Between(5, 200)));
        if (Goes(SimFaults.Crash, 0.02)) await DieAsync(process);
        if (Goes(SimFaults.NotSent, 0.04)) return new SendResult.NotSent(NotSentBecause.Transient, "429 (simulated)");
        if (Goes(SimFaults.Account, 0.01)) return new SendResult.NotSent(NotSentBecause.Account, "no credit (simulated)");
        if (!permit.TryUse()) return new SendResult.NotSent(NotSentBecause.PermitExpired, "the permit had expired");
        if (scheduler.Chance.Happens(0.02)) return new SendResult.Refused("no such address (simulated)", channel == Channel.Email ? Disposition.Bounced : null);

        for (var i = 0; i < (options.SendsTwice ? 2 : 1); i++) Seen.Add(new Seen(scheduler.Now, channel, touchId, from, to));
        var reference = $"ref_{touchId}";
        if (channel == Channel.Call) Begin(reference, touchId, to);
        if (channel == Channel.Text) texts[body + to] = reference;
        if (channel == Channel.Text) _ = AnswerTextAsync(to, touchId);
        if (channel == Channel.Email) _ = AnswerMailAsync(to, touchId);
        await scheduler.DelayAsync(process, $"{channel} back", Duration.FromMilliseconds(scheduler.Chance.Between(5, 200)));
        if (Goes(SimFaults.Crash, 0.03)) await DieAsync(process);
        return Goes(SimFaults.ReplyLost, 0.05) ? new SendResult.Unknown("the answer was lost (simulated)") : new SendResult.Accepted(reference, channel == Channel.Call ? reference : null);
    }

    /// <summary>Nobody ever goes on from here.</summary>
    private Task DieAsync(int process)
    {
        scheduler.Say($"--- process {process} dies at the provider");
        Crash(process);
        return new TaskCompletionSource().Task;
    }

    internal async Task<T> AskAsync<T>(int process, string what, Func<T> answer, T silence)
    {
        await scheduler.DelayAsync(process, what, Duration.FromMilliseconds(scheduler.Chance.Between(5, 100)));
        return Goes(SimFaults.NotSent, 0.03) ? silence : answer();
    }

    /// <param name="contact">A lead's id, and what comes after a bar.</param>
    internal bool WantsSilence(string contact) => !options.LooksAway && Silent.ContainsKey(contact.Split('|')[0]);

    /// <summary>A look may be long under way, and by then somebody may want silence.</summary>
    internal async Task<Disturbance> LookAsync(int process, string contact)
    {
        await scheduler.DelayAsync(process, "look at the CRM", Duration.FromMilliseconds(scheduler.Chance.Between(5, 100)));
        if (Goes(SimFaults.NotSent, 0.03)) return new Disturbance.CannotTell("simulated");
        var wants = WantsSilence(contact);
        if (Goes(SimFaults.Slow, 0.1))
        {
            if (faults.HasFlag(SimFaults.People) && scheduler.Chance.Happens(0.3)) Silent.TryAdd(contact.Split('|')[0], scheduler.Now);
            await scheduler.DelayAsync(process, "slow look", Duration.FromSeconds(scheduler.Chance.Between(1, 90)));
        }

        return wants ? new Disturbance.Asked("all channels") : new Disturbance.None();
    }

    internal CallStanding? LookUp(string reference)
    {
        if (!calls.TryGetValue(reference, out var call)) return null;
        var now = scheduler.Now;
        if (now < call.EndsAt) return new CallStanding(reference, call.AnsweredAt <= now ? "in-progress" : "ringing", null);
        var reported = now >= call.EndsAt + Duration.FromSeconds(4);
        return new CallStanding(reference, "ended", SimSignals.EndingOf(call.News(reported ? "report" : "ended", "look")), reported);
    }

    internal bool HangUp(string reference)
    {
        if (!calls.TryGetValue(reference, out var call)) return false;
        if (scheduler.Now < call.EndsAt)
        {
            // Whoever was still talking had not finished the sentence.
            if (call.AnsweredAt > scheduler.Now) call.How = Disposition.NoAnswer;
            call.EndsAt = scheduler.Now;
            call.Words = "";
        }

        return true;
    }

    internal string? FindCall(string touchId) => calls.ContainsKey($"ref_{touchId}") ? $"ref_{touchId}" : null;

    internal string? FindText(string to, string body) => texts.GetValueOrDefault(body + to);

    internal bool FindMail(string messageId) => Seen.Any(s => s.Channel == Channel.Email && messageId.StartsWith(s.TouchId, StringComparison.Ordinal));

    private void Begin(string reference, string touchId, string to)
    {
        var chance = scheduler.Chance;
        var how = chance.Next(10) switch { < 3 => Disposition.NoAnswer, < 5 => Disposition.Voicemail, < 6 => Disposition.HungUp, _ => Disposition.Answered };
        var answered = scheduler.Now + Duration.FromSeconds(how == Disposition.NoAnswer ? 9_999 : chance.Between(3, 25));
        var ends = how switch { Disposition.NoAnswer => scheduler.Now + Duration.FromSeconds(45), Disposition.Answered => answered + Duration.FromSeconds(chance.Between(5, 200)), _ => answered + Duration.FromSeconds(chance.Between(1, 15)) };
        var words = how == Disposition.Answered ? chance.Of(chance.Happens(0.25) ? No : Yes) : "";
        scheduler.Say($"--- {touchId} rings at {to}: {how} until {ends} '{words}'");
        calls[reference] = new Call { Reference = reference, TouchId = touchId, To = to, How = how, AnsweredAt = answered, EndsAt = ends, Words = words };
        _ = ReportAsync(calls[reference]);
    }

    private async Task ReportAsync(Call call)
    {
        if (call.How == Disposition.Answered)
        {
            await scheduler.DelayAsync(Outdoors, "picks up", call.AnsweredAt - scheduler.Now);
            await TellAsync(call.News("progress", "progress"));
        }

        while (scheduler.Now < call.EndsAt) await scheduler.DelayAsync(Outdoors, "talks", Duration.Min(call.EndsAt - scheduler.Now, Duration.FromSeconds(20)));
        await TellAsync(call.News("ended", "ended"));
        await scheduler.DelayAsync(Outdoors, "report", Duration.FromSeconds(5));
        await TellAsync(call.News("report", "report"));
        if (No.Contains(call.Words)) Told(call.To);
    }

    private async Task AnswerTextAsync(string to, string touchId)
    {
        if (!scheduler.Chance.Happens(0.35)) return;
        await scheduler.DelayAsync(Outdoors, "types", Duration.FromSeconds(scheduler.Chance.Between(20, 5_000)));
        var no = scheduler.Chance.Happens(0.5);
        // Texts are also found by asking; here they come late rather than never.
        await TellAsync(new SimNews("highlevel", Event(), "text", touchId, null, to, scheduler.Chance.Of(no ? No : Yes), null, null), losable: false);
        if (no) Told(to);
    }

    private async Task AnswerMailAsync(string to, string touchId)
    {
        var roll = scheduler.Chance.Next(100);
        if (roll >= 25) return;
        await scheduler.DelayAsync(Outdoors, "writes", Duration.FromSeconds(scheduler.Chance.Between(60, 20_000)));
        var (kind, words) = roll switch { < 8 => ("no", "unsubscribe"), < 12 => ("bounce", ""), _ => ("reply", "tell me more") };
        await TellAsync(new SimNews("mail", Event(), kind, touchId, null, to, words, null, null), losable: false);
        if (kind == "no") Told(to);
    }

    /// <summary>The person has said it, and we were told: it must not be forgotten.</summary>
    internal void Told(string address)
    {
        foreach (var person in people.Where(p => p.Phone == address || p.Email == address)) saidNo(person);
    }

    private string Event() => $"evt_{++events}";

    /// <summary>Told by webhook: at once, or as badly as webhooks are told in a storm. The other side tries again until it is stored.</summary>
    private async Task TellAsync(SimNews news, bool losable = true)
    {
        if (losable && Goes(SimFaults.Webhooks, 0.12))
        {
            scheduler.Say($"--- lost: {news.EventId}");
            return;
        }

        if (Goes(SimFaults.Webhooks, 0.15)) await scheduler.DelayAsync(Outdoors, "late webhook", Duration.FromSeconds(scheduler.Chance.Between(30, 20_000)));
        var times = Goes(SimFaults.Webhooks, 0.15) ? 2 : 1;
        for (var i = 0; i < times; i++)
        {
            if (i > 0) await scheduler.DelayAsync(Outdoors, "webhook again", Duration.FromSeconds(scheduler.Chance.Between(1, 4_000)));
            var raw = news.ToJson();
            while (true)
            {
                try
                {
                    scheduler.Say($"--- told: {news.Provider} {news.EventId} {news.Kind} of {news.From}: '{news.Words}'");
                    await signals.StoreAsync(news.Provider, new SimSignals(news.Provider).Describe(raw), raw, scheduler.Now);
                    break;
                }
                catch (Exception e) when (e is DatabaseUnreachableException or CommitAnswerLostException)
                {
                    await scheduler.DelayAsync(Outdoors, "webhook refused", Duration.FromSeconds(30));
                }
            }
        }
    }

    private sealed class Call
    {
        public required string Reference { get; init; }
        public required string TouchId { get; init; }
        public required string To { get; init; }
        public required Disposition How { get; set; }
        public required Instant AnsweredAt { get; init; }
        public required Instant EndsAt { get; set; }
        public required string Words { get; set; }

        public SimNews News(string kind, string suffix) => new("vapi", $"{Reference}:{suffix}", kind, TouchId, Reference, To, Words, How, 0.05m);
    }
}

/// <summary>One process' way to the simulated providers.</summary>
internal sealed class SimTransports(SimOutside outside, int process) : IMailTransport, IOwnerMail, ICallTransport, ITextTransport, IMailEars, ISentMail, IDoNotDisturb
{
    public Task<SendResult> SendAsync(SendPermit permit, OutgoingEmail email, CancellationToken cancellation) =>
        outside.SendAsync(process, permit, Channel.Email, permit.TouchId, email.FromAddress, email.ToAddress, email.TextBody);

    public Task<SendResult> SendToOwnerAsync(OutgoingEmail email, CancellationToken cancellation) => outside.AskAsync<SendResult>(process, "owner copy", () => new SendResult.Accepted(null), new SendResult.NotSent(NotSentBecause.Transient, "simulated"));

    public Task<SendResult> PlaceAsync(SendPermit permit, OutgoingCall call, CancellationToken cancellation) =>
        outside.SendAsync(process, permit, Channel.Call, call.TouchId, call.ProviderSenderKey, call.ToE164, call.FirstMessage);

    public Task<bool> HangUpAsync(string controlUrl, CancellationToken cancellation) => outside.AskAsync(process, "hang up", () => outside.HangUp(controlUrl), false);

    public Task<CallStanding?> LookUpAsync(string providerRef, CancellationToken cancellation) => outside.AskAsync(process, "look at call", () => outside.LookUp(providerRef), null);

    public Task<Sighting> FindAsync(string touchId, string providerSenderKey, Instant from, Instant to, CancellationToken cancellation) =>
        outside.AskAsync<Sighting>(process, "find call", () => outside.FindCall(touchId) is { } found ? new Sighting.Found(found, found) : new Sighting.NotFound(), new Sighting.CannotTell("simulated"));

    public Task<TextContact> PrepareAsync(TextPerson person, CancellationToken cancellation) =>
        outside.AskAsync<TextContact>(process, "contact", () => outside.WantsSilence(person.LeadId) ? new TextContact.DoNotDisturb(person.LeadId, "all channels") : new TextContact.Ready($"{person.LeadId}|{person.PhoneE164}"), new TextContact.NotReady(NotSentBecause.Transient, "simulated"));

    public Task<SendResult> SendAsync(SendPermit permit, OutgoingText text, CancellationToken cancellation) =>
        outside.SendAsync(process, permit, Channel.Text, text.TouchId, text.FromE164, text.ToE164, text.Body);

    public Task<Sighting> FindAsync(string contactId, string body, Instant from, CancellationToken cancellation) => outside.AskAsync<Sighting>(
        process, "find text", () => outside.FindText(contactId[(contactId.IndexOf('|') + 1)..], body) is { } found ? new Sighting.Found(found) : new Sighting.NotFound(), new Sighting.CannotTell("simulated"));

    public string Source => "highlevel";

    public Task<Disturbance> LookAsync(string contactId, CancellationToken cancellation) => outside.LookAsync(process, contactId);

    public Task<bool> SetDoNotDisturbAsync(string contactId, CancellationToken cancellation) => outside.AskAsync(process, "do not disturb", () => true, false);

    public IReadOnlyList<string> Mailboxes => [];

    public Task<Hearing> FetchNewAsync(string mailbox, MailCursor? cursor, Instant since, CancellationToken cancellation) => Task.FromResult<Hearing>(new Hearing.Deaf("simulated"));

    public Task<Sighting> FindAsync(SentEmail email, CancellationToken cancellation) =>
        outside.AskAsync<Sighting>(process, "look into Sent", () => outside.FindMail(email.MessageId) ? new Sighting.Found(email.MessageId) : new Sighting.NotFound(), new Sighting.CannotTell("simulated"));
}
