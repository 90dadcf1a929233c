using System.Globalization;
using Meridian.Adapters.Csv;
using Meridian.Engine.Intake;
using Meridian.Host.Composition;

namespace Meridian.Host.Demo;

/// <summary>Brings a demo's people in, once: from a file, or invented.</summary>
internal static class DemoImport
{
    private const int MostInvented = 1_000_000;

    /// <summary>Looked at before anything is made.</summary>
    /// <exception cref="UsageException">There are no such people, or no such file.</exception>
    public static async Task CheckAsync(DemoOptions options, CancellationToken cancellation)
    {
        if (options.Leads is not { } leads) return;
        if (!File.Exists(leads))
        {
            Count(leads);
            return;
        }

        try
        {
            await CsvFile.ReadAsync(leads, cancellation);
        }
        catch (ImportFileException e)
        {
            throw new UsageException($"--leads: {e.Message}");
        }
    }

    public static async Task<ImportCounts> RunAsync(Node node, DemoOptions options, DemoFolder folder, CancellationToken cancellation)
    {
        if (options.Leads is null) return await ImportCounts.ReadAsync(node.Store);
        var file = options.Leads;
        if (!File.Exists(file))
        {
            var count = Count(options.Leads);
            file = Path.Combine(folder.Path, "leads.csv");
            if (!File.Exists(file)) DemoLeads.Write(file, count, options.Seed);
        }

        if (await ImportCounts.HasFinishedAsync(node.Store)) return await ImportCounts.ReadAsync(node.Store);
        await new CsvImport(node.Store, node.Ids, node.Clocks).ImportAsync(file, "Demo Owner", dryRun: false, null, cancellation);
        return await ImportCounts.ReadAsync(node.Store);
    }

    private static int Count(string leads) => int.TryParse(leads, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= MostInvented
        ? count
        : throw new UsageException($"--leads is '{leads}': give a CSV file that exists, or a number of people to invent (1 to {MostInvented})");
}
