using System.Globalization;
using Meridian.Adapters;
using Microsoft.Extensions.Logging;

namespace Meridian.Host.Composition;

/// <summary>A plain log file: one line an event, UTC, never bodies, numbers or addresses.</summary>
public static class FileLog
{
    public const string FileName = "meridian.log";

    public static ILoggerFactory Factory(string path, TimeProvider clock) => LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Information).AddProvider(new Provider(path, clock)));

    private sealed class Provider(string path, TimeProvider clock) : ILoggerProvider
    {
        private readonly Lock gate = new();
        private readonly StreamWriter file = new(PrivateFile.Open(path, FileMode.Append, FileShare.ReadWrite)) { AutoFlush = true };

        public ILogger CreateLogger(string categoryName) => new FileLogger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

        public void Dispose() => file.Dispose();

        private void Write(LogLevel level, string category, string text, Exception? e)
        {
            lock (gate)
            {
                file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {level} {category} {text}"));
                if (e is not null) file.WriteLine(e);
            }
        }

        private sealed class FileLogger(Provider provider, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(logLevel)) provider.Write(logLevel, category, formatter(state, exception), exception);
            }
        }
    }
}
