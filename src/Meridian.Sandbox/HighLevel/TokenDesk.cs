using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.HighLevel;

/// <summary>A marketplace app installed at the location, as the engine knows it.</summary>
/// <param name="RefreshToken">What the installation gave; good for one use.</param>
public sealed record SandboxApp(string ClientId, string ClientSecret, string RefreshToken);

/// <summary><c>POST /oauth/token</c>. A refresh token is good once; used again within thirty seconds it brings the same answer, later none.</summary>
internal sealed class TokenDesk(SandboxOptions options, Chance chance, ProviderBook book)
{
    private static readonly TimeSpan AnsweredAlike = TimeSpan.FromSeconds(30);
    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> access = [];
    private string? current;
    private (string Token, DateTimeOffset At, JsonObject Answer)? used;
    private int given;

    /// <summary>How often a new pair was given.</summary>
    public int Given
    {
        get { lock (gate) return given; }
    }

    public void Reopen()
    {
        foreach (var (_, entry) in book.Found("token"))
        {
            current = entry.Text("refresh");
            given = (int)entry.Number("given")!;
            access[entry.Text("access")!] = Stamp.Read(entry.Text("until"))!.Value;
        }
    }

    public bool LetsIn(string bearer)
    {
        lock (gate) return bearer == options.HighLevelToken || (access.TryGetValue(bearer, out var until) && until > Stamp.Now(options.Clock));
    }

    public async Task AnswerAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        await Give(form).WriteAsync(context);
    }

    private Answer Give(IFormCollection form)
    {
        if (options.HighLevelApp is not { } app || form["client_id"] != app.ClientId || form["client_secret"] != app.ClientSecret) return Refusal(401, "invalid_client", "Invalid client credentials!");
        if (form["grant_type"] != "refresh_token") return Refusal(400, "unsupported_grant_type", "only refresh_token here");
        lock (gate)
        {
            var now = Stamp.Now(options.Clock);
            if (used is { } before && form["refresh_token"] == before.Token && now - before.At < AnsweredAlike) return Answer.Ok(before.Answer.DeepClone());
            if (form["refresh_token"] != (current ?? app.RefreshToken)) return Refusal(400, "invalid_grant", "This refresh token is invalid");
            given++;
            var (fresh, next) = (chance.ShortId("access", given.ToString()), chance.ShortId("refresh", given.ToString()));
            var until = now + TimeSpan.FromSeconds(options.HighLevelTokenSeconds);
            access[fresh] = until;
            var answer = new JsonObject
            {
                ["access_token"] = fresh, ["token_type"] = "Bearer", ["expires_in"] = options.HighLevelTokenSeconds, ["refresh_token"] = next, ["scope"] = "contacts.readonly contacts.write",
                ["userType"] = "Location", ["locationId"] = options.HighLevelLocation, ["companyId"] = "sandboxCompany", ["userId"] = "sandboxUser",
            };
            used = (form["refresh_token"]!, now, answer);
            current = next;
            book.Keep("token", "app", new JsonObject { ["refresh"] = next, ["access"] = fresh, ["until"] = Stamp.Text(until), ["given"] = given });
            return Answer.Ok(answer.DeepClone());
        }
    }

    private static Answer Refusal(int status, string error, string why) => new(status, new JsonObject { ["error"] = error, ["error_description"] = why });
}
