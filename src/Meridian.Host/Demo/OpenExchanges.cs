namespace Meridian.Host.Demo;

/// <summary>Counts what is under way between both sides: HTTP, SMTP, webhooks. The demo's clock steps only when nothing is.</summary>
public sealed class OpenExchanges
{
    private int open;

    public bool None => Volatile.Read(ref open) == 0;

    public IDisposable Open()
    {
        Interlocked.Increment(ref open);
        return new Exchange(this);
    }

    private sealed class Exchange(OpenExchanges owner) : IDisposable
    {
        private int closed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref closed, 1) == 0) Interlocked.Decrement(ref owner.open);
        }
    }
}
