using System.Text.Encodings.Web;
using Meridian.Engine;
using Microsoft.AspNetCore.Http;

namespace Meridian.Host.OptOut;

/// <summary>The few words a person sees who wants to be left alone: no script, no picture, nothing that follows them.</summary>
internal static class OptOutPage
{
    private const string Style = """
        body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
        input{font:inherit;padding:.6rem;width:100%;box-sizing:border-box}
        button{font:inherit;padding:.7rem 1.2rem;border:0;border-radius:.4rem;background:#0b5394;color:#fff;cursor:pointer}
        @media(prefers-color-scheme:dark){body{color:#eee;background:#161616}button{background:#8ab4f8;color:#111}}
        """;

    public static string Ask(OwnerSettings owner, string token) => $"""
        <h1>Stop all messages?</h1>
        <p>{Text(owner.SellerName)} will not e-mail, call or text you again, on any address of yours that we know.</p>
        <form method="post" action="/u/{Text(token)}"><button type="submit">Stop all messages</button></form>
        """;

    public static string Done(OwnerSettings owner) => $"""
        <h1>Done.</h1>
        <p>{Text(owner.SellerName)} will not contact you again. There is nothing else you need to do.</p>
        <p>{Text(owner.PostalAddress)}</p>
        """;

    public static string Unknown(OwnerSettings owner) => $"""
        <h1>We do not know this link.</h1>
        <p>It may have been cut by a mail program. Reply STOP to any message from {Text(owner.SellerName)}, or write to {Text(owner.OwnerEmail)}, and we stop.</p>
        """;

    /// <summary>The link is ours and its person is not here: they tell which address it was.</summary>
    public static string Which(OwnerSettings owner, string token, string? notAnAddress) => $"""
        <h1>Which address is it?</h1>
        <p>{(notAnAddress is null ? "We cannot see from this link whom it was for." : $"We cannot read “{Text(notAnAddress)}”.")} Tell us the e-mail address or the phone number, and {Text(owner.SellerName)} stops.</p>
        <form method="post" action="/u/{Text(token)}"><p><input name="address" required maxlength="254" autocomplete="email" aria-label="E-mail address or phone number"></p><button type="submit">Stop all messages</button></form>
        """;

    public static string TryAgain() => """
        <h1>One moment, please.</h1>
        <p>We could not write this down just now. Please press the button again in half a minute, or reply STOP to any of our messages.</p>
        """;

    public static async Task<IResult> WriteAsync(HttpContext http, int status, string body)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex";
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync($"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Messages</title><style>{Style}</style></head><body><main>{body}</main></body></html>", http.RequestAborted);
        return Results.Empty;
    }

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
