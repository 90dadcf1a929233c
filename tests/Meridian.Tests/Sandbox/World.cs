using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Meridian.Sandbox;
using Meridian.Sandbox.Scripts;
using Meridian.Tests.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Sandbox;

/// <summary>An outside world with a clock a test can move, and an engine's ear that keeps what it is told.</summary>
internal sealed class World : IAsyncDisposable
{
    public const string PhoneId = "42b4b25d-031e-4786-857f-63b346c90001";
    private readonly VendorWatch watch = new();
    private readonly HttpClient http = new();
    private readonly WebApplication ear;
    private int open;

    private World(string folder, WebApplication ear, ulong seed, WebhookFaults? faults, IReadOnlyList<JsonObject> contacts, bool searchHidesDnd, IReadOnlyList<JsonObject> opportunities, IReadOnlyList<JsonObject> conversations, FaultScript? script)
    {
        this.ear = ear;
        Folder = folder;
        Clock = new FakeTimeProvider(new(2026, 11, 23, 15, 0, 0, TimeSpan.Zero));
        Options = new SandboxOptions
        {
            Folder = folder, Seed = seed, Clock = Clock, OwnerEmail = "owner@example.com", VapiKey = "vk", HighLevelToken = "ht", HighLevelLocation = "loc",
            TextNumber = "+12025550142", VapiPhoneNumbers = new Dictionary<string, string> { [PhoneId] = "+12025550100" },
            Faults = faults, Script = script, HighLevelContacts = contacts, HighLevelOpportunities = opportunities, HighLevelConversations = conversations, HighLevelSearchHidesDnd = searchHidesDnd, HighLevelApp = new Meridian.Sandbox.HighLevel.SandboxApp("app_1", "app_secret", "refresh_1"),
            Says = watch.Says,
            Wait = time =>
            {
                Waited += time;
                return Task.CompletedTask;
            },
            OpenExchange = () => { Interlocked.Increment(ref open); return new Closing(this); },
        };
        ear.MapPost("/{who}", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            Bodies.Enqueue(body);
            if (IsJson(body)) Heard.Enqueue(JsonNode.Parse(body)!);
            LogWhenHeard = File.ReadAllText(LogPath);
            context.Response.StatusCode = EarStatus;
        });
    }

    public string Folder { get; }
    public FakeTimeProvider Clock { get; }
    public SandboxOptions Options { get; }
    public OutsideWorld Outside { get; private set; } = null!;
    public ConcurrentQueue<JsonNode> Heard { get; } = new();
    /// <summary>Every body as it came, also those nobody can read.</summary>
    public ConcurrentQueue<string> Bodies { get; } = new();
    public string LogWhenHeard { get; private set; } = "";
    public int EarStatus { get; set; } = 200;
    /// <summary>How long slow answers would have taken.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>An exchange closes just after its answer has left, which a client may see first.</summary>
    public bool FallsSilent() => SpinWait.SpinUntil(() => Volatile.Read(ref open) == 0, TimeSpan.FromMinutes(2));

    public string LogPath => Path.Combine(Folder, "sandbox-log.jsonl");
    public string Ear => ear.Urls.Single();
    public IReadOnlyList<JsonNode> Log => [.. File.ReadAllLines(LogPath).Select(line => JsonNode.Parse(line)!)];
    public IEnumerable<JsonNode> Kind(string kind) => Log.Where(line => (string?)line["kind"] == kind);
    public IEnumerable<JsonNode> Messages(string type) => Heard.Select(h => h["message"]!).Where(m => (string?)m["type"] == type);

    public static async Task<World> StartAsync(ulong seed = 7, WebhookFaults? faults = null, IReadOnlyList<JsonObject>? contacts = null, bool searchHidesDnd = false, IReadOnlyList<JsonObject>? opportunities = null, IReadOnlyList<JsonObject>? conversations = null, FaultScript? script = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var ear = builder.Build();
        var world = new World(Directory.CreateTempSubdirectory("sandbox").FullName, ear, seed, faults, contacts ?? [], searchHidesDnd, opportunities ?? [], conversations ?? [], script);
        await ear.StartAsync();
        world.Options.HighLevelWebhook = new Uri(world.Ear + "/texts");
        world.Outside = await OutsideWorld.StartAsync(world.Options, CancellationToken.None);
        return world;
    }

    /// <summary>The outside world dies and comes back; the engine stays where it was, so that old webhooks find it.</summary>
    public async Task RestartAsync(TimeSpan? later = null)
    {
        await Outside.DisposeAsync();
        Clock.Advance(later ?? TimeSpan.Zero);
        Outside = await OutsideWorld.StartAsync(Options, CancellationToken.None);
    }

    public async Task PassAsync(TimeSpan time)
    {
        var until = Clock.GetUtcNow() + time;
        while (Outside.NextTimer is { } next && next <= until)
        {
            if (next > Clock.GetUtcNow()) Clock.SetUtcNow(next);
            await Outside.RunDueTimersAsync(CancellationToken.None);
        }
        Clock.SetUtcNow(until);
    }

    public Task<(int Status, JsonNode Body)> CallAsync(string number, string touch, string? name = null) => SendAsync(HttpMethod.Post, new Uri(Outside.VapiBase, "call"), "vk", new JsonObject
    {
        ["assistantId"] = "5b0a4a08-133c-4146-9315-0984f8c60001", ["phoneNumberId"] = PhoneId, ["name"] = name ?? touch,
        ["customer"] = new JsonObject { ["number"] = number }, ["metadata"] = new JsonObject { ["touchId"] = touch },
        ["assistantOverrides"] = new JsonObject
        {
            ["firstMessage"] = "Hi {{firstName}}, this is an AI assistant.", ["variableValues"] = new JsonObject { ["firstName"] = "Dana" },
            ["serverMessages"] = new JsonArray("status-update", "end-of-call-report"),
            ["server"] = new JsonObject
            {
                ["url"] = Ear + "/calls", ["headers"] = new JsonObject { ["x-secret"] = "s" },
                ["backoffPlan"] = new JsonObject { ["type"] = "exponential", ["maxRetries"] = 3, ["baseDelaySeconds"] = 1 },
            },
        },
    });

    public async Task<string> ContactAsync(string phone)
    {
        var (_, body) = await HighLevelAsync(HttpMethod.Post, "contacts/upsert", new JsonObject { ["locationId"] = "loc", ["phone"] = phone });
        return (string)body["contact"]!["id"]!;
    }

    public Task<(int Status, JsonNode Body)> TextAsync(string contact, string words) =>
        HighLevelAsync(HttpMethod.Post, "conversations/messages", new JsonObject { ["type"] = "SMS", ["contactId"] = contact, ["message"] = words });

    public Task<(int Status, JsonNode Body)> HighLevelAsync(HttpMethod method, string path, JsonObject? body = null) =>
        SendAsync(method, new Uri(Outside.HighLevelBase, path), "ht", body);

    public async Task<(int Status, JsonNode Body)> SendAsync(HttpMethod method, Uri to, string key, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, to) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.Add("Version", "2021-07-28");
        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    public static bool IsJson(string body)
    {
        try
        {
            return JsonNode.Parse(body) is not null;
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Outside.DisposeAsync();
        await ear.DisposeAsync();
        http.Dispose();
        watch.Holds();
    }

    private sealed class Closing(World world) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref world.open);
    }
}
