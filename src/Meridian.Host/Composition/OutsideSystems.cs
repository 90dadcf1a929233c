using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;

namespace Meridian.Host.Composition;

/// <summary>The outside systems of one node.</summary>
/// <param name="Polls">Providers that are also asked what people said; null: none.</param>
public sealed record OutsideSystems(IMailTransport Mail, IOwnerMail OwnerMail, ICallTransport Calls, ITextTransport Texts, IReadOnlyList<ISignalReader> Readers,
    IReadOnlyList<IInboundPoll>? Polls = null);
