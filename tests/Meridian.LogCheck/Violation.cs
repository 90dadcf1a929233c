namespace Meridian.LogCheck;

/// <summary>One broken law: its name, the log's line (from 1) where there is one, and the facts in a sentence.</summary>
public sealed record Violation(string Law, int? Line, string Text);
