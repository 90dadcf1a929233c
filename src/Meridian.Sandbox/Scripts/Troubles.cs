using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Scripts;

/// <summary>Everything that may go wrong with a request: what a script says first, then the rates.</summary>
internal sealed record Troubles(Mishaps Mishaps, ScriptRun Script, WireRecord Record)
{
    public Happening? Of(string provider, string request, string what) => Script.Of(provider, request) ?? Mishaps.HappeningOf(what);
}

/// <summary>A request that could contact a person: whom, for which touch, with which words.</summary>
internal sealed record ContactAsked(string? Touch, string? To, string? Body);
