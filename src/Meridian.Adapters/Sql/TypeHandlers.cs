using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Adapters.Sql;

/// <summary>Instants are integer milliseconds in SQLite and <c>timestamptz</c> in PostgreSQL, truncated to ms in both; days are ISO text in both.</summary>
internal static class TypeHandlers
{
    private static readonly Lock Gate = new();
    private static bool registered;

    public static void Register()
    {
        lock (Gate)
        {
            if (registered) return;
            DefaultTypeMap.MatchNamesWithUnderscores = true;
            SqlMapper.AddTypeHandler(new InstantHandler());
            SqlMapper.AddTypeHandler(new DayHandler());
            registered = true;
        }
    }

    public static Instant ReadInstant(object value) => value switch
    {
        long ms => Instant.FromUnixTimeMilliseconds(ms),
        DateTime utc => Instant.FromDateTimeUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc)),
        _ => throw new InvalidOperationException($"an instant cannot be read from {value.GetType().Name}"),
    };

    private sealed class InstantHandler : SqlMapper.TypeHandler<Instant>
    {
        public override void SetValue(IDbDataParameter parameter, Instant value)
        {
            var ms = value.ToUnixTimeMilliseconds();
            if (parameter is SqliteParameter)
            {
                parameter.DbType = DbType.Int64;
                parameter.Value = ms;
            }
            else
            {
                parameter.DbType = DbType.DateTime;
                parameter.Value = Instant.FromUnixTimeMilliseconds(ms).ToDateTimeUtc();
            }
        }

        public override Instant Parse(object value) => ReadInstant(value);
    }

    private sealed class DayHandler : SqlMapper.TypeHandler<LocalDate>
    {
        public override void SetValue(IDbDataParameter parameter, LocalDate value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = LocalDatePattern.Iso.Format(value);
        }

        public override LocalDate Parse(object value) => LocalDatePattern.Iso.Parse((string)value).GetValueOrThrow();
    }
}
