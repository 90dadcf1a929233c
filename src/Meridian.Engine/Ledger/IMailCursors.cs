using Meridian.Engine.Inbound;
using NodaTime;

namespace Meridian.Engine.Ledger;

/// <summary>How far each mailbox has been heard. Losing a cursor costs a second reading, never a message.</summary>
public interface IMailCursors
{
    Task<MailCursor?> FindAsync(string mailbox);

    Task MoveAsync(string mailbox, MailCursor cursor, Instant now);
}
