namespace Meridian.Engine.Dispatch;

/// <summary>Asks the owner's CRM, right before a call or an e-mail, whether it holds a do-not-disturb for somebody it knows. Sends nothing to them.</summary>
public interface IDoNotDisturb
{
    /// <summary>The CRM's name, under which the ledger keeps its ids of people.</summary>
    string Source { get; }

    Task<Disturbance> LookAsync(string contactId, CancellationToken cancellation);
}

/// <summary>What the CRM said.</summary>
public abstract record Disturbance
{
    /// <summary>Nothing is on, or they are no longer known there.</summary>
    public sealed record None : Disturbance;

    /// <summary>Somebody asked for silence there, on whichever channel.</summary>
    public sealed record Asked(string Detail) : Disturbance;

    /// <summary>It could not be asked: nobody is contacted on a guess.</summary>
    public sealed record CannotTell(string Reason) : Disturbance;
}
