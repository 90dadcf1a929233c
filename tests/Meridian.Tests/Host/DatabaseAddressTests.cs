using System.Net.Sockets;
using Meridian.Adapters.Sql;
using Meridian.Host;
using Meridian.Host.Composition;
using Npgsql;
using Xunit;

namespace Meridian.Tests.Host;

/// <summary>What a database's address makes of the connection, and what its troubles say.</summary>
public sealed class DatabaseAddressTests
{
    [Theory]
    [InlineData("postgres://postgres.abc:p%40ss@aws-0-eu-central-1.pooler.supabase.com:5432/postgres", false, 200, 8, SslMode.Require)] // session pooler
    [InlineData("postgres://postgres.abc:p@aws-0-eu-central-1.pooler.supabase.com:6543/postgres?pgbouncer=true", true, 0, 8, SslMode.Require)] // transaction pooler
    [InlineData("postgresql://postgres:p@db.abc.supabase.co:5432/postgres", false, 200, 8, SslMode.Require)] // direct
    [InlineData("postgres://meridian:p@db.example.com/crm", false, 200, 20, SslMode.Prefer)]
    [InlineData("postgres://meridian:p@db.example.com:6432/crm?pooler=transaction&sslmode=disable", true, 0, 20, SslMode.Disable)]
    [InlineData("postgres://meridian:p@db.example.com/crm?connection_limit=3&connect_timeout=9", false, 200, 3, SslMode.Prefer)]
    public void The_way_to_a_database_is_chosen_from_its_address(string url, bool pooled, int prepared, int pool, SslMode ssl)
    {
        var chosen = new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(url));
        Assert.Equal((pooled, prepared, pool, ssl), (PostgresUrl.IsTransactionPooled(url), chosen.MaxAutoPrepare, chosen.MaxPoolSize, chosen.SslMode));
        Assert.Equal((GssEncryptionMode.Disable, true, 30), (chosen.GssEncryptionMode, chosen.NoResetOnClose, chosen.KeepAlive));
    }

    [Fact]
    public void Whoever_names_a_CA_file_has_it_asked_and_a_missing_one_is_told()
    {
        var file = Path.GetTempFileName();
        Assert.Equal((SslMode.VerifyFull, file), (new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString($"postgres://a:b@db.abc.supabase.co/postgres?sslrootcert={file}")) is var c ? (c.SslMode, c.RootCertificate) : default)!);
        File.Delete(file);
        Assert.Contains("there is no such file", Assert.Throws<UsageException>(() => PostgresUrl.ToConnectionString($"postgres://a:b@h/d?sslrootcert={file}")).Message, StringComparison.Ordinal);
        Assert.Contains("sslmode is 'yes'", Assert.Throws<UsageException>(() => PostgresUrl.ToConnectionString("postgres://a:b@h/d?sslmode=yes")).Message, StringComparison.Ordinal);
        Assert.Contains("color=red is not known", Assert.Throws<UsageException>(() => PostgresUrl.ToConnectionString("postgres://a:b@h/d?color=red")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("XX000", "Tenant or user not found", "the user is postgres.<project>", true)]
    [InlineData("XX000", "(ENOTFOUND) tenant/user postgres.abc not found", "the user is postgres.<project>", true)]
    [InlineData("XX000", "MaxClientsInSessionMode: max clients reached - in Session mode max clients are limited to pool_size", "Stop other copies", true)]
    [InlineData("XX000", "(ECHECKOUTTIMEOUT) unable to check out connection from the pool after 15000ms", "busy or paused", true)]
    [InlineData("XX000", "(ECIRCUITBREAKER) too many authentication failures", "wait two minutes", true)]
    [InlineData("XX000", "(EADDRNOTALLOWED) address not in tenant allow_list", "Network Restrictions", true)]
    [InlineData("XX000", "(EDBHANDLEREXITED) DbHandler exited", "restarting or paused", true)]
    [InlineData("XX000", "could not read block 17", null, false)] // a real internal error is no pooler's
    [InlineData("28P01", "password authentication failed for user", "Set the password anew", true)]
    [InlineData("3D000", "database \"x\" does not exist", "Correct the name", false)]
    [InlineData("53300", "sorry, too many clients already", "Stop other copies", true)]
    [InlineData("57P01", "terminating connection due to administrator command", "Try again in a minute", true)]
    [InlineData("57P03", "the database system is starting up", "Try again in a minute", true)]
    [InlineData("26000", "prepared statement \"_p1\" does not exist", "pooler=transaction", false)]
    [InlineData("23505", "duplicate key value", null, false)]
    public void What_a_server_or_pooler_says_is_explained_and_known_to_be_passing_or_not(string state, string text, string? fix, bool away)
    {
        var e = new PostgresException(text, "FATAL", "FATAL", state);
        Assert.Equal(away, DatabaseTrouble.IsAway(e));
        if (fix is not null) Assert.Contains(fix, DatabaseTrouble.Explain(e, "db.example.com", 5432)!.Value.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "db.abc.supabase.co", "session pooler")]
    [InlineData(SocketError.NetworkUnreachable, "db.abc.supabase.co", "session pooler")]
    [InlineData(SocketError.HostNotFound, "db.example.com", "Correct the host")]
    [InlineData(SocketError.ConnectionRefused, "db.example.com", "whether PostgreSQL runs there")]
    public void A_way_that_does_not_exist_says_which_does(SocketError error, string host, string fix) =>
        Assert.Contains(fix, DatabaseTrouble.Explain(new NpgsqlException("Failed to connect", new SocketException((int)error)), host, 5432)!.Value.Fix, StringComparison.Ordinal);
}
