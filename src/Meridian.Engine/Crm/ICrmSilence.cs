namespace Meridian.Engine.Crm;

/// <summary>Writes our opt-outs into the do-not-disturb of the owner's CRM, so that nobody contacts the person from there either.</summary>
public interface ICrmSilence
{
    /// <summary>False: there is no CRM.</summary>
    bool IsSetUp { get; }

    /// <summary>Every channel of ours. Twice is as good as once.</summary>
    Task<Silencing> SilenceAsync(string contactId, CancellationToken cancellation);
}

/// <summary>What became of an opt-out at the CRM.</summary>
public abstract record Silencing
{
    /// <summary>Every channel is seen to be closed there.</summary>
    public sealed record Written : Silencing;

    /// <summary>The contact was deleted or merged: nobody is contacted by it.</summary>
    public sealed record Gone : Silencing;

    /// <summary>It was not taken, or it cannot be told.</summary>
    public sealed record NotNow(string Why) : Silencing;
}
