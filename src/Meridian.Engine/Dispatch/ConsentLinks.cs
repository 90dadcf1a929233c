namespace Meridian.Engine.Dispatch;

/// <summary>Where a person may agree to calls and texts: <c>{public address}/c/{token}</c>; in templates <c>{{consent_link}}</c>.</summary>
public static class ConsentLinks
{
    private const string Purpose = "consent";

    /// <summary>Null: nothing reaches us from outside, so there is no link.</summary>
    public static string? For(string leadId, string? publicUrl, string? secret) => SignedPerson.Link("c", Purpose, leadId, publicUrl, secret);

    /// <summary>The person a token names; null when it was not made by us.</summary>
    public static string? LeadOf(string token, string secret) => SignedPerson.LeadOf(Purpose, token, secret);
}
