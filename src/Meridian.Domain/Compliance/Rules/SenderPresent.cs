using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Domain.Compliance.Rules;

/// <summary>The campaign needs a sender for the channel.</summary>
public sealed class SenderPresent : ContactRule
{
    public override Finding Judge(ContactFacts facts, Instant now) =>
        facts.HasSender
            ? Allow("the campaign has a sender for this channel", "the campaign's pools")
            : Park(ParkedReason.NoSender, $"the campaign has no {facts.Channel switch { Channel.Email => "mailbox", Channel.Call => "caller ID", _ => "text number" }}", "the campaign's pools");
}
