using Meridian.Adapters;
using Meridian.Engine.Ledger;
using Xunit;

namespace Meridian.Tests.Ledger;

/// <summary>What the database could not take waits in a file, and a crash in the middle of a line costs that line only.</summary>
public sealed class FileJournalTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("meridian-journal-");

    private string FilePath => Path.Combine(folder.FullName, "outcomes.journal");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_torn_line_hides_neither_the_lines_before_nor_those_after_it()
    {
        var journal = new FileJournal(FilePath);
        journal.Append(Unknown("prm_1"));
        File.AppendAllText(FilePath, "{\"Kind\":\"accepted\",\"Per");
        journal.Append(Unknown("prm_2"));
        File.AppendAllText(FilePath, "{\"Kind\":\"from a newer build\",\"Permit\":\"prm_9\",\"AtMs\":0}\n");
        journal.Append(Unknown("prm_3"));
        Assert.Equal(["prm_1", "prm_2", "prm_3"], journal.Read().Select(o => o.PermitId));

        journal.Clear(2); // two were replayed
        Assert.Equal(["prm_3"], journal.Read().Select(o => o.PermitId));
        Assert.Equal(2, File.ReadAllLines(FilePath + ".torn").Length); // kept for a person to read
        journal.Clear(1);
        Assert.Empty(journal.Read());
        Assert.False(File.Exists(FilePath));
    }

    private static Outcome Unknown(string permit) => new Outcome.Unknown(permit, LedgerWorld.Now, "no answer");
}
