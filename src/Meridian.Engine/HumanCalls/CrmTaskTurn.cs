using Meridian.Domain.Leads;
using Meridian.Engine.Desks;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Ledger;
using NodaTime;

namespace Meridian.Engine.HumanCalls;

/// <summary>Call tasks also stand in the CRM, with the person, the hours and the way to say what came of the call; they are ticked off there when they are over here.</summary>
public sealed class CrmTaskTurn(ICrmTasks? crm, ICrmTaskBook book, IFacts facts, IOwner owner, Clocks clocks) : ITurn
{
    private const int MostPerTurn = 20;
    private static readonly Duration Every = Duration.FromMinutes(10);
    private static readonly Duration Resting = Duration.FromHours(1);

    public string Kind => "crm-tasks";

    public async Task<TurnResult> TakeAsync(string key, CancellationToken cancellation)
    {
        if (crm is null || !(await owner.SettingsAsync()).HumanCalls) return new TurnResult(clocks.Now + Resting, "no call tasks are shown in the CRM");
        var (opened, closed) = (0, 0);
        foreach (var task in await book.ToOpenAsync(MostPerTurn))
        {
            cancellation.ThrowIfCancellationRequested();
            if (await facts.LeadAsync(task.LeadId) is not { } lead || !await book.TryAskAsync(task.Id, clocks.Now)) continue;
            var email = lead.Addresses.FirstOrDefault(a => a.Kind == AddressKind.Email)?.AddressId;
            var person = new TextPerson(task.LeadId, lead.Lead.FirstName, lead.Lead.LastName, email, task.AddressId, lead.Lead.CompanyName);
            var body = $"Only a person may make this call. Dial it from `meridian tasks work` or the page /tasks: there it is judged at that moment, and what came of it is kept. Not after {task.ExpiresAt}. Task {task.Id}.";
            if (await crm.OpenAsync(person, $"Call {(lead.Lead.FullName.Length > 0 ? lead.Lead.FullName : task.AddressId)}", body, task.ExpiresAt, CancellationToken.None) is not { } reference) continue;
            await book.KeepAsync(task.Id, reference);
            opened++;
        }

        foreach (var over in await book.ToCompleteAsync(MostPerTurn))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!await crm.CompleteAsync(over.Reference, CancellationToken.None)) continue;
            await book.CompletedAsync(over.TaskId, clocks.Now);
            closed++;
        }

        return new TurnResult(clocks.Now + Every, $"{opened} call tasks opened in the CRM, {closed} ticked off");
    }
}
