using System.CommandLine;
using Meridian.Adapters;
using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using Meridian.Host.Composition;
using Meridian.Host.Demo;

namespace Meridian.Host.Commands;

/// <summary>The second process of a demo with two: takes a turn for every line it is given, and leaves when there are no more.</summary>
public static class DemoSecondCommand
{
    public static Command Create()
    {
        var ids = new Option<ulong>("--ids");
        var world = new Option<string>("--world");
        var data = CommonOptions.Data();
        var command = new Command("demo-second", "The second process of a demo.") { ids, world, data };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = parsed.GetValue(data)!.FullName;
            using var shared = new SharedInstant(folder);
            var clocks = new Clocks(new FollowingClock(shared), TimeProvider.System);
            await using var store = await OpenStore.ForAsync(MeridianSettings.Load(folder), folder, cancellation);
            using var logs = FileLog.Factory(Path.Combine(folder, "second.log"), clocks.Engine);
            var made = new SeededIds(parsed.GetValue(ids), clocks.Engine);
            var policy = new PolicyVersion(SqlSetup.PolicyVersionOf(await new SqlFacts(store, made).SettingsAsync()));
            var node = new Node(
                store, made, new SeededChance(parsed.GetValue(ids)), clocks, DemoProviders.Create(DemoAddresses.Read(parsed.GetValue(world)!), clocks), policy, new FileJournal(Path.Combine(folder, "second.journal")),
                $"{SecondProcess.Holder}/{Environment.ProcessId}", logs);
            await node.Recorder.ReplayAsync();
            while (await Console.In.ReadLineAsync(cancellation) is { } which)
            {
                var took = false;
                try
                {
                    var due = await node.RollCall.DueAsync(2);
                    took = due.Count > 0 && await node.RollCall.TakeTurnAsync(due[Math.Min(int.Parse(which), due.Count - 1)], cancellation);
                }
                catch (StoreAwayException)
                {
                    await node.Desks.ReleaseNodeAsync(SecondProcess.Holder); // whatever it held: the database is asked again with the next line
                }

                Console.WriteLine(took ? "1" : "0");
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
