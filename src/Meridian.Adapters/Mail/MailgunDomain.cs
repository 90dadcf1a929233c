using System.Net.Http.Headers;
using System.Text;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;

namespace Meridian.Adapters.Mail;

/// <summary>One domain at Mailgun, asked with one key.</summary>
/// <remarks>The EU has a base of its own: https://api.eu.mailgun.net.</remarks>
internal sealed class MailgunDomain(MailboxOptions options, HttpClient http, TimeProvider machine)
{
    private readonly Wire wire = new(http, machine, TimeSpan.FromSeconds(options.RequestTimeoutSeconds));

    public Uri Root { get; } = MailApiUrl.Root(options.BaseUrl, "https://api.mailgun.net");

    public string Name { get; } = (string.IsNullOrWhiteSpace(options.Domain) ? options.Address[(options.Address.LastIndexOf('@') + 1)..] : options.Domain).Trim().ToLowerInvariant();

    /// <summary>The paths below it, as <c>/v3/growth.example</c>.</summary>
    public string Path => $"/v3/{Uri.EscapeDataString(Name)}";

    public Task<Exchange> GetAsync(string path, CancellationToken cancellation) => wire.GetAsync(At(path), Authorize, cancellation);

    public Task<Exchange> SendAsync(string path, byte[] body, MediaTypeHeaderValue type, SendPermit? permit, CancellationToken cancellation) =>
        wire.SendAsync(HttpMethod.Post, At(path), Authorize, body, type, permit, cancellation);

    private void Authorize(HttpRequestHeaders headers)
    {
        headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"api:{options.ApiKey}")));
        headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    private Uri At(string path) => new($"{Root.AbsoluteUri.TrimEnd('/')}{path}");
}
