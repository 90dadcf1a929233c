using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
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

    public static async Task<LoopbackHost> StartAsync(SandboxOptions options, Mishaps mishaps, Action<WebApplication> map, CancellationToken ct)
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
        app.Use((context, next) => InExchange(options, mishaps, context, next));
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

    private static async Task InExchange(SandboxOptions options, Mishaps mishaps, HttpContext context, RequestDelegate next)
    {
        using var exchange = options.BeginExchange();
        switch (await MishapAsync(mishaps, context))
        {
            case Mishap.Busy:
                context.Response.Headers.RetryAfter = "5";
                await new Answer(429, new JsonObject { ["message"] = "Too Many Requests", ["statusCode"] = 429 }).WriteAsync(context);
                break;
            case Mishap.Down:
                await new Answer(503, new JsonObject { ["message"] = "Service Unavailable", ["statusCode"] = 503 }).WriteAsync(context);
                break;
            case Mishap.CutBefore:
                context.Abort();
                return;
            case Mishap.FailedAfter:
                await SilentlyAsync(context, next);
                context.Response.Clear();
                await new Answer(500, new JsonObject { ["message"] = "Internal Server Error", ["statusCode"] = 500 }).WriteAsync(context);
                break;
            case Mishap.CutAfter:
                await SilentlyAsync(context, next);
                context.Abort();
                return;
            case Mishap.Garbled:
                var said = await SilentlyAsync(context, next);
                context.Response.ContentLength = said.Length / 2;
                await context.Response.Body.WriteAsync(said.AsMemory(0, said.Length / 2), context.RequestAborted);
                break;
            default:
                await next(context);
                break;
        }

        // The exchange is over when the answer has left, not when the handler has returned.
        await context.Response.CompleteAsync();
    }

    private static async Task<Mishap> MishapAsync(Mishaps mishaps, HttpContext context)
    {
        context.Request.EnableBuffering();
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Request.Body.Position = 0;
        return mishaps.Of($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {Convert.ToHexString(SHA256.HashData(body.ToArray()))}");
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
