using System.Text.Json;
using Meridian.Sandbox;

namespace Meridian.Host.Demo;

/// <summary>Where the sandbox answers, and where it reaches us.</summary>
public sealed record DemoAddresses(Uri Vapi, Uri HighLevel, Uri Apollo, int Smtp, int Imap, Uri Ours)
{
    public static DemoAddresses Of(OutsideWorld world, Uri ours) => new(world.VapiBase, world.HighLevelBase, world.ApolloBase, world.SmtpPort, world.ImapPort, ours);

    public string Write() => JsonSerializer.Serialize(this);

    public static DemoAddresses Read(string text) => JsonSerializer.Deserialize<DemoAddresses>(text)!;
}
