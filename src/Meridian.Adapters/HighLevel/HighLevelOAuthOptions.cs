namespace Meridian.Adapters.HighLevel;

/// <summary>How a marketplace app is let in at the location: what its installation gave.</summary>
public sealed class HighLevelOAuthOptions
{
    public string ClientId { get; set; } = "";

    public string ClientSecret { get; set; } = "";

    /// <summary>Good for one use. What came in its place is kept by us; a new one written here wins.</summary>
    public string RefreshToken { get; set; } = "";

    /// <summary>Only <c>Location</c>: a company's token may not touch a location's contacts.</summary>
    public string UserType { get; set; } = "Location";

    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(ClientId)) yield return "HighLevel: OAuth: ClientId is missing: copy it from the app's keys into highLevel.oAuth.clientId.";
        if (string.IsNullOrWhiteSpace(ClientSecret)) yield return "HighLevel: OAuth: ClientSecret is missing: copy it from the app's keys into highLevel.oAuth.clientSecret.";
        if (string.IsNullOrWhiteSpace(RefreshToken)) yield return "HighLevel: OAuth: RefreshToken is missing: install the app at the location and write the token it gives into highLevel.oAuth.refreshToken.";
        if (UserType != "Location") yield return $"HighLevel: OAuth: UserType is '{UserType}': use Location; a company's token may not touch a location's contacts.";
    }
}
