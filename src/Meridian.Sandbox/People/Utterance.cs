namespace Meridian.Sandbox.People;

/// <summary>One thing said on a call, in seconds from the answer. The roles are Vapi's: bot and user.</summary>
internal sealed record Utterance(string Role, string Text, double FromStart, double Seconds);
