using Meridian.Domain.Leads;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Domain.Compliance;

/// <summary>How findings name people and instants.</summary>
internal static class Say
{
    private static readonly InstantPattern Pattern = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss 'UTC'");

    public static string Utc(Instant at) => Pattern.Format(at);

    /// <summary><c>NotInterested</c> as "not interested".</summary>
    public static string Words(Enum value) => string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));

    public static string Name(Lead lead) => lead.FullName.Length > 0 ? lead.FullName : lead.Id;
}
