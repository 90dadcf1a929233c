using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Dispatch;
using Meridian.Host.Composition;
using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>The processes of a simulated world: they die, stand still, come back, and hear late that settings changed.</summary>
internal sealed class SimProcesses(Scheduler scheduler, SimClock clock, Func<int, SqlStore> storeOf, SimOutside outside, string policyVersion, OwnerSettings ownerAtFirst, SimOptions options, List<string> broken)
{
    private readonly List<Slot> slots = [];
    private int started;
    private string policy = policyVersion;
    private OwnerSettings owner = ownerAtFirst;

    public int Count => slots.Count;

    public void Add(string name)
    {
        var slot = new Slot(name);
        slots.Add(slot);
        Start(slot);
    }

    public void Crash(int index, Duration rest)
    {
        var slot = slots[index];
        if (slot.Process is not { } dying) return;
        dying.IsDead = true;
        scheduler.Kill(dying.Number);
        slot.Process = null;
        _ = BackAsync();

        async Task BackAsync()
        {
            await scheduler.DelayAsync(-1, $"{slot.Name} comes back", rest);
            Start(slot);
        }
    }

    /// <summary>The process that is just doing this.</summary>
    public void CrashNumber(int number, Duration rest)
    {
        var index = slots.FindIndex(s => s.Process?.Number == number);
        if (index >= 0) Crash(index, rest);
    }

    public void Freeze(int index, Instant until)
    {
        if (slots[index].Process is { } process) scheduler.Freeze(process.Number, until);
    }

    public void AllAwake()
    {
        foreach (var slot in slots)
            if (slot.Process is { } process) scheduler.Freeze(process.Number, scheduler.Now);
    }

    /// <summary>Narrower or wider hours: the database first, each process some time later.</summary>
    public async Task ChangeSettingsAsync(SqlStore store, IIds ids, Instant now)
    {
        owner = owner with { HoursFrom = owner.HoursFrom == 8 ? 9 : 8 };
        while (true)
        {
            try
            {
                policy = await new SqlSetup(store, ids).KeepOwnerAsync(owner, "sam", now);
                break;
            }
            catch (Exception e) when (e is DatabaseUnreachableException or CommitAnswerLostException)
            {
                await scheduler.DelayAsync(-1, "settings again", Duration.FromSeconds(10)); // who changes settings sees that it failed, and does it again
            }
        }

        foreach (var slot in slots.Where(s => s.Process is not null)) _ = HearAsync(slot.Process!);

        async Task HearAsync(SimProcess process)
        {
            await scheduler.DelayAsync(process.Number, "reloads", Duration.FromSeconds(scheduler.Chance.Between(0, 60)));
            slots.First(s => s.Process == process).Policy.Become(policy);
        }
    }

    private void Start(Slot slot)
    {
        var number = ++started;
        var transports = outside.For(number);
        slot.Policy = new PolicyVersion(policy);
        var node = new Node(
            storeOf(number), new SeededIds(options.Seed * 1000 + (ulong)number, clock), new SeededChance(options.Seed), new Clocks(clock, clock),
            new OutsideSystems(transports, transports, transports, transports, transports, transports, [new SimSignals("vapi"), new SimSignals("highlevel"), new SimSignals("mail")], Duration.FromDays(1), DoNotDisturb: transports),
            slot.Policy, slot.Journal, $"{slot.Name}/{number}", new SimLog(broken), looks: options.LooksNeverAge ? new Clocks(clock, new SimClock(clock.Now)) : null);
        slot.Process = new SimProcess(number, slot.Name, node, scheduler);
        _ = slot.Process.StartAsync();
    }

    private sealed class Slot(string name)
    {
        public string Name => name;

        public SimJournal Journal { get; } = new();

        public PolicyVersion Policy { get; set; } = null!;

        public SimProcess? Process { get; set; }
    }
}
