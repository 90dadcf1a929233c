using Meridian.Domain.Leads;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Domain.Compliance;

/// <summary>How findings name people and instants.</summary>
internal static class Say
{
    private static readonly InstantPattern Pattern = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss 'UTC'");

    public static string Utc(Instant at) => Pattern.Format(at);

    public static string Name(Lead lead) => lead.FullName.Length > 0 ? lead.FullName : lead.Id;
}
