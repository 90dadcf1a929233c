using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Meridian.Host.Dashboard;

/// <summary>The frame of every page: no script, nothing from elsewhere, one style sheet that the browser checks by its hash.</summary>
internal static class DashboardPage
{
    private const string Style = """
        :root{--ink:#1b1b1b;--soft:#555;--paper:#fff;--line:#c8c8c8;--band:#f2f4f7;--link:#0b4f9e;--alarm:#8a1c00}
        @media(prefers-color-scheme:dark){:root{--ink:#ececec;--soft:#b4b4b4;--paper:#15171a;--line:#44484e;--band:#1f2328;--link:#8ab8ff;--alarm:#ffb199}}
        *{box-sizing:border-box}
        body{font:16px/1.45 system-ui,sans-serif;margin:0;color:var(--ink);background:var(--paper)}
        header,main{max-width:72rem;margin:0 auto;padding:0 1rem}
        header{display:flex;flex-wrap:wrap;gap:.4rem 1.4rem;align-items:center;padding-top:.9rem;padding-bottom:.6rem;border-bottom:1px solid var(--line)}
        header b{font-size:1.15rem}
        nav{display:flex;gap:1.1rem}
        a{color:var(--link)} a[aria-current]{color:var(--ink);font-weight:600;text-decoration:none}
        h1{font-size:1.35rem;margin:1.2rem 0 .3rem} h2{font-size:1.05rem;margin:1.7rem 0 .5rem}
        p{margin:.4rem 0}.soft{color:var(--soft)}
        .alarm{color:var(--alarm);font-weight:600}
        .strip{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.5rem;padding:0;margin:0;list-style:none}
        .strip li{background:var(--band);border:1px solid var(--line);border-radius:.4rem;padding:.5rem .7rem}
        .strip li.open{border:2px solid var(--ink)}
        .strip b{display:block;font-size:1.25rem;font-variant-numeric:tabular-nums}
        .wide{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums} table.narrow{width:auto}
        td a{white-space:nowrap}
        th,td{text-align:left;vertical-align:top;padding:.3rem 1rem .3rem 0;border-bottom:1px solid var(--line)}
        th{font-weight:600;color:var(--soft)} td.n,th.n{text-align:right}
        form{display:flex;flex-wrap:wrap;gap:.5rem;margin:.8rem 0}
        input{font:inherit;padding:.45rem .6rem;border:1px solid var(--soft);border-radius:.35rem;background:var(--paper);color:var(--ink);min-width:0;flex:1 1 16rem;max-width:30rem}
        button{font:inherit;padding:.45rem 1rem;border:1px solid var(--link);border-radius:.35rem;background:var(--link);color:var(--paper)}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;font:15px/1.5 ui-monospace,monospace;background:var(--band);border:1px solid var(--line);border-radius:.4rem;padding:.8rem 1rem}
        @media(max-width:40rem){.less{display:none}th,td{padding-right:.5rem}td a{white-space:normal}}
        """;

    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <param name="here">Path of the page, to mark it in the navigation; null: there is none.</param>
    /// <param name="again">Seconds after which the browser asks again; 0: never.</param>
    public static async Task WriteAsync(HttpContext http, int status, string title, string? here, Html body, int again = 0)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["X-Robots-Tag"] = "noindex";
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(Frame(title, here, body, again).ToString(), http.RequestAborted);
    }

    private static Html Frame(string title, string? here, Html body, int again)
    {
        var refresh = again > 0 ? Html.Of($"<meta http-equiv=\"refresh\" content=\"{again}\">") : Html.Nothing;
        var nav = here is null ? Html.Nothing : Html.Of($"<nav aria-label=\"Pages\">{Link("/", "Now", here)}{Link("/touches", "Touches", here)}{Link("/tasks", "Calls to make", here)}{Link("/why", "Why", here)}</nav>");
        return Html.Of($"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">{refresh}<title>{title} · Meridian</title><style>{Sheet}</style></head>
            <body><header><b>Meridian</b>{nav}</header><main>{body}</main></body></html>
            """);
    }

    // Part of the frame, not a value: what the hash above stands for.
    private static readonly Html Sheet = Html.Trusted(Style);

    private static Html Link(string path, string name, string here) => path == here
        ? Html.Of($"<a href=\"{path}\" aria-current=\"page\">{name}</a>")
        : Html.Of($"<a href=\"{path}\">{name}</a>");
}
