namespace Meridian.Domain.Campaigns;

/// <summary>What became of a template: <see cref="Rendered"/>, <see cref="MissingVariable"/> or <see cref="BadTemplate"/>.</summary>
public abstract record RenderResult
{
    private protected RenderResult() { }
}

/// <summary>The text, every variable filled in.</summary>
public sealed record Rendered(string Text) : RenderResult;

/// <summary>A variable the text would print has no value. Nothing is ever sent with a blank in it.</summary>
/// <param name="Name">As written in the template: <c>lead.first_name</c>.</param>
public sealed record MissingVariable(string Name) : RenderResult;

/// <summary>The template itself is wrong; <paramref name="Message"/> says where.</summary>
public sealed record BadTemplate(string Message) : RenderResult;
