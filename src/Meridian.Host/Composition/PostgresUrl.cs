using Npgsql;

namespace Meridian.Host.Composition;

/// <summary>Reads a <c>postgres://</c> URL as dashboards give it, and chooses what the way to it needs; Npgsql itself wants key=value.</summary>
public static class PostgresUrl
{
    /// <summary>The port at which Supabase's and most others' transaction poolers listen.</summary>
    private const int TransactionPooler = 6543;

    /// <exception cref="UsageException">It is not a PostgreSQL URL, or a parameter of it is not known.</exception>
    public static string ToConnectionString(string url)
    {
        var uri = Read(url);
        var user = uri.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.IsDefaultPort || uri.Port < 0 ? 5432 : uri.Port,
            Database = uri.AbsolutePath.Trim('/') is { Length: > 0 } name ? Uri.UnescapeDataString(name) : "postgres",
            Username = Uri.UnescapeDataString(user[0]),
            GssEncryptionMode = GssEncryptionMode.Disable, // poolers close the socket on a GSS request
            ApplicationName = "meridian",
            MaxPoolSize = IsSupabase(url) ? 8 : 20, // a session pooler has few places, and an old and a new copy share them during a deploy
            NoResetOnClose = true, // we keep no session state, so there is nothing to discard
            KeepAlive = 30, // poolers and networks cut what is quiet
            ConnectionIdleLifetime = 60,
        };
        if (user.Length == 2) builder.Password = Uri.UnescapeDataString(user[1]);
        if (IsSupabase(url)) builder.SslMode = SslMode.Require;
        foreach (var (key, value) in Parameters(uri)) Apply(builder, key, value);
        if (!IsTransactionPooled(url)) builder.MaxAutoPrepare = 200; // behind a transaction pooler the next statement may meet another server
        return builder.ConnectionString;
    }

    /// <summary>Behind a transaction pooler no session survives a transaction: nothing prepared, no search path, no setting.</summary>
    public static bool IsTransactionPooled(string url) =>
        Read(url) is var uri && (uri.Port == TransactionPooler || Parameters(uri).Any(p => p is { Key: "pooler", Value: "transaction" } or { Key: "pgbouncer", Value: "true" }));

    public static bool IsSupabase(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Host.EndsWith(".supabase.co", StringComparison.OrdinalIgnoreCase) || uri.Host.EndsWith(".supabase.com", StringComparison.OrdinalIgnoreCase));

    private static Uri Read(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "postgres" or "postgresql"
        ? uri
        : throw new UsageException("--database cannot be read as an address (it is not shown, for it may hold a password): give sqlite or postgres://user:password@host:port/database, with signs such as / # @ in the password written as %2F %23 %40");

    private static void Apply(NpgsqlConnectionStringBuilder builder, string key, string value)
    {
        switch (key)
        {
            case "sslmode":
                builder.SslMode = value switch
                {
                    "disable" => SslMode.Disable, "allow" => SslMode.Allow, "prefer" => SslMode.Prefer, "require" => SslMode.Require, "verify-ca" => SslMode.VerifyCA, "verify-full" => SslMode.VerifyFull,
                    _ => throw new UsageException($"--database: sslmode is '{value}': use disable, prefer, require, verify-ca or verify-full"),
                };
                break;
            case "sslrootcert":
                if (!File.Exists(value)) throw new UsageException($"--database: sslrootcert is '{value}', and there is no such file: download the CA file of the server (Supabase: Database Settings, SSL)");
                builder.RootCertificate = value;
                if (builder.SslMode is not (SslMode.VerifyCA or SslMode.VerifyFull)) builder.SslMode = SslMode.VerifyFull; // whoever names a CA wants it asked
                break;
            case "pooler":
                if (value is not ("transaction" or "session")) throw new UsageException($"--database: pooler is '{value}': use transaction or session");
                break;
            case "pgbouncer" or "supa": // Supabase's own strings carry these
                break;
            case "connect_timeout" when int.TryParse(value, out var seconds) && seconds is > 0 and <= 120:
                builder.Timeout = seconds;
                break;
            case "connection_limit" when int.TryParse(value, out var most) && most is > 0 and <= 200:
                builder.MaxPoolSize = most;
                break;
            case "application_name":
                builder.ApplicationName = value;
                break;
            default:
                throw new UsageException($"--database: the parameter {key}={value} is not known: use sslmode, sslrootcert, pooler, connect_timeout, connection_limit or application_name");
        }
    }

    private static IEnumerable<(string Key, string Value)> Parameters(Uri uri) =>
        from pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        let parts = pair.Split('=', 2)
        select (Uri.UnescapeDataString(parts[0]).ToLowerInvariant(), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
}
