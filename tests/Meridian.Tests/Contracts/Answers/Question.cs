using Meridian.Tests.Providers;

namespace Meridian.Tests.Contracts.Answers;

/// <summary>One thing our adapters ask of a vendor, and what an answer to it means.</summary>
/// <param name="Operation">The request whose answer is varied, as the vendor's document writes it: <c>GET /call/{id}</c>.</param>
/// <param name="Purpose">What for; names the table.</param>
/// <param name="Good">What the vendor documents for success.</param>
/// <param name="Ask">Asks by the real adapter, on that machine's clock, and says in a few words what came of it.</param>
internal sealed record Question(string Vendor, string Operation, string Purpose, Reply Good, Func<Uri, TimeProvider, Task<string>> Ask)
{
    /// <summary>What the vendor answers to the other requests that belong to it.</summary>
    public Func<Asked, Reply?> Around { get; init; } = _ => null;

    /// <summary>A vendor without a document of ours.</summary>
    public bool IsUndocumented { get; init; }

    public override string ToString() => $"{Vendor}: {Purpose}";

    /// <summary>Whether this is the request whose answer is varied.</summary>
    public bool IsAsked(Asked asked)
    {
        var (method, path) = (Operation.Split(' ')[0], Operation.Split(' ')[1]);
        var pattern = "^" + System.Text.RegularExpressions.Regex.Replace(System.Text.RegularExpressions.Regex.Escape(path), @"\\\{[^}]*}", "[^/]+") + "$";
        return asked.Method == method && System.Text.RegularExpressions.Regex.IsMatch(asked.Path.Split('?')[0], pattern);
    }
}
