namespace Meridian.Engine.Dispatch;

/// <summary>The person's own way out: <c>{public address}/u/{token}</c>.</summary>
public static class OptOutLinks
{
    private const string Purpose = "opt-out";

    /// <summary>Null: nothing reaches us from outside, so there is no link.</summary>
    public static string? For(string leadId, string? publicUrl, string? secret) => SignedPerson.Link("u", Purpose, leadId, publicUrl, secret);

    /// <summary>The person a token names; null when it was not made by us.</summary>
    public static string? LeadOf(string token, string secret) => SignedPerson.LeadOf(Purpose, token, secret);
}
