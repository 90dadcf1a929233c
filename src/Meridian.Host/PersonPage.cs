using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Meridian.Host;

/// <summary>A page for a person outside: no script, no picture, nothing that follows them, nothing that is kept in a cache or an index.</summary>
internal static class PersonPage
{
    private const string Style = """
        body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
        input:not([type=checkbox]){font:inherit;padding:.6rem;width:100%;box-sizing:border-box}
        label.box{display:flex;gap:.8rem;align-items:flex-start;margin:1rem 0}label.box input{margin-top:.45rem;scale:1.4}
        .problem{border-left:.3rem solid #b3261e;padding:.2rem .8rem}
        button{font:inherit;padding:.7rem 1.2rem;border:0;border-radius:.4rem;background:#0b5394;color:#fff;cursor:pointer}
        @media(prefers-color-scheme:dark){body{color:#eee;background:#161616}button{background:#8ab4f8;color:#111}}
        """;

    /// <param name="frames">Origins whose pages may show this one inside theirs; none by default.</param>
    public static async Task<IResult> WriteAsync(HttpContext http, int status, string title, string body, IReadOnlyList<string>? frames = null)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors {(frames is { Count: > 0 } ? string.Join(' ', frames) : "'none'")}; base-uri 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex";
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync($"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Text(title)}</title><style>{Style}</style></head><body><main>{body}</main></body></html>", http.RequestAborted);
        return Results.Empty;
    }

    public static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
