using Meridian.Adapters;

namespace Meridian.Host.Evidence;

/// <summary>The two files of a pack, for their owner alone. A pack never takes another's place: that one may be in a lawyer's hands, and its hash is in the audit.</summary>
internal static class EvidenceFiles
{
    public static (string Json, string Page) Write(string folder, string name, EvidencePack pack)
    {
        PrivateFolder.Make(folder);
        for (var n = 1; ; n++)
        {
            var here = Path.Combine(folder, n == 1 ? name : $"{name}-{n}");
            var (json, page) = ($"{here}.json", $"{here}.html");
            if (!PrivateFile.TryWriteNew(json, pack.Json)) continue;
            if (PrivateFile.TryWriteNew(page, EvidencePage.Write(pack))) return (json, page);
            File.Delete(json); // ours; the page of this name is not
        }
    }
}
