using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Vapi;
using Meridian.Engine;
using Meridian.Engine.Voice;

namespace Meridian.Host.Webhooks;

/// <summary>What decides who is let in and what is answered, by the settings in force.</summary>
/// <param name="Tools">Answers the voice agent in the middle of a call; null: there is no agent.</param>
/// <param name="Owner">For whoever calls one of our numbers.</param>
public sealed record WebhookGates(string Secret, Func<VapiOptions?> Vapi, Func<HighLevelOptions?> HighLevel, VoiceTools? Tools, Func<Task<OwnerSettings>> Owner);
