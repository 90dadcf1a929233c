using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Vapi;

/// <summary>Where one call's events go, and how often Vapi tries. Without a back-off plan it tries once.</summary>
internal sealed record CallServer(Uri Url, IReadOnlyDictionary<string, string> Headers, string? CredentialId, TimeSpan Timeout, bool Exponential, int MaxRetries, double BaseDelay, IReadOnlyList<int> Excluded)
{
    private static readonly string[] Usual = ["status-update", "end-of-call-report"];

    public static CallServer? Of(JsonObject request)
    {
        var server = request.Object("assistantOverrides").Object("server") ?? request.Object("assistant").Object("server") ?? InboundCall.ServerOf(request);
        return Read(server);
    }

    /// <summary>A server as an assistant or a number names it; null when it names none.</summary>
    public static CallServer? Read(JsonObject? server)
    {
        if (!Uri.TryCreate(server.Text("url"), UriKind.Absolute, out var url)) return null;
        var headers = server.Object("headers")?.Where(h => h.Value is not null).ToDictionary(h => h.Key, h => h.Value!.ToString()) ?? [];
        // The older way; gone from the schema, still working.
        if (server.Text("secret") is { Length: > 0 } secret) headers["X-Vapi-Secret"] = secret;
        var plan = server.Object("backoffPlan");
        return new(url, headers, server.Text("credentialId"), TimeSpan.FromSeconds(Math.Clamp(server.Number("timeoutSeconds") ?? 20, 1, 300)),
            plan.Text("type") == "exponential", (int)Math.Clamp(plan.Number("maxRetries") ?? 0, 0, 10), Math.Clamp(plan.Number("baseDelaySeconds") ?? 1, 0, 10),
            plan.List("excludedStatusCodes")?.OfType<JsonValue>().Select(v => v.TryGetValue<int>(out var code) ? code : 0).ToArray() ?? []);
    }

    /// <summary>Everything that shows who writes: the call's own headers, and those of the credential it names.</summary>
    public IReadOnlyDictionary<string, string> Proof(IReadOnlyDictionary<string, SandboxCredential> credentials, string body, string messageId, DateTimeOffset now)
    {
        if (CredentialId is null || !credentials.TryGetValue(CredentialId, out var credential)) return Headers;
        return Headers.Concat(credential.Headers(body, Url, messageId, now)).ToDictionary();
    }

    public static bool Wants(JsonObject request, string type)
    {
        var asked = request.Object("assistantOverrides").List("serverMessages") ?? request.Object("assistant").List("serverMessages");
        return asked?.Any(m => m?.ToString() == type) ?? Usual.Contains(type);
    }

    /// <summary>How long to wait before the next try, or null when that was the last.</summary>
    public TimeSpan? RetryAfter(int? status, int triesSoFar)
    {
        if (triesSoFar > MaxRetries || (status is { } code && Excluded.Contains(code))) return null;
        return TimeSpan.FromSeconds(Exponential ? BaseDelay * Math.Pow(2, triesSoFar - 1) : BaseDelay);
    }
}
