using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine.Checks;

namespace Meridian.Host.Doctor;

/// <summary>Whether the address we give to others leads to Meridian: opt-out links, consent pages and webhooks rest on it.</summary>
public sealed class PublicAddressCheck(string publicUrl, TimeProvider machine) : IProviderCheck
{
    public string Provider => "public";

    public async Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation)
    {
        var at = $"{publicUrl.TrimEnd('/')}/health/live";
        using var http = ProviderHttp.Create(TimeSpan.FromSeconds(10));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15), machine);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var answer = await http.GetAsync(new Uri(at), both.Token);
            var said = await answer.Content.ReadAsStringAsync(both.Token);
            if (answer.IsSuccessStatusCode && IsOurs(said)) return [new CheckFinding("public-address", true, $"{publicUrl} leads to Meridian", null)];
            return [new CheckFinding("public-address", false, $"{at} answers {(int)answer.StatusCode}, but not as Meridian does.", "Point owner.publicUrl at this machine's port, through the proxy in front of it, without a redirect.")];
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            return [new CheckFinding("public-address", false, $"{at} cannot be reached: {(e is OperationCanceledException ? "no answer in 15 s" : e.Message)}.", "Start `meridian run`, and look whether owner.publicUrl and the proxy in front lead to its port.")];
        }
    }

    private static bool IsOurs(string said)
    {
        try
        {
            using var json = JsonDocument.Parse(said);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("status", out var status) && status.GetString() == "alive";
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
