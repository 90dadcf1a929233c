namespace Meridian.Sandbox.Apollo;

/// <summary>An invented employer.</summary>
internal sealed record Company(string Id, string Name, string Domain, string Industry, int Employees, Place Place, string Phone);
