using System.Net.Http.Headers;
using MailKit.Security;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Mail;

/// <summary>The requests of one mailbox at its provider, each with the mailbox' token. A token that was refused is not shown again.</summary>
internal sealed class TokenWire(HttpClient http, MailTokens tokens, string? scope, TimeProvider machine, TimeSpan timeout)
{
    private readonly Wire wire = new(http, machine, timeout);

    /// <summary>What the last token may do, as its giver said; null: not told.</summary>
    public string? Granted => tokens.GrantedFor(scope);

    public async Task<(Exchange? Exchange, SendResult.NotSent? NoToken)> SendAsync(Uri uri, byte[] body, MediaTypeHeaderValue type, SendPermit? permit, CancellationToken cancellation)
    {
        var (token, no) = await TokenAsync(cancellation).ConfigureAwait(false);
        if (token is null) return (null, no);
        return (Remember(await wire.SendAsync(HttpMethod.Post, uri, headers => Authorize(headers, token), body, type, permit, cancellation).ConfigureAwait(false)), null);
    }

    public async Task<(Exchange? Exchange, SendResult.NotSent? NoToken)> GetAsync(Uri uri, CancellationToken cancellation)
    {
        var (token, no) = await TokenAsync(cancellation).ConfigureAwait(false);
        if (token is null) return (null, no);
        return (Remember(await wire.GetAsync(uri, headers => Authorize(headers, token), cancellation).ConfigureAwait(false)), null);
    }

    /// <summary>Nothing was sent yet, so whatever goes wrong here is proved not sent.</summary>
    private async Task<(string? Token, SendResult.NotSent? No)> TokenAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(timeout, machine);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return (await tokens.GetAsync(scope, either.Token).ConfigureAwait(false), null);
        }
        catch (AuthenticationException e)
        {
            return (null, new SendResult.NotSent(NotSentBecause.Account, e.Message));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return (null, new SendResult.NotSent(NotSentBecause.PermitExpired, "stopped before the message left"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            return (null, new SendResult.NotSent(NotSentBecause.Transient, $"no token could be had: {(e is OperationCanceledException ? "time ran out" : e.Message)}"));
        }
    }

    private Exchange Remember(Exchange exchange)
    {
        if (exchange is Exchange.Answered { Status: 401 }) tokens.Forget(scope);
        return exchange;
    }

    private static void Authorize(HttpRequestHeaders headers, string token)
    {
        headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }
}
