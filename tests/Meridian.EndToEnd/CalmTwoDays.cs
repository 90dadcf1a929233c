using System.Text.Json;

namespace Meridian.EndToEnd;

/// <summary>Two days of the 1,000-row export on SQLite, played once for every test that only reads them.</summary>
internal static class CalmTwoDays
{
    private static readonly Lazy<(Demo Demo, JsonElement Summary)> Played = new(() =>
    {
        var demo = new Demo(Demo.Csv("crm-export-1000.csv"), seed: 7, days: 2);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => demo.Dispose();
        return (demo, demo.Run());
    });

    public static Demo Demo => Played.Value.Demo;

    public static JsonElement Summary => Played.Value.Summary;
}
