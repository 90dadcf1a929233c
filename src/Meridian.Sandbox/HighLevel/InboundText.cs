namespace Meridian.Sandbox.HighLevel;

/// <summary>A text from a person, and whether it closes the door.</summary>
internal sealed record InboundText(TextMessage Message, bool IsOptOut);
