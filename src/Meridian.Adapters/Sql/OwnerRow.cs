using System.Text.Json;
using Meridian.Engine;

namespace Meridian.Adapters.Sql;

/// <summary>The owner's settings inside somebody else's transaction.</summary>
internal static class OwnerRow
{
    internal const string Read = "select value from setting where key = 'owner'";

    public static async Task<OwnerSettings> OfAsync(SqlSession s) => await s.ScalarAsync<string>(Read) is { } json ? JsonSerializer.Deserialize<OwnerSettings>(json)! : new OwnerSettings();
}
