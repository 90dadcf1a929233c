using Npgsql;

namespace Meridian.Host.Composition;

/// <summary>Reads a <c>postgres://</c> URL as dashboards give it; Npgsql itself wants key=value.</summary>
public static class PostgresUrl
{
    /// <summary>The port at which Supabase's and most others' transaction poolers listen.</summary>
    private const int TransactionPooler = 6543;

    /// <exception cref="UsageException">It is not a PostgreSQL URL.</exception>
    public static string ToConnectionString(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql"))
            throw new UsageException("--database cannot be read as an address (it is not shown, for it may hold a password): give sqlite or postgres://user:password@host:port/database, with signs such as / # @ in the password written as %2F %23 %40");
        var user = uri.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.IsDefaultPort || uri.Port < 0 ? 5432 : uri.Port,
            Database = uri.AbsolutePath.Trim('/') is { Length: > 0 } name ? Uri.UnescapeDataString(name) : "postgres",
            Username = Uri.UnescapeDataString(user[0]),
            GssEncryptionMode = GssEncryptionMode.Disable, // poolers close the socket on a GSS request
            ApplicationName = "meridian",
            MaxPoolSize = 20,
            NoResetOnClose = true, // we keep no session state, so there is nothing to discard
        };
        if (builder.Port != TransactionPooler) builder.MaxAutoPrepare = 200; // behind a transaction pooler the next statement may meet another server
        if (user.Length == 2) builder.Password = Uri.UnescapeDataString(user[1]);
        return builder.ConnectionString;
    }
}
