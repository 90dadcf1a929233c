using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace Meridian.Adapters.Sql;

/// <summary>
/// Why PostgreSQL could not be reached, in words that say what to do. Supabase's pooler wraps nearly everything as <c>XX000</c> with its own code in the text
/// (supavisor, <c>lib/supavisor/errors</c>), so the text decides, not the number.
/// </summary>
public static class DatabaseTrouble
{
    private static readonly (string Sign, string Found, string Fix)[] Pooler =
    [
        ("tenant or user not found", "the pooler does not know this project or user", "Copy the whole string from Supabase, Connect: the user is postgres.<project>, and the host's aws-0 or aws-1 and region belong to the project."),
        ("ENOTFOUND", "the pooler does not know this project or user", "Copy the whole string from Supabase, Connect: the user is postgres.<project>, and the host's aws-0 or aws-1 and region belong to the project."),
        ("max clients reached", "all the pooler's places are taken", "Stop other copies of Meridian, or make the pool larger in Supabase, Database Settings."),
        ("EMAXCONN", "all the pooler's places are taken", "Stop other copies of Meridian, or make the pool larger in Supabase, Database Settings."),
        ("ECHECKOUTTIMEOUT", "the pooler could not get a connection in time", "The database is busy or paused: look at it in Supabase."),
        ("unable to check out", "the pooler could not get a connection in time", "The database is busy or paused: look at it in Supabase."),
        ("ECIRCUITBREAKER", "the pooler has shut us out for some minutes after too many failures", "Correct the password, then wait two minutes."),
        ("EWRONGPASSWORD", "the password is wrong", "Set the database password anew in Supabase, Database Settings, and write it into the database setting, with signs such as / # @ as %2F %23 %40."),
        ("EADDRNOTALLOWED", "this machine's address is not allowed", "Add it in Supabase, Database Settings, Network Restrictions."),
        ("EBANNED", "this machine's address is banned for a while", "Correct the password, then lift the ban in Supabase, Database Settings."),
        ("ESSLREQUIRED", "the server wants an encrypted connection", "Add ?sslmode=require to the database setting."),
        ("EDBHANDLEREXITED", "the pooler lost its database", "It is restarting or paused: look at it in Supabase."),
        ("EPOOLTERMINATING", "the pooler is restarting", "Try again in a minute."),
        ("ECLIENTSOCKETCLOSED", "the pooler closed the connection", "Try again in a minute."),
        ("prepared statement", "the pooler forgets prepared statements: it is a transaction pooler", "Use port 5432 of the pooler, or add ?pooler=transaction to the database setting."),
    ];

    /// <summary>The server spoke, and said that it is not there: whatever was asked has not been done, and is asked again later. Npgsql does not count these as transient.</summary>
    public static bool IsAway(PostgresException e) => e.SqlState switch
    {
        "57P01" or "57P02" or "57P03" or "53300" or "28P01" => true,
        "XX000" => Of(e.MessageText) is not null,
        var state => state.StartsWith("08", StringComparison.Ordinal),
    };

    /// <returns>What was found and what the owner does about it; null when it is not the connection's fault.</returns>
    public static (string Found, string Fix)? Explain(Exception e, string host, int port)
    {
        for (Exception? at = e; at is not null; at = at.InnerException)
        {
            if (Named(at, host, port) is { } known) return known;
        }

        return e is NpgsqlException or DatabaseUnreachableException or TimeoutException ? ($"PostgreSQL at {host}:{port} did not answer: {e.Message}", "Look whether it runs and whether this machine may reach it.") : null;
    }

    private static (string Found, string Fix)? Named(Exception e, string host, int port) => e switch
    {
        PostgresException { SqlState: "28P01" or "28000" } p => ($"{host}:{port} refused the user or password: {p.MessageText}", "Set the password anew and write it into the database setting, with signs such as / # @ as %2F %23 %40. A Supabase project that was paused refuses like this, too."),
        PostgresException { SqlState: "3D000" } p => ($"{host}:{port} has no such database: {p.MessageText}", "Correct the name at the end of the database setting; Supabase's is postgres."),
        PostgresException { SqlState: "53300" } p => ($"{host}:{port} has no connection left: {p.MessageText}", "Stop other copies of Meridian, or allow more connections."),
        PostgresException { SqlState: "57P03" or "57P01" } p => ($"{host}:{port} is starting or stopping: {p.MessageText}", "Try again in a minute."),
        PostgresException { SqlState: "42501" } p => ($"{host}:{port} does not allow it: {p.MessageText}", "Give the user the right to create a schema, or create the schema for it."),
        PostgresException { SqlState: "XX000" or "08P01" or "26000" or "42P05" } p when Of(p.MessageText) is { } pooler => ($"{host}:{port}: {pooler.Found} ({p.MessageText})", pooler.Fix),
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => ($"there is no machine named {host}", host.StartsWith("db.", StringComparison.Ordinal) && host.EndsWith(".supabase.co", StringComparison.Ordinal)
            ? "Supabase's direct address is reached by IPv6 only: use the session pooler from Supabase, Connect (port 5432, user postgres.<project>)."
            : "Correct the host in the database setting."),
        SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported } =>
            ($"{host} cannot be reached from this network", "Supabase's direct address is reached by IPv6 only: use the session pooler from Supabase, Connect (port 5432, user postgres.<project>)."),
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => ($"nobody listens at {host}:{port}", "Look whether PostgreSQL runs there and whether the port is right (5432; Supabase's transaction pooler 6543). A free Supabase project is paused after a week of rest."),
        AuthenticationException => ($"{host}'s certificate is not trusted: {e.Message}", "Download the CA file from Supabase, Database Settings, SSL, and add ?sslrootcert=/path/prod-ca-2021.crt to the database setting."),
        NpgsqlException when e.Message.Contains("SSL", StringComparison.OrdinalIgnoreCase) && e.InnerException is null => ($"{host}:{port} and we do not agree on encryption: {e.Message}", "Take sslmode out of the database setting, or ask the server's owner for TLS."),
        _ => null,
    };

    private static (string Found, string Fix)? Of(string text) =>
        Pooler.Where(p => text.Contains(p.Sign, StringComparison.OrdinalIgnoreCase)).Select(p => ((string, string)?)(p.Found, p.Fix)).FirstOrDefault();
}
