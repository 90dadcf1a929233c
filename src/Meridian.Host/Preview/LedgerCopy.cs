using Meridian.Adapters.Sql;

namespace Meridian.Host.Preview;

/// <summary>A throw-away SQLite copy of a ledger, whichever database it lives in: the preview runs the real engine on it and writes nothing.</summary>
public static class LedgerCopy
{
    // Parents first, although the copy does not check foreign keys while it is filled.
    private static readonly string[] Tables =
    [
        "setting", "company", "lead", "lead_ref", "address_key", "lead_address", "consent", "sequence", "campaign", "enrollment", "pool", "sender", "touch",
        "touch_content", "call_task", "sender_day", "campaign_day", "spend_day", "zone_day", "signal", "signal_address", "desk",
    ];

    public static async Task FillAsync(SqlStore from, SqlStore to, CancellationToken cancellation)
    {
        foreach (var table in Tables)
        {
            var rows = await from.ReadAsync(s => s.QueryAsync<dynamic>($"select * from {table}"), cancellation);
            if (rows.Count == 0) continue;
            var columns = ((IDictionary<string, object?>)rows[0]).Keys.ToList();
            var sql = $"insert into {table} ({string.Join(", ", columns)}) values ({string.Join(", ", columns.Select(c => "@" + c))})";
            await to.WriteAsync(async s =>
            {
                foreach (IDictionary<string, object?> row in rows) await s.ExecuteAsync(sql, row.ToDictionary(p => p.Key, p => Plain(p.Value)));
            }, cancellation);
        }
    }

    /// <summary>PostgreSQL's instants become SQLite's milliseconds.</summary>
    private static object? Plain(object? value) => value is DateTime utc ? new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)).ToUnixTimeMilliseconds() : value;
}
