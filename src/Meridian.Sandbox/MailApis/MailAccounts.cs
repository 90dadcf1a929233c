using System.Text;
using System.Text.Json.Nodes;
using Meridian.Sandbox.Wire;
using Microsoft.AspNetCore.Http;

namespace Meridian.Sandbox.MailApis;

/// <summary>Whose mailbox a token opens. The refresh token is the mailbox' address, so that everybody's token is known without a list.</summary>
internal sealed class MailAccounts(SandboxOptions options)
{
    private const string Prefix = "sandbox-mail-token.";

    /// <summary>OAuth's token endpoint, of which only the refresh is played.</summary>
    public async Task<Answer> GiveTokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var account = form["refresh_token"].ToString().Trim().ToLowerInvariant();
        if (form["grant_type"] != "refresh_token") return new Answer(400, new JsonObject { ["error"] = "unsupported_grant_type" });
        if (!account.Contains('@')) return new Answer(400, new JsonObject { ["error"] = "invalid_grant", ["error_description"] = "Token has been expired or revoked." });
        return Answer.Ok(new JsonObject { ["access_token"] = Prefix + Convert.ToHexString(Encoding.UTF8.GetBytes(account)), ["expires_in"] = 3599, ["token_type"] = "Bearer", ["scope"] = options.MailScope });
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
