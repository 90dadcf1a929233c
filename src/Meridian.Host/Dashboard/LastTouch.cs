using Meridian.Adapters.Sql;
using NodaTime;

namespace Meridian.Host.Dashboard;

/// <summary>A touch that was begun, and what became of it.</summary>
/// <param name="Outcome">In words; never empty.</param>
public sealed record LastTouch(string LeadId, string Channel, string Who, string? Place, string? Company, Instant BegunAt, string Sender, string Outcome)
{
    public static async Task<IReadOnlyList<LastTouch>> ReadAsync(SqlReports reports, int count) =>
        (await reports.LastTouchesAsync(count))
            .Select(l => new LastTouch(l.LeadId, l.Channel, Person.Name(l.FirstName, l.LastName, l.Company), l.Place, l.Company, l.BegunAt, l.Sender, Say(l))).ToList();

    private static string Say(LastLine l) => l switch
    {
        { State: "sending" } => "being sent",
        { Disposition: { } word } => word.Replace('_', ' '),
        { State: "sent", Channel: "call", ClosedAt: null, AnsweredAt: not null } => "talking",
        { State: "sent", Channel: "call", ClosedAt: null } => "ringing",
        { State: "unconfirmed" } => "unconfirmed",
        _ => l.State,
    };
}
