using Meridian.Adapters.Csv;
using Meridian.Host.Composition;

namespace Meridian.Host.Demo;

/// <summary>Brings a demo's people in, once: from a file, or invented.</summary>
internal static class DemoImport
{
    public static async Task<ImportCounts> RunAsync(Node node, DemoOptions options, DemoFolder folder, CancellationToken cancellation)
    {
        if (options.Leads is null) return await ImportCounts.ReadAsync(node.Store);
        var file = options.Leads;
        if (!File.Exists(file))
        {
            if (!int.TryParse(options.Leads, out var count) || count < 1) throw new UsageException($"--leads is '{options.Leads}': give a CSV file that exists, or a number of people to invent");
            file = Path.Combine(folder.Path, "leads.csv");
            if (!File.Exists(file)) DemoLeads.Write(file, count, options.Seed);
        }

        if (await ImportCounts.HasFinishedAsync(node.Store)) return await ImportCounts.ReadAsync(node.Store);
        await new CsvImport(node.Store, node.Ids, node.Clocks).ImportAsync(file, "Demo Owner", dryRun: false, null, cancellation);
        return await ImportCounts.ReadAsync(node.Store);
    }
}
