using Meridian.Domain.Compliance;
using Meridian.Engine.Crm;
using Meridian.Engine.Dispatch;
using Meridian.Engine.HumanCalls;
using Meridian.Engine.Inbound;
using Meridian.Engine.Lookups;
using Meridian.Engine.Prospecting;
using Meridian.Engine.Pulling;
using Meridian.Engine.Voice;
using NodaTime;

namespace Meridian.Host.Composition;

/// <summary>The outside systems of one node.</summary>
/// <param name="Listening">How often each mailbox is heard.</param>
/// <param name="Sources">Where people are found; null: nowhere.</param>
/// <param name="PhoneDelivery">Where an order's phones are to be delivered; null: nowhere.</param>
/// <param name="Lookups">Tells what line a number is; null: nobody.</param>
/// <param name="CrmTasks">Where call tasks are shown, too; null: nowhere.</param>
/// <param name="Contacts">The CRM whose contacts may be pulled when nobody is left; null: none.</param>
/// <param name="ConsentForms">Forms of the owner's whose answers may count as consent; null: none.</param>
/// <param name="Calendar">Where a conversation may book a meeting; null: nowhere.</param>
/// <param name="CrmBoard">Where what happened is shown; null: nowhere.</param>
/// <param name="DoNotDisturb">Who is asked before a call or an e-mail whether somebody it knows wants silence; null: nobody.</param>
/// <param name="CrmSilence">Where our opt-outs are written, too; null: nowhere.</param>
/// <param name="Polls">What is asked of providers of the settings in force, each with a desk and a cursor of its own; null: nothing.</param>
public sealed record OutsideSystems(
    IMailTransport Mail, IOwnerMail OwnerMail, ICallTransport Calls, ITextTransport Texts, IMailEars Ears, ISentMail SentMail, IReadOnlyList<ISignalReader> Readers, Duration Listening,
    Func<IReadOnlyList<IInboundPoll>>? Polls = null, IReadOnlyList<IProspectSource>? Sources = null, Func<string, Uri?>? PhoneDelivery = null, ILineLookups? Lookups = null, ICrmTasks? CrmTasks = null, ICalendar? Calendar = null, IDoNotDisturb? DoNotDisturb = null, ICrmBoard? CrmBoard = null, IContactSource? Contacts = null, Func<IReadOnlyList<RegisteredForm>>? ConsentForms = null, ICrmSilence? CrmSilence = null);
