namespace Meridian.Sandbox.Apollo;

/// <summary>An invented person, as Apollo knows them.</summary>
/// <param name="LastName">Some have none.</param>
/// <param name="EmailStatus"><c>verified</c>, <c>extrapolated</c>, <c>unverified</c> or <c>unavailable</c>.</param>
/// <param name="IsStub">A search shows them whole; who buys them pays for an empty record.</param>
/// <param name="IsGone">A search still shows them; who asks for them gets null and pays nothing.</param>
internal sealed record Person(
    string Id, string FirstName, string? LastName, string Title, string Seniority, Company Company, Place Place, string? Email, string EmailStatus, bool IsStub, bool IsGone);
