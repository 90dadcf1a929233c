using System.Collections.Concurrent;
using HandlebarsDotNet;
using HandlebarsDotNet.Compiler;

namespace Meridian.Domain.Campaigns;

/// <summary>Fills a template with values, strictly: plain text, no escaping, no helpers, and never a blank where a value should be.</summary>
public static class Renderer
{
    private const int MostCompiled = 500;

    private static readonly Lock Compiling = new();
    private static readonly ConcurrentDictionary<string, Compiled> Cache = new(StringComparer.Ordinal);

    private static readonly IHandlebars Language = Handlebars.Create(new HandlebarsConfiguration
    {
        ThrowOnUnresolvedBindingExpression = true,
        NoEscape = true,
        FormatterProviders = { new NothingToPrint() },
    });

    /// <summary>
    /// Renders. Values are keyed <c>lead.first_name</c>, or nested. Null and white space count as missing; a variable that an <c>#if</c> asks about may be
    /// missing there. Values are never read as templates. Safe from many threads.
    /// </summary>
    public static RenderResult Render(string template, IReadOnlyDictionary<string, object?> values)
    {
        if (TemplateTags.FirstForbidden(template) is { } tag) return new BadTemplate($"{tag} is not allowed: a template has variables, #if and #unless");
        try
        {
            var compiled = Compile(template);
            return new Rendered(compiled.Template(Group.Of(values, compiled.Optional)));
        }
        catch (Exception e) when (Unwrap<NothingToPrintException>(e) is { } nothing)
        {
            return nothing.Result;
        }
        catch (Exception e) when (Unwrap<HandlebarsUndefinedBindingException>(e) is { } undefined)
        {
            return undefined.Path == "else" ? new BadTemplate("{{else}} stands outside an {{#if}}") : new MissingVariable(undefined.Path);
        }
        catch (HandlebarsException e)
        {
            return new BadTemplate(e.Message.ReplaceLineEndings(" "));
        }
    }

    private static Compiled Compile(string template)
    {
        if (Cache.TryGetValue(template, out var known)) return known;
        lock (Compiling) // the compiler shares state; a finished template does not
        {
            if (Cache.Count >= MostCompiled) Cache.Clear(); // sequences hold a handful; only a flood of edits comes here
            return Cache.GetOrAdd(template, t => new Compiled(Language.Compile(t), TemplateTags.Conditions(t)));
        }
    }

    private static T? Unwrap<T>(Exception? e) where T : Exception
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is T found) return found;
        }
        return null;
    }

    private sealed record Compiled(HandlebarsTemplate<object, object> Template, IReadOnlyList<string> Optional);
}
