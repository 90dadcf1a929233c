using System.CommandLine;
using Meridian.Adapters.Sql;
using Meridian.Engine.Ledger;

namespace Meridian.Host.Commands;

/// <summary>
/// <c>signals</c>: what providers sent and no program could read. <c>signals settle ID --opt-out|--nothing</c>: a person read it. Until then
/// whoever it names is held.
/// </summary>
public static class SignalsCommand
{
    private const int Shown = 160;

    public static Command Create()
    {
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("signals", "Lists messages from providers that could not be read; whoever they name is held until a person settles them.") { data, json };
        command.Subcommands.Add(Settle());
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var unread = await new SqlUnreadableSignals(folder.Store, folder.Ids).AllAsync();
            if (parsed.GetValue(json))
            {
                CommonOptions.Print(unread.Select(u => new { id = u.Signal.Id, provider = u.Signal.Provider, received_at = u.Signal.ReceivedAt.ToString(), why = u.Why, holds = u.Holds, raw = u.Signal.Raw }));
                return ExitCodes.Ok;
            }

            if (unread.Count == 0) Console.WriteLine("Everything could be read.");
            foreach (var u in unread)
            {
                Console.WriteLine($"{u.Signal.Id}  {u.Signal.ReceivedAt}  {u.Signal.Provider}: {u.Why}");
                Console.WriteLine($"  holds {(u.Holds.Count == 0 ? "nobody we know" : string.Join(", ", u.Holds))}");
                Console.WriteLine($"  {(u.Signal.Raw.Length > Shown ? u.Signal.Raw[..Shown] + "..." : u.Signal.Raw)}");
            }

            if (unread.Count > 0) Console.WriteLine("Look at the conversation there, then: meridian signals settle ID --opt-out, or --nothing");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Settle()
    {
        var id = new Argument<string?>("id") { Description = "the signal's id", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "every one that is left, when somebody has looked at all of them" };
        var optOut = new Option<bool>("--opt-out") { Description = "the person asked us to stop" };
        var nothing = new Option<bool>("--nothing") { Description = "it asked nothing of us" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("settle", "Says what an unreadable message was, and releases its hold.") { id, all, optOut, nothing, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(optOut) == parsed.GetValue(nothing)) throw new UsageException("say one of --opt-out and --nothing");
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var signals = new SqlUnreadableSignals(folder.Store, folder.Ids);
            if ((parsed.GetValue(id) is null) != parsed.GetValue(all)) throw new UsageException("give one signal's id, or --all");
            var chosen = parsed.GetValue(all)
                ? await signals.AllAsync()
                : [await signals.FindAsync(parsed.GetValue(id)!) ?? throw new UsageException($"there is no unreadable signal '{parsed.GetValue(id)}'; `meridian signals` lists them")];
            if (parsed.GetValue(optOut) && chosen.FirstOrDefault(c => c.Holds.Count == 0) is { } nameless)
                throw new UsageException($"{nameless.Signal.Id} names nobody, so there is nobody to opt out by it: opt them out by what its words say (meridian optout ADDRESS), then settle it with --nothing");
            foreach (var unread in chosen) await SettleAsync(folder, signals, unread, parsed.GetValue(optOut), parsed.GetValue(json));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task SettleAsync(DataFolder folder, SqlUnreadableSignals signals, UnreadableSignal unread, bool optOut, bool json)
    {
        var (actor, now) = (Environment.UserName, folder.Clocks.Now);
        // The opt-out first: should we die in between, the person is suppressed and still held.
        if (optOut)
            await new SqlPeopleLedger(folder.Store, folder.Ids).OptOutAsync(new OptOutOrder(unread.Holds, null, "asked us to stop, read by a person", "owner", unread.Signal.Id, now, actor));
        if (!await signals.SettleAsync(unread, actor, optOut ? "an opt-out" : "nothing", now)) throw new UsageException($"{unread.Signal.Id} was settled meanwhile");
        if (json) CommonOptions.Print(new { id = unread.Signal.Id, opted_out = optOut, released = unread.Holds });
        else Console.WriteLine(optOut ? $"Suppressed {string.Join(", ", unread.Holds)}; the hold is released." : "The hold is released.");
    }
}
