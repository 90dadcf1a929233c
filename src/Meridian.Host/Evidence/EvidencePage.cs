using Meridian.Adapters.Sql;
using Meridian.Host.Dashboard;

namespace Meridian.Host.Evidence;

/// <summary>The pack to read and to print: one file that needs nothing else.</summary>
internal static class EvidencePage
{
    private static readonly Html Style = Html.Trusted("""
        <style>body{font:1rem/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
        table{border-collapse:collapse;width:100%;margin:.5rem 0 2rem}th,td{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
        th{background:#f2f2f2}td:first-child{white-space:nowrap}.story td:nth-child(2){min-width:9rem;overflow-wrap:normal}.story td:nth-child(3){white-space:pre-line}.bad{color:#b3261e;font-weight:600}summary{cursor:pointer;font-weight:600;margin:.6rem 0}code{overflow-wrap:anywhere}
        @media print{details{display:block}body{max-width:none}}</style>
        """);

    public static string Write(EvidencePack pack) => "<!doctype html>" + Html.Of($"""
        <html lang="en"><head><meta charset="utf-8"><title>Evidence: {pack.LeadId}</title>{Style}</head><body>
        <h1>{(pack.Name.Length > 0 ? pack.Name : pack.LeadId)}</h1>
        <p>Everything {pack.Seller} keeps of this person, made on {pack.MadeAt} by {pack.MadeBy} because: {pack.Reason}.</p>
        <p>The same as data is in the JSON file beside this page; its SHA-256 is <code>{pack.Sha256}</code>, and it was written down when the file was made.</p>
        {(pack.Signatures.Count == 0 ? Html.Nothing : Html.Of($"<ul>{pack.Signatures.Select(Signature)}</ul>"))}
        {pack.Restricted.Select(r => Html.Of($"<p>Kept apart since they were erased on {r.KeptAt}: record {r.Id}, SHA-256 <code>{r.Sha256}</code>, {(r.Intact ? Html.Of($"unchanged") : Html.Of($"<span class=\"bad\">CHANGED SINCE</span>"))}. Its rows are in the JSON file.</p>"))}
        <h2>What happened</h2>
        <table class="story"><tr><th>when (UTC)</th><th>what</th><th>details</th></tr>{pack.Timeline.Select(e => Html.Of($"<tr><td>{e.At}</td><td>{e.What}</td><td>{e.Detail}</td></tr>"))}</table>
        <h2>Every row</h2>{pack.Sections.Select(Section)}
        </body></html>
        """);

    private static Html Signature(SignatureCheck check) => check.WordsUnchanged
        ? Html.Of($"<li>The words of signature {check.Id} are those that were signed (SHA-256 <code>{check.TextSha256}</code>).</li>")
        : Html.Of($"<li class=\"bad\">The words of signature {check.Id} are NOT those that were signed.</li>");

    private static Html Section(EvidenceSection section) => Html.Of($"""
        <details><summary>{section.Name.Replace('_', ' ')}: {section.Rows.Count}</summary>
        {section.Rows.Select(row => Html.Of($"<table>{row.Where(c => c.Value is not null).Select(c => Html.Of($"<tr><td>{c.Key}</td><td>{c.Value!}</td></tr>"))}</table>"))}
        </details>
        """);
}
