using System.Text.Json;
using Meridian.Engine;
using Microsoft.Extensions.Configuration;

namespace Meridian.Host.Composition;

/// <summary>
/// What a process must know before it can open its database: <c>meridian.json</c> in the data folder, then <c>MERIDIAN__...</c> from the
/// environment. Deciding settings under <c>owner</c> only seed the database.
/// </summary>
public sealed class MeridianSettings
{
    /// <summary><c>sqlite</c> (the default: a file in the data folder) or a <c>postgres://</c> URL.</summary>
    public string Database { get; set; } = "sqlite";

    public OwnerSettings? Owner { get; set; }

    /// <summary>Reads file and environment.</summary>
    /// <exception cref="UsageException">Every problem at once: unreadable file, unknown keys, bad values.</exception>
    public static MeridianSettings Load(string folder)
    {
        var file = Path.Combine(folder, "meridian.json");
        var problems = new List<string>();
        if (File.Exists(file))
        {
            try
            {
                using var json = JsonDocument.Parse(File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
                foreach (var property in json.RootElement.EnumerateObject())
                    if (property.Name.ToLowerInvariant() is not ("database" or "owner")) problems.Add($"{file}: '{property.Name}' is not a setting; use database or owner");
            }
            catch (JsonException e)
            {
                throw new UsageException($"{file} is not JSON: {e.Message}");
            }
        }

        var settings = new MeridianSettings();
        try
        {
            new ConfigurationBuilder().AddJsonFile(file, optional: true).AddEnvironmentVariables("MERIDIAN__").Build().Bind(settings);
        }
        catch (InvalidOperationException e)
        {
            problems.Add(e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message);
        }

        if (settings.Database != "sqlite")
        {
            try
            {
                PostgresUrl.ToConnectionString(settings.Database);
            }
            catch (UsageException e)
            {
                problems.Add(e.Message.Replace("--database", "database"));
            }
        }

        if (settings.Owner is not null) problems.AddRange(settings.Owner.Problems());
        return problems.Count == 0 ? settings : throw new UsageException(string.Join(Environment.NewLine, problems));
    }

    public string ConnectionString() => PostgresUrl.ToConnectionString(Database);
}
