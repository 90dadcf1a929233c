using Meridian.Adapters.Sql;
using Xunit;

namespace Meridian.Tests.Ledger;

public class SqliteLogTests
{
    [Fact]
    public async Task A_process_that_dies_again_and_again_does_not_fill_the_disk_with_its_log()
    {
        var folder = Directory.CreateTempSubdirectory("meridian-wal-").FullName;
        var file = Path.Combine(folder, "meridian.db");
        long one = 0;
        for (var death = 0; death < 20; death++)
        {
            var store = SqliteStore.Open(file); // never disposed: it died
            if (death == 0) await store.RunScriptAsync("create table t (v text)", TestContext.Current.CancellationToken);
            for (var i = 0; i < 50; i++) await store.WriteAsync(async s => { await s.ExecuteAsync("insert into t (v) values (hex(randomblob(2000)))"); }, TestContext.Current.CancellationToken);
            var size = new FileInfo(file + "-wal").Length;
            if (death == 0) one = size;
            Assert.True(size < 3 * one, $"after {death} deaths the log has {size} bytes, after the first life {one}");
        }
    }
}
