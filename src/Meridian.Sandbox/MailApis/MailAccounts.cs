using System.Text;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.MailApis;

/// <summary>Whose mailbox a token opens. The refresh token is the mailbox' address, so that everybody's token is known without a list; an application's opens all.</summary>
internal sealed class MailAccounts(SandboxOptions options)
{
    private const string Prefix = "sandbox-mail-token.";

    /// <summary>In the place of an account: no user signed in.</summary>
    public const string Application = "application";

    /// <summary>OAuth's token endpoint: the refresh of a user's, and an application's own.</summary>
    public async Task<Answer> GiveTokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var account = form["refresh_token"].ToString().Trim().ToLowerInvariant();
        if (form["grant_type"] == "client_credentials") return GiveApplication(form["client_id"].ToString(), form["client_secret"].ToString(), form["scope"].ToString());
        if (form["grant_type"] != "refresh_token") return new Answer(400, new JsonObject { ["error"] = "unsupported_grant_type" });
        if (!account.Contains('@')) return new Answer(400, new JsonObject { ["error"] = "invalid_grant", ["error_description"] = "Token has been expired or revoked." });
        return Answer.Ok(new JsonObject { ["access_token"] = Prefix + Convert.ToHexString(Encoding.UTF8.GetBytes(account)), ["expires_in"] = 3599, ["token_type"] = "Bearer", ["scope"] = options.MailScope });
    }

    /// <summary>No refresh token comes with it, and only everything can be asked for.</summary>
    private Answer GiveApplication(string id, string secret, string scope)
    {
        static Answer No(int status, string error, string why) => new(status, new JsonObject { ["error"] = error, ["error_description"] = why });
        if (id.Length == 0) return No(400, "invalid_request", "AADSTS900144: The request body must contain the following parameter: 'client_id'.");
        if (secret != options.MailAppSecret) return No(401, "invalid_client", "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.");
        if (!scope.EndsWith("/.default", StringComparison.Ordinal)) return No(400, "invalid_scope", $"AADSTS1002012: The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).");
        return Answer.Ok(new JsonObject { ["token_type"] = "Bearer", ["expires_in"] = 3599, ["ext_expires_in"] = 3599, ["access_token"] = Prefix + Convert.ToHexString(Encoding.UTF8.GetBytes(Application)) });
    }

    /// <summary>Null: a token nobody gave.</summary>
    public string? Of(HttpContext context)
    {
        var shown = context.Request.Headers.Authorization.ToString();
        if (!shown.StartsWith("Bearer " + Prefix, StringComparison.Ordinal)) return null;
        try
        {
            return Encoding.UTF8.GetString(Convert.FromHexString(shown["Bearer ".Length..][Prefix.Length..]));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public bool May(string scope) => options.MailScope.Contains(scope, StringComparison.Ordinal);
}
