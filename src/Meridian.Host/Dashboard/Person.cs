namespace Meridian.Host.Dashboard;

/// <summary>How a screen names somebody.</summary>
internal static class Person
{
    public static string Name(string? first, string? last, string? company)
    {
        var name = $"{first} {last}".Trim();
        return name.Length > 0 ? name : company is { Length: > 0 } ? company : "(no name)";
    }
}
