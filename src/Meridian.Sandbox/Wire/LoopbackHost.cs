using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Scripts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Meridian.Sandbox.Wire;

/// <summary>A bare HTTP server on a free port of 127.0.0.1. It reads no settings, environment or command line of the program it lives in.</summary>
internal sealed class LoopbackHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private LoopbackHost(WebApplication app, Uri address) => (this.app, Base) = (app, address);

    public Uri Base { get; }

    /// <param name="contacting">Which requests could contact a person, and whom.</param>
    public static async Task<LoopbackHost> StartAsync(
        SandboxOptions options, Troubles troubles, string provider, Func<HttpRequest, JsonObject, ContactAsked?> contacting, Action<WebApplication> map, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var app = builder.Build();
        app.Use((context, next) => InExchange(options, troubles, provider, contacting, context, next));
        map(app);
        try
        {
            await app.StartAsync(ct);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new LoopbackHost(app, new Uri(addresses.Single()));
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    private static async Task InExchange(SandboxOptions options, Troubles troubles, string provider, Func<HttpRequest, JsonObject, ContactAsked?> contacting, HttpContext context, RequestDelegate next)
    {
        using var exchange = options.BeginExchange();
        var (request, body) = ($"{context.Request.Method} {context.Request.Path}", await BodyAsync(context));
        options.Sees?.Invoke(
            provider, context.Request.Method, $"{context.Request.Path.ToUriComponent()}{context.Request.QueryString}",
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), Encoding.UTF8.GetString(body));
        var happens = troubles.Of(provider, request, $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {Convert.ToHexString(SHA256.HashData(body))}");
        if (HttpMethods.IsPost(context.Request.Method) && Parsed(body) is { } json && contacting(context.Request, json) is { } contact) troubles.Record.Asked(provider, request, contact.Touch, contact.To, contact.Body, happens);
        if (happens is null && options.Says is null) await next(context);
        else if (happens is null) await OutLoudAsync(options.Says!, provider, context, next);
        else if (!await HappensAsync(options, happens, context, next)) return;

        // The exchange is over when the answer has left, not when the handler has returned.
        await context.Response.CompleteAsync();
    }

    private static async Task OutLoudAsync(Action<string, string, string, int, string> says, string provider, HttpContext context, RequestDelegate next)
    {
        var said = await SilentlyAsync(context, next);
        says(provider, context.Request.Method, $"{context.Request.Path.ToUriComponent()}{context.Request.QueryString}", context.Response.StatusCode, Encoding.UTF8.GetString(said));
        await context.Response.Body.WriteAsync(said);
    }

    /// <summary>False: the connection is gone.</summary>
    private static async Task<bool> HappensAsync(SandboxOptions options, Happening happens, HttpContext context, RequestDelegate next)
    {
        // What has arrived is done even if nobody waits for the answer any more.
        context.RequestAborted = CancellationToken.None;
        happens.GoesWith(context);
        if (happens.WaitsBefore > TimeSpan.Zero) await options.Wait(happens.WaitsBefore);
        var said = happens.Done ? await SilentlyAsync(context, next) : [];
        if (happens.WaitsAfter > TimeSpan.Zero) await options.Wait(happens.WaitsAfter);
        if (happens.Cut)
        {
            context.Abort();
            return false;
        }

        if (happens.Says is { } instead)
        {
            context.Response.Clear();
            foreach (var (name, value) in happens.Headers) context.Response.Headers[name] = value;
            await instead.WriteAsync(context);
            return true;
        }

        if (happens.Changes is { } change && Parsed(said) is { } answer) said = Encoding.UTF8.GetBytes(change(answer).ToJsonString());
        var whole = said.Length;
        if (happens.Spoils is { } spoil) said = spoil(said);
        context.Response.ContentLength = happens.CutShort ? whole : said.Length;
        await context.Response.Body.WriteAsync(said);
        if (!happens.CutShort) return true;
        await context.Response.Body.FlushAsync();
        context.Abort();
        return false;
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        context.Request.EnableBuffering();
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Request.Body.Position = 0;
        return body.ToArray();
    }

    private static JsonObject? Parsed(byte[] body)
    {
        try
        {
            return body.Length == 0 ? null : JsonNode.Parse(body) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    /// <summary>It happens, and what it answers stays here.</summary>
    private static async Task<byte[]> SilentlyAsync(HttpContext context, RequestDelegate next)
    {
        var wire = context.Response.Body;
        using var kept = new MemoryStream();
        context.Response.Body = kept;
        await next(context);
        context.Response.Body = wire;
        return kept.ToArray();
    }

    /// <summary>Ctrl+C belongs to the program around us: it drains first and then disposes us.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
