using Meridian.Adapters.Apollo;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Http;
using Meridian.Adapters.Mail;
using Meridian.Adapters.Vapi;
using Meridian.Engine;
using Meridian.Engine.Prospecting;
using Meridian.Host.Composition;
using NodaTime;

namespace Meridian.Host.Demo;

/// <summary>The real adapters, pointed at the sandbox.</summary>
public static class DemoProviders
{
    /// <summary>Less often than the minute of real life: eight mailboxes a minute would be most of what the demo does.</summary>
    private static readonly Duration Listening = Duration.FromMinutes(10);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static OutsideSystems Create(DemoAddresses world, Clocks clocks)
    {
        var vapi = new VapiCalls(ProviderHttp.Create(Timeout), new VapiOptions
        {
            BaseUrl = world.Vapi,
            ApiKey = DemoWorld.VapiKey,
            AssistantId = "5b0a4a08-133c-4146-9315-0984f8c60001",
            WebhookUrl = new Uri(world.Ours, "/webhooks/vapi"),
            WebhookSecret = DemoWorld.WebhookSecret,
        }, clocks.Machine);
        var options = new HighLevelOptions { BaseUrl = world.HighLevel, Token = DemoWorld.HighLevelToken, LocationId = DemoWorld.HighLevelLocation };
        var location = new HighLevelLocation(ProviderHttp.Create(Timeout), options, clocks.Machine, pacing: new ImpatientClock());
        var highLevel = new HighLevelTexts(location);
        var poll = new HighLevelPoll(location);
        // Looked at, not polled: nobody sets a do-not-disturb by hand here, and every poll is a write.
        var silence = new HighLevelDoNotDisturb(location, clocks.Machine);
        var mailboxes = DemoWorld.Mailboxes.Select(m => Mailbox(m, world)).ToList();
        var ears = new ImapEars(mailboxes, clocks.Machine);
        var apollo = new ApolloProspects(ProviderHttp.Create(Timeout), new ApolloOptions { BaseUrl = world.Apollo, ApiKey = DemoWorld.ApolloKey }, clocks);
        var mail = new SmtpMail(mailboxes, Mailbox(DemoWorld.OwnerEmail, world), clocks.Engine, clocks.Machine);
        return new OutsideSystems(mail, mail, vapi, highLevel, ears, ears, [new VapiSignals(), new HighLevelSignals(), new MailSignals(), new ApolloSignals()], Listening, () => [poll], [apollo],
            order => PhoneDeliveries.AddressOf("apollo", order, world.Ours.AbsoluteUri, DemoWorld.WebhookSecret),
            CrmTasks: new HighLevelTasks(location, highLevel), DoNotDisturb: silence, CrmSilence: highLevel);
    }

    private static MailboxOptions Mailbox(string address, DemoAddresses world) => new()
    {
        Address = address,
        Host = "127.0.0.1",
        Port = world.Smtp,
        Security = MailSecurity.None,
        Imap = new ImapOptions { Host = "127.0.0.1", Port = world.Imap, Security = MailSecurity.None },
    };
}
