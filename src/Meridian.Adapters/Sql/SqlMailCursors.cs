using Meridian.Engine.Inbound;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>The table <c>mail_cursor</c>.</summary>
public sealed class SqlMailCursors(SqlStore store) : IMailCursors
{
    internal const string Find = "select uid_validity, last_uid from mail_cursor where mailbox = @mailbox";

    internal const string Move = """
        insert into mail_cursor (mailbox, uid_validity, last_uid, moved_at) values (@mailbox, @validity, @uid, @now)
            on conflict (mailbox) do update set uid_validity = excluded.uid_validity, last_uid = excluded.last_uid, moved_at = excluded.moved_at
        """;

    public async Task<MailCursor?> FindAsync(string mailbox) =>
        await store.ReadAsync(s => s.FirstOrDefaultAsync<Row>(Find, new { mailbox })) is { } row ? new MailCursor(row.UidValidity, row.LastUid) : null;

    public Task MoveAsync(string mailbox, MailCursor cursor, Instant now) =>
        store.WriteSoftAsync(s => s.ExecuteAsync(Move, new { mailbox, validity = cursor.UidValidity, uid = cursor.LastUid, now }));

    private sealed class Row
    {
        public long UidValidity { get; init; }
        public long LastUid { get; init; }
    }
}
