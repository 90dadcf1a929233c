using Meridian.Domain.Touches;
using Meridian.Engine;
using Meridian.Engine.Confirmations;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>Confirmations of opt-outs by text.</summary>
public sealed class SqlConfirmations(SqlStore store) : IConfirmations
{
    internal const string Plan = """
        insert into opt_out_confirmation (address_id, id, contact_ref, from_address, heard_at, expires_at, state, look_at)
        values (@address, @id, @contact, @from, @heard, @expires, @state, @now) on conflict (address_id) do nothing
        """;

    internal const string Due = """
        select id, address_id, contact_ref, from_address, state, expires_at, begun_at from opt_out_confirmation where closed_at is null and look_at <= @now order by look_at, id limit @most
        """;

    internal const string Next = "select min(look_at) from opt_out_confirmation where closed_at is null";

    internal const string Begin = """
        update opt_out_confirmation set state = 'sending', permit_id = @permit, begun_at = @now, body = @body
         where id = @id and state = 'planned' and expires_at > @now
        """;

    // Whoever pauses the engine or a sender raises the sender's revision: the begin is permitted at the one that was read before the pauses were.
    internal const string SenderOf = "select id, revision, paused_at from sender where channel = 'text' and address = @address";

    internal const string EnginePaused = "select count(*) from setting where key = 'engine.paused_at'";

    internal const string TakeSender = "update sender set revision = revision + 1 where id = @sender and revision = @revision";

    internal const string Record = "update opt_out_confirmation set state = @state, provider_ref = @ref, error = @error where id = @id and state = @from";

    internal const string Close = "update opt_out_confirmation set closed_at = @now where id = @id and closed_at is null and state not in ('planned', 'sending')";

    internal const string LookAgain = "update opt_out_confirmation set look_at = @at where id = @id and closed_at is null";

    /// <summary>The last thing of the opt-out's transaction but for desks. False: this number was confirmed to before.</summary>
    internal static async Task<bool> PlanAsync(SqlSession s, IIds ids, ConfirmationOrder order, Instant now)
    {
        var rows = await s.ExecuteAsync(Plan, new
        {
            address = order.AddressId, id = ids.New("oco"), contact = order.ContactRef, from = order.FromAddress, heard = order.HeardAt, expires = order.HeardAt + ConfirmationOrder.Life,
            state = Words.Of(order.ByCarrier ? ConfirmationState.ByCarrier : ConfirmationState.Planned), now,
        });
        if (rows == 1) await DeskVerbs.WakeAsync(s, "confirmations", "all", now);
        return rows == 1;
    }

    public Task<IReadOnlyList<OpenConfirmation>> DueAsync(Instant now, int most) => store.ReadAsync<IReadOnlyList<OpenConfirmation>>(async s =>
        (await s.QueryAsync<Row>(Due, new { now, most = (long)most })).Select(r => new OpenConfirmation(r.Id, r.AddressId, r.ContactRef, r.FromAddress, Words.Read<ConfirmationState>(r.State), r.ExpiresAt, r.BegunAt)).ToList());

    public Task<Instant?> NextAsync() => store.ReadAsync(s => s.InstantAsync(Next));

    public async Task<bool> TryBeginAsync(OpenConfirmation confirmation, string permitId, string body, Instant now)
    {
        if (await store.ReadAsync(s => s.FirstOrDefaultAsync<SenderRow>(SenderOf, new { address = confirmation.FromAddress })) is not { PausedAt: null } sender) return false;
        if (await store.ReadAsync(s => s.ScalarAsync<long>(EnginePaused)) > 0) return false;
        return await store.WriteAsync(async s =>
        {
            if (await s.ExecuteAsync(TakeSender, new { sender = sender.Id, revision = sender.Revision }) == 0) throw new RollBackException(false);
            if (await s.ExecuteAsync(Begin, new { id = confirmation.Id, permit = permitId, body, now }) == 0) throw new RollBackException(false);
            return true;
        });
    }

    public Task RecordAsync(string id, ConfirmationState state, string? providerRef, string? error) => store.WriteAsync(s => s.ExecuteAsync(Record, new
    {
        id, state = Words.Of(state), from = Words.Of(state == ConfirmationState.Expired ? ConfirmationState.Planned : ConfirmationState.Sending), @ref = providerRef, error,
    }));

    public Task CloseAsync(string id, Instant now) => store.WriteAsync(s => s.ExecuteAsync(Close, new { id, now }));

    public Task LookAgainAsync(string id, Instant at) => store.WriteAsync(s => s.ExecuteAsync(LookAgain, new { id, at }));

    private sealed class SenderRow
    {
        public string Id { get; init; } = "";
        public long Revision { get; init; }
        public Instant? PausedAt { get; init; }
    }

    private sealed class Row
    {
        public string Id { get; init; } = "";
        public string AddressId { get; init; } = "";
        public string ContactRef { get; init; } = "";
        public string FromAddress { get; init; } = "";
        public string State { get; init; } = "";
        public Instant ExpiresAt { get; init; }
        public Instant? BegunAt { get; init; }
    }
}
