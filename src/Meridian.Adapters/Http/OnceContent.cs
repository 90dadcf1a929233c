using System.Net;
using System.Net.Http.Headers;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Http;

/// <summary>
/// A request body that knows whether it left. The handler asks for the body when the connection stands and the headers are still in its
/// buffer, so this is the last moment before the wire: the permit is used here, and a second asking (a handler's retry) is refused.
/// </summary>
internal sealed class OnceContent : HttpContent
{
    private readonly byte[] body;
    private readonly SendPermit? permit;
    private int asked;

    /// <param name="type">Null: JSON.</param>
    public OnceContent(byte[] body, SendPermit? permit, MediaTypeHeaderValue? type = null)
    {
        this.body = body;
        this.permit = permit;
        Headers.ContentType = type ?? new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
    }

    /// <summary>From here on nobody can prove that nothing happened.</summary>
    public bool Left { get; private set; }

    public bool Denied { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref asked, 1) != 0) throw new InvalidOperationException("one permit, one request: the body was asked for twice");
        if (permit is not null && !permit.TryUse())
        {
            Denied = true;
            throw new InvalidOperationException("the permit does not allow this request");
        }

        Left = true;
        await stream.WriteAsync(body, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
