using Meridian.Engine.Ledger;

namespace Meridian.Engine.Dispatch;

/// <summary>What a look at the CRM came to.</summary>
public abstract record Looked
{
    /// <summary>It holds nothing against it.</summary>
    /// <param name="Since">When it was asked; null: it does not know them.</param>
    public sealed record Quiet(MachineAge? Since) : Looked
    {
        /// <summary>What was learned is too old to act on.</summary>
        public bool IsStale => Since?.IsAtLeast(CrmLook.Holds) == true;
    }

    /// <summary>Somebody asked for silence there; they are opted out by now.</summary>
    public sealed record Asked : Looked;

    /// <summary>It could not be asked: nobody is contacted on a guess.</summary>
    public sealed record CannotTell(string Reason) : Looked;
}

/// <summary>
/// Who is known at the CRM is looked at there, moments before a contact of any kind: somebody may have asked for silence on any channel, and a webhook may be
/// late. Nobody whom it does not know waits for it.
/// </summary>
/// <param name="crm">Null: there is none.</param>
public sealed class CrmLook(IDoNotDisturb? crm, IPeopleLedger people, IFacts facts, Clocks clocks)
{
    /// <summary>How long a look is good for, by the machine's clocks: the machine may stand still in between.</summary>
    public static readonly TimeSpan Holds = TimeSpan.FromSeconds(30);

    /// <param name="addressId">The number or address that would be used: it is suppressed with the person.</param>
    public async Task<Looked> AtAsync(string leadId, string addressId)
    {
        if (crm is null) return new Looked.Quiet(null);
        var since = MachineAge.New(clocks.Machine);
        var contacts = await facts.RefsAsync(crm.Source, leadId);
        foreach (var contact in contacts)
        {
            switch (await crm.LookAsync(contact, CancellationToken.None))
            {
                case Disturbance.Asked asked:
                    await people.OptOutAsync(new OptOutOrder([addressId], leadId, $"do-not-disturb at HighLevel: {asked.Detail}", crm.Source, contact, clocks.Now));
                    return new Looked.Asked();
                case Disturbance.CannotTell unknown:
                    return new Looked.CannotTell(unknown.Reason);
            }
        }

        return new Looked.Quiet(contacts.Count == 0 ? null : since);
    }
}
