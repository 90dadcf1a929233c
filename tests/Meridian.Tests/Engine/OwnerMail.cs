using Meridian.Engine.Dispatch;

namespace Meridian.Tests.Engine;

/// <summary>The owner's post, with the answer a test gives to it.</summary>
internal sealed class OwnerMail : IOwnerMail
{
    public List<OutgoingEmail> Sent { get; } = [];

    public SendResult Answer { get; set; } = new SendResult.Accepted(null);

    public Task<SendResult> SendToOwnerAsync(OutgoingEmail email, CancellationToken cancellation)
    {
        Sent.Add(email);
        return Task.FromResult(Answer);
    }
}
