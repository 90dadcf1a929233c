using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Meridian.Host.Commands;

/// <summary>Options every verb has, and how verbs print JSON.</summary>
public static class CommonOptions
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>One line a value, letters as they are.</summary>
    public static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Option<DirectoryInfo> Data()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "the data folder", DefaultValueFactory = _ => new DirectoryInfo("data") };
        data.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<DirectoryInfo>() is { } folder && File.Exists(folder.FullName)) given.AddError($"--data is {folder.FullName}, which is a file: give a folder");
        });
        return data;
    }

    public static Option<bool> Json() => new("--json") { Description = "print JSON" };

    public static void Print(object value) => Console.WriteLine(JsonSerializer.Serialize(value, Indented));
}
