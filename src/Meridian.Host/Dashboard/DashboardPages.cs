using Meridian.Host.Why;

namespace Meridian.Host.Dashboard;

/// <summary>The three pages, as pure functions of what was read.</summary>
internal static class DashboardPages
{
    public static Html Now(NowModel now)
    {
        var alarms = now.Late.Select(d => Html.Of($"<p class=\"alarm\">Late: the desk {d.Name}/{d.Key} should have taken its turn at {now.Local(d.NextTurnAt ?? now.At):HH:mm}.</p>"));
        return Html.Of($"""
            <h1>{Headline(now)}</h1>
            <p class="soft">{now.OwnerTime:ddd uuuu-MM-dd HH:mm:ss} in {now.OwnerZone}. This page asks again every ten seconds.</p>
            {alarms}
            <h2>Open windows</h2>
            <ul class="strip">{now.Zones.Select(Zone)}</ul>
            <h2>Today against the targets</h2>
            <div class="wide"><table class="narrow"><thead><tr><th>what</th><th class="n">so far</th><th class="n">a day's target</th><th>standing</th></tr></thead><tbody>{now.Today.Select(Today)}</tbody></table></div>
            <p>Spent ${now.Spent:0.00} of ${now.Budget:0.00} today. In the air: {now.InTheAir}. Heard today: {now.Replies} replies, {now.OptOuts} opt-outs.</p>
            <h2>Open incidents</h2>
            {(now.Incidents.Count == 0 ? Html.Of($"<p>None.</p>") : Html.Of($"<ul>{now.Incidents.Select(i => Html.Of($"<li><b>{i.Kind.Replace('-', ' ')}</b>: {i.Detail} <span class=\"soft\">({i.Subject}, since {now.Local(i.OpenedAt):ddd HH:mm})</span></li>"))}</ul>"))}
            <h2>Next touches</h2>
            {Next(now)}
            <h2>Last touches</h2>
            {Last(now)}
            <h2>What each desk does</h2>
            <p>{now.Desks.Count} desks, {now.Late.Count} late, {now.Restarts} restarts, {now.Errors} errors since the start (each recovered).</p>
            <div class="wide"><table><thead><tr><th>desk</th><th>now</th><th>did last</th><th class="less">at</th><th>back at</th></tr></thead><tbody>{now.Desks.Select(d => Desk(now, d))}</tbody></table></div>
            """);
    }

    public static Html Touches(NowModel now) => Html.Of($"""
        <h1>Touches</h1>
        <p class="soft">Times are {now.OwnerZone}. A name leads to its reasons.</p>
        <h2>Last touches</h2>{Last(now)}
        <h2>Next touches</h2>{Next(now)}
        """);

    public static Html Why(string? who, IReadOnlyList<WhyLetter> letters)
    {
        var form = Html.Of($"<form action=\"/why\" method=\"get\"><input name=\"who\" value=\"{who}\" aria-label=\"Name, e-mail address, phone number or id\" placeholder=\"name, e-mail, phone or id\" maxlength=\"200\"><button>Why?</button></form>");
        var answer = string.IsNullOrWhiteSpace(who) ? Html.Of($"<p>One person: what was done, what comes next, every rule's finding with its source.</p>")
            : letters.Count == 0 ? Html.Of($"<p>Nobody here is “{who}”. Give a name, an e-mail address, a phone number with area code, or an id.</p>")
            : Html.Join(letters.Select(l => Html.Of($"<pre>{string.Join('\n', l.Lines())}</pre>")));
        return Html.Of($"<h1>Why?</h1>{form}{answer}");
    }

    public static Html NoKey(string howToGetAnother) => Html.Of($"""
        <h1>This page needs its link.</h1>
        <p>It shows people's names, so it opens only with the link that Meridian prints when it starts. The link works once and lasts twelve hours in the browser that used it.</p>
        <p>For a new link, {howToGetAnother}.</p>
        """);

    private static string Headline(NowModel now) => now.Paused ? "Paused: nothing begins" : now.Late.Count > 0 ? "Running, but something is late" : "Running";

    private static Html Zone(ZoneGlance z) => Html.Of($"<li class=\"{(z.IsOpen ? "open" : "closed")}\">{z.Name}<b>{z.Local:HH:mm}</b>{z.Standing}</li>");

    private static Html Today(Target t) => Html.Of($"<tr><td>{t.Name}</td><td class=\"n\">{t.Done}</td><td class=\"n\">{t.From} to {t.To}</td><td>{t.Standing}</td></tr>");

    private static Html Next(NowModel now) => now.Next.Count == 0 ? Html.Of($"<p>Nothing is offered.</p>") : Html.Of($"""
        <div class="wide"><table><thead><tr><th>about</th><th>what</th><th>who</th><th class="less">where</th><th>why then</th></tr></thead><tbody>{now.Next.Select(n => Html.Of(
            $"<tr><td>{When(now, n.Expected)}</td><td>{n.Channel}</td><td>{Who(n.LeadId, n.Who)}</td><td class=\"less\">{n.Place}</td><td>{n.Because}</td></tr>"))}</tbody></table></div>
        """);

    private static Html Last(NowModel now) => now.Last.Count == 0 ? Html.Of($"<p>Nothing has been begun yet.</p>") : Html.Of($"""
        <div class="wide"><table><thead><tr><th>at</th><th>what</th><th>who</th><th class="less">where</th><th>outcome</th><th class="less">from</th></tr></thead><tbody>{now.Last.Select(l => Html.Of(
            $"<tr><td>{When(now, l.BegunAt)}</td><td>{l.Channel}</td><td>{Who(l.LeadId, l.Who)}</td><td class=\"less\">{l.Place}</td><td>{l.Outcome}</td><td class=\"less\">{l.Sender}</td></tr>"))}</tbody></table></div>
        """);

    private static Html Desk(NowModel now, DeskGlance d) => Html.Of($"""
        <tr><td>{d.Name}{(d.Key == "all" ? "" : $" {d.Key}")}</td><td>{d.Standing}</td><td>{d.Did}</td><td class="less">{(d.LastTurnAt is { } at ? When(now, at) : "")}</td><td>{(d.NextTurnAt is { } next ? When(now, next) : "when woken")}</td></tr>
        """);

    private static Html Who(string leadId, string name) => Html.Of($"<a href=\"/why?who={Uri.EscapeDataString(leadId)}\">{name}</a>");

    private static string When(NowModel now, NodaTime.Instant at)
    {
        var local = now.Local(at);
        return local.Date == now.OwnerTime.Date ? $"{local:HH:mm}" : $"{local:ddd HH:mm}";
    }
}
