using Meridian.Engine;
using Meridian.Engine.Ledger;

namespace Meridian.Adapters.Sql;

/// <summary>
/// The ledger on SQLite and PostgreSQL, one text. One lock order for every verb: address_key, sender, company, lead, enrollment, touch,
/// sender_day, campaign_day, spend_day, zone_day, desk; ascending id within each.
/// </summary>
public sealed partial class SqlTouchLedger(SqlStore store, IIds ids) : ITouchLedger
{
}
