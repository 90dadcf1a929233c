using System.Collections;
using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Meridian.Host.Composition;

/// <summary>
/// Values that are not what their setting takes, in the file or the environment. Looked for before binding: the binder drops a whole entry of a list
/// (a mailbox, a permit) without a word when one value in it cannot be read.
/// </summary>
internal static class SettingsValues
{
    /// <summary>Every such value: its key as configuration knows it, and a sentence with field, value and fix.</summary>
    public static IEnumerable<(string Key, string Problem)> WrongIn(IConfiguration at, Type type, string path = "")
    {
        var known = type.GetProperties().Where(p => p.CanWrite).ToDictionary(p => p.Name, p => p.PropertyType, StringComparer.OrdinalIgnoreCase);
        foreach (var section in at.GetChildren())
        {
            if (!known.TryGetValue(section.Key, out var inner)) continue; // UnknownSettings and UnknownVariables say so
            var name = known.Keys.First(k => string.Equals(k, section.Key, StringComparison.OrdinalIgnoreCase));
            foreach (var wrong in Wrong(section, inner, $"{(path.Length == 0 ? "" : $"{path}.")}{char.ToLowerInvariant(name[0])}{name[1..]}")) yield return wrong;
        }
    }

    /// <summary>The same settings without these keys, so that whatever else is wrong is said, too; and without <c>null</c>, which means that nothing is set, not 0.</summary>
    public static IConfiguration Without(IConfigurationRoot settings, IEnumerable<string> keys)
    {
        var gone = keys.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var kept = settings.AsEnumerable().Where(p => p.Value is not null && !settings.GetSection(p.Key).GetChildren().Any() && !gone.Any(g => p.Key.Equals(g, StringComparison.OrdinalIgnoreCase) || p.Key.StartsWith($"{g}:", StringComparison.OrdinalIgnoreCase)));
        return new ConfigurationBuilder().AddInMemoryCollection(kept).Build();
    }

    internal static bool IsSection(Type type) => type.Namespace?.StartsWith("Meridian", StringComparison.Ordinal) == true && !type.IsEnum;

    internal static Type? Item(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type) && type.IsGenericType ? type.GetGenericArguments()[0] : null;

    private static IEnumerable<(string Key, string Problem)> Wrong(IConfigurationSection section, Type type, string path)
    {
        var hasParts = section.GetChildren().Any();
        if (Item(type) is { } item)
        {
            if (!hasParts && section.Value is { Length: > 0 } alone) yield return (section.Path, $"{path} is '{alone}': give a list");
            foreach (var (element, i) in section.GetChildren().Select((e, i) => (e, i)))
            {
                if (element.Value is null && !element.GetChildren().Any()) yield return (element.Path, $"{path}[{i}] is empty: give it, or take the entry out");
                else foreach (var wrong in Wrong(element, item, $"{path}[{i}]")) yield return wrong;
            }
        }
        else if (IsSection(type))
        {
            if (!hasParts && section.Value is { Length: > 0 } alone) yield return (section.Path, $"{path} is '{alone}': give an object in braces");
            foreach (var wrong in WrongIn(section, type, path)) yield return wrong;
        }
        else if (hasParts) yield return (section.Path, $"{path} is a list or an object: {Fix(type, "")}");
        else if (section.Value is { } value && !Takes(type, value)) yield return (section.Path, $"{path} is '{value}': {Fix(type, value)}");
    }

    private static bool Takes(Type type, string value)
    {
        if (type == typeof(string)) return true;
        if (Nullable.GetUnderlyingType(type) is { } bare) return value.Length == 0 || Takes(bare, value);
        if (type.IsEnum) return Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase);
        try
        {
            TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value);
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }

    private static string Fix(Type type, string value) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(bool) => "give true or false",
        var t when t == typeof(Uri) => "give an address such as https://reach.example.com",
        var t when t == typeof(DateTimeOffset) => "give an instant such as 2026-11-23T14:00:00Z",
        var t when t == typeof(string) => "give one text in quotation marks",
        { IsEnum: true } t => $"use {string.Join(", ", Enum.GetNames(t).Select(n => n.ToLowerInvariant()))}",
        var t when t == typeof(int) && decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) => n == decimal.Truncate(n) ? "give a number that is not so large, in digits" : "give a whole number",
        _ => "give a number",
    };
}
