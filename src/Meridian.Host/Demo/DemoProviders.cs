using Meridian.Adapters;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Mail;
using Meridian.Adapters.Vapi;
using Meridian.Engine;
using Meridian.Host.Composition;
using Meridian.Sandbox;

namespace Meridian.Host.Demo;

/// <summary>The real adapters, pointed at the sandbox.</summary>
public static class DemoProviders
{
    public static OutsideSystems Create(OutsideWorld world, Clocks clocks, Func<Uri> ourAddress)
    {
        var vapi = new VapiCalls(ProviderHttp.Create(world.VapiBase), new VapiOptions
        {
            BaseUrl = world.VapiBase,
            ApiKey = DemoWorld.VapiKey,
            AssistantId = "5b0a4a08-133c-4146-9315-0984f8c60001",
            WebhookUrl = () => new Uri(ourAddress(), "/webhooks/vapi"),
            WebhookSecret = DemoWorld.WebhookSecret,
        }, clocks.Machine);
        var highLevel = new HighLevelTexts(ProviderHttp.Create(world.HighLevelBase), new HighLevelOptions
        {
            BaseUrl = world.HighLevelBase,
            Token = DemoWorld.HighLevelToken,
            LocationId = DemoWorld.HighLevelLocation,
        }, clocks.Machine);
        var server = new MailServer { Host = "127.0.0.1", Port = world.SmtpPort, Security = MailSecurity.None };
        var mail = new SmtpMail(_ => server, clocks.Engine);
        return new OutsideSystems(mail, mail, vapi, highLevel, [new VapiSignals(), new HighLevelSignals()]);
    }
}
