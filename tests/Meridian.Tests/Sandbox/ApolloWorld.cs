using System.Text;
using System.Text.Json.Nodes;
using Meridian.Adapters.Apollo;
using Meridian.Adapters.Http;
using Meridian.Engine;
using Meridian.Engine.Prospecting;
using Meridian.Sandbox;
using Meridian.Sandbox.Scripts;
using Meridian.Tests.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Sandbox;

/// <summary>The sandbox's Apollo with the adapter in front of it, on a clock a test can move.</summary>
internal sealed class ApolloWorld : IAsyncDisposable
{
    public static readonly SearchFilter Everybody = new([], [], [], [], null);

    private readonly HttpClient http = ProviderHttp.Create(TimeSpan.FromSeconds(5));
    private readonly SandboxOptions options;

    private readonly VendorWatch watch = new();

    private ApolloWorld(string folder, ulong seed, decimal credits, FaultScript? script)
    {
        Folder = folder;
        Clock = new FakeTimeProvider(new(2026, 11, 23, 15, 0, 0, TimeSpan.Zero));
        options = new SandboxOptions { Folder = folder, Seed = seed, Clock = Clock, OwnerEmail = "owner@example.com", ApolloKey = "ak", Says = watch.Says, ApolloCredits = credits, Script = script };
    }

    public string Folder { get; }
    public FakeTimeProvider Clock { get; }
    public OutsideWorld Outside { get; private set; } = null!;

    public ApolloProspects Prospects => With("ak");

    public IReadOnlyList<JsonNode> Log => [.. File.ReadAllLines(Path.Combine(Folder, "sandbox-log.jsonl")).Select(line => JsonNode.Parse(line)!)];

    public IEnumerable<JsonNode> Kind(string kind) => Log.Where(line => (string?)line["kind"] == kind);

    public static async Task<ApolloWorld> StartAsync(ulong seed = 7, decimal credits = 10_000, FaultScript? script = null)
    {
        var world = new ApolloWorld(Directory.CreateTempSubdirectory("apollo").FullName, seed, credits, script);
        world.Outside = await OutsideWorld.StartAsync(world.options, CancellationToken.None);
        return world;
    }

    public async Task RestartAsync()
    {
        await Outside.DisposeAsync();
        Outside = await OutsideWorld.StartAsync(options, CancellationToken.None);
    }

    public ApolloProspects With(string key) => new(http, Settings(key), new Clocks(Clock, TimeProvider.System));

    public ApolloCheck Check() => new(http, Settings("ak"), new Clocks(Clock, TimeProvider.System));

    public async Task PassAsync(TimeSpan time)
    {
        Clock.Advance(time);
        await Outside.RunDueTimersAsync(CancellationToken.None);
    }

    public async Task<IReadOnlyList<string>> IdsAsync(int count, SearchFilter? filter = null) =>
        [.. (await Prospects.SearchAsync((filter ?? Everybody) with { PerPage = count }, 1, CancellationToken.None)).People.Select(person => person.ExternalId)];

    /// <summary>A request without the adapter in between.</summary>
    public async Task<(int Status, string Body, HttpResponseMessage Response)> AskAsync(HttpMethod method, string path, string? key = "ak", JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Outside.ApolloBase, path));
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.Add("x-api-key", key);
        var response = await http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    public async ValueTask DisposeAsync()
    {
        await Outside.DisposeAsync();
        http.Dispose();
        Directory.Delete(Folder, recursive: true);
        watch.Holds();
    }

    private ApolloOptions Settings(string key) => new() { BaseUrl = Outside.ApolloBase, ApiKey = key };
}
