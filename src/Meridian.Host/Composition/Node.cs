using Meridian.Adapters.Mail;
using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Checks;
using Meridian.Engine.Confirmations;
using Meridian.Engine.Consents;
using Meridian.Engine.Crm;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.HumanCalls;
using Meridian.Engine.Inbound;
using Meridian.Engine.Intake;
using Meridian.Engine.Ledger;
using Meridian.Engine.Lookups;
using Meridian.Engine.Planning;
using Meridian.Engine.Prospecting;
using Meridian.Engine.Pulling;
using Meridian.Engine.Records;
using Meridian.Engine.Reporting;
using Meridian.Engine.Upkeep;
using Meridian.Engine.Voice;
using Microsoft.Extensions.Logging;

namespace Meridian.Host.Composition;

/// <summary>One engine on one store: the composition root of every way to run it.</summary>
public sealed class Node
{
    /// <param name="looks">The clocks that tell how old a look at the CRM is; null: the others. Only a mutant of the simulator has some of its own.</param>
    public Node(SqlStore store, IIds ids, IChance chance, Clocks clocks, OutsideSystems outside, PolicyVersion policy, IOutcomeJournal journal, string holder, ILoggerFactory logs,
        Capabilities? capabilities = null, Func<IReadOnlyList<IProviderCheck>>? checks = null, Func<ICheckBook, ICheckBook>? memory = null, Clocks? looks = null)
    {
        Store = store;
        Ids = ids;
        Clocks = clocks;
        Outside = outside;
        Ledger = new SqlTouchLedger(store, ids);
        People = new SqlPeopleLedger(store, ids);
        Signals = new SqlSignals(store, ids);
        var facts = new SqlFacts(store, ids);
        Facts = facts;
        Owner = facts;
        Desks = new SqlDesks(store);

        Capabilities = capabilities ?? Capabilities.Unasked();
        var recorder = Recorder = new OutcomeRecorder(Ledger, journal, logs.CreateLogger<OutcomeRecorder>());
        var fence = new Fence(Ledger, recorder, ids, clocks, policy);
        var handOver = new HandOver(outside.Mail, outside.Calls, outside.Texts, recorder, People, facts, looks ?? clocks, outside.DoNotDisturb);
        var phones = new SqlPhones(store, ids);
        var calls = new SqlCallTasks(store, ids);
        CallTasks = calls;
        CallDesk = new CallDesk(calls, facts, People, clocks, outside.DoNotDisturb);
        VoiceTools = new VoiceTools(Signals, facts, facts, People, outside.Calendar, clocks);
        var forms = new SqlConsentForms(store, ids);
        var silences = new SqlCrmSilences(store);
        ITurn[] turns =
        [
            new ProspectingTurn(outside.Sources ?? [], new SqlProspects(store, ids), People, facts, Capabilities, clocks),
            new PullTurn(outside.Contacts, new SqlPull(store, ids), People, facts, ids, clocks),
            new PhonesTurn(outside.Sources ?? [], phones, facts, facts, calls, People, Capabilities, outside.PhoneDelivery ?? (_ => null), clocks),
            new CallTaskTurn(calls, CallDesk, facts, facts, clocks),
            new CrmTaskTurn(outside.CrmTasks, calls, facts, facts, clocks),
            new CrmBoardTurn(outside.CrmBoard, new SqlCrmBook(store), facts, facts, outside.Readers, People, clocks),
            new CrmSilenceTurn(outside.CrmSilence, silences, People, clocks),
            new IntakeTurn(facts, clocks),
            new PlanningTurn(facts, Ledger, ids, clocks),
            new DispatchTurn(facts, Ledger, new Picker(facts), fence, handOver, chance, clocks, new DispatchOptions(), Capabilities),
            new InboundTurn(Signals, outside.Readers, People, Ledger, outside.Calls, outside.Texts, facts, phones, clocks, forms, outside.CrmSilence is null ? null : silences),
            new ConsentFormTurn(forms, new SqlConsents(store, ids), outside.Contacts, outside.ConsentForms ?? (() => []), Signals, facts, clocks),
            new PollTurn(outside.Polls ?? (() => []), outside.Readers, Signals, new SqlPollCursors(store), People, clocks),
            new EarsTurn(outside.Ears, new SqlMailCursors(store), Signals, new MailSignals(), People, clocks, outside.Listening),
            new UpkeepTurn(facts, Ledger, outside.Calls, outside.Texts, outside.SentMail, recorder, People, facts, clocks),
            new OwnerCopyTurn(facts, facts, outside.OwnerMail, clocks),
            new LookupTurn(outside.Lookups, new SqlLookups(store, ids), facts, People, clocks),
            new ConfirmationTurn(new SqlConfirmations(store), outside.Texts, facts, Capabilities, ids, clocks),
            new RecordsTurn(new SqlRecords(store, ids), clocks),
            new AlertTurn(new SqlAlertBook(store), People, facts, outside.OwnerMail, () => Safe?.ErrorsLastHour ?? 0, clocks),
            new CheckTurn(checks ?? (() => []), Capabilities, memory is null ? new SqlCheckBook(store, ids) : memory(new SqlCheckBook(store, ids)), clocks),
        ];
        Safe = new SafeTurn(turns.ToDictionary(t => t.Kind), clocks, logs.CreateLogger<SafeTurn>());
        RollCall = new RollCall(Desks, Safe, clocks, holder);
    }

    /// <summary>A desk for every provider that is polled, due at once: what was lost while nobody listened is found first.</summary>
    public async Task OpenPollDesksAsync()
    {
        foreach (var poll in Outside.Polls?.Invoke() ?? [])
        {
            await Desks.OpenAsync("poll", poll.Key, Clocks.Now);
            await Desks.WakeAsync("poll", poll.Key, Clocks.Now);
        }
    }

    /// <summary>Every mailbox that can be heard has a desk, and listens first of all: what was written while we were away may be an opt-out.</summary>
    public async Task OpenEarsAsync()
    {
        foreach (var mailbox in Outside.Ears.Mailboxes)
        {
            await Desks.OpenAsync("mailbox", mailbox, Clocks.Now);
            await Desks.WakeAsync("mailbox", mailbox, Clocks.Now);
        }
    }

    public SqlStore Store { get; }

    public IIds Ids { get; }

    public Clocks Clocks { get; }

    public OutsideSystems Outside { get; }

    public ITouchLedger Ledger { get; }

    /// <summary>Its journal is replayed before the first begin of a process.</summary>
    public OutcomeRecorder Recorder { get; }

    public IPeopleLedger People { get; }

    public ISignals Signals { get; }

    public IFacts Facts { get; }

    public IOwner Owner { get; }

    public IDesks Desks { get; }

    public ICallTasks CallTasks { get; }

    /// <summary>Where a person takes and settles call tasks.</summary>
    public CallDesk CallDesk { get; }

    /// <summary>What the voice agent may ask for in the middle of a call.</summary>
    public VoiceTools VoiceTools { get; }

    public Capabilities Capabilities { get; }

    public SafeTurn Safe { get; }

    public RollCall RollCall { get; }
}
