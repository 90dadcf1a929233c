using Meridian.Domain.Compliance;
using Meridian.Engine.HumanCalls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Host.Dashboard;

/// <summary>
/// <c>/tasks</c>: the calls that need a person. A number shows only while it may be dialled; "Dial" takes it, and one button says what came of it.
/// The only page that changes anything, for browsers that came by the one-time link and forms of our own.
/// </summary>
public static class CallTaskEndpoints
{
    private const int MostShown = 50;
    private const string Actor = "the dashboard";

    public static void Map(IEndpointRouteBuilder routes, ICallTasks tasks, CallDesk desk, OneTimeLink link)
    {
        routes.MapGet("/tasks", async (HttpContext http) =>
        {
            if (!DashboardEndpoints.Knows(link, http)) await NoKeyAsync(http);
            else await ShowAsync(http, StatusCodes.Status200OK, null);
        });

        routes.MapPost("/tasks/{id}", async (HttpContext http, string id) =>
        {
            if (!DashboardEndpoints.Knows(link, http) || !IsOurForm(http))
            {
                await NoKeyAsync(http);
                return;
            }

            var form = await http.Request.ReadFormAsync(http.RequestAborted);
            var (status, said) = await ActAsync(id, form["do"].ToString(), form["note"].ToString());
            await ShowAsync(http, status, said);
        });

        async Task<(int Status, string Said)> ActAsync(string id, string what, string note)
        {
            if (await tasks.FindAsync(id) is not { } task) return (StatusCodes.Status404NotFound, "There is no such task.");
            if (what == "dial") return await desk.DialAsync(task, Actor) is { } no ? (StatusCodes.Status409Conflict, $"Not now: {no}") : (StatusCodes.Status200OK, $"Dial {task.AddressId} now, then say what came of it.");
            if (CallOutcomes.Read(what) is not { } outcome) return (StatusCodes.Status400BadRequest, $"'{what}' is no outcome.");
            return await desk.CloseAsync(task, outcome, note.Trim() is { Length: > 0 } words ? words[..Math.Min(words.Length, 1000)] : null, Actor)
                ? (StatusCodes.Status200OK, $"{task.Name}: {CallOutcomes.Say(outcome)}.")
                : (StatusCodes.Status409Conflict, "That was recorded before.");
        }

        async Task ShowAsync(HttpContext http, int status, string? said)
        {
            var shown = new List<CallStanding>();
            foreach (var task in await tasks.OpenAsync(MostShown))
                if (await desk.StandingAsync(task) is { } standing) shown.Add(standing);
            await DashboardPage.WriteAsync(http, status, "Calls to make", "/tasks", Page(shown, said));
        }

        Task NoKeyAsync(HttpContext http) => DashboardPage.WriteAsync(http, StatusCodes.Status403Forbidden, "Link needed", null, DashboardPages.NoKey(link.HowToGetAnother));
    }

    /// <summary>The cookie goes to no other site's form; where the browser says whose form it is, it must be ours.</summary>
    private static bool IsOurForm(HttpContext http) =>
        http.Request.HasFormContentType && (http.Request.Headers.Origin.ToString() is not { Length: > 0 } origin || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == http.Request.Host.Value));

    private static Html Page(IReadOnlyList<CallStanding> shown, string? said)
    {
        var word = said is null ? Html.Nothing : Html.Of($"<p role=\"status\"><b>{said}</b></p>");
        var body = shown.Count == 0
            ? Html.Of($"<p>Nobody needs to call anybody. A task appears when only the lack of a written consent keeps the AI voice from calling, and owner.humanCalls is on.</p>")
            : Html.Join(shown.OrderBy(s => s.Task.BegunAt is null).ThenBy(s => s.WhyNot is not null).ThenBy(s => s.Task.ExpiresAt).Select(Task));
        return Html.Of($"<h1>Calls to make</h1>{word}{body}");
    }

    private static Html Task(CallStanding s)
    {
        var t = s.Task;
        var who = Html.Of($"<h2><a href=\"/why?who={t.LeadId}\">{(t.Name.Length > 0 ? t.Name : "Somebody")}</a>{(t.Title is null ? "" : $", {t.Title}")}{(t.CompanyName is null ? "" : $", {t.CompanyName}")}</h2>");
        if (t.BegunAt is not null)
        {
            var buttons = CallOutcomes.All.Select(o => Html.Of($"<button name=\"do\" value=\"{CallOutcomes.Word(o)}\">{CallOutcomes.Say(o)}</button>"));
            return Html.Of($"{who}<p>Dialling <b>{Number(t)}</b>. What came of it?</p><form action=\"/tasks/{t.Id}\" method=\"post\"><input name=\"note\" aria-label=\"Note\" placeholder=\"a note, if you like\" maxlength=\"1000\">{buttons}</form>");
        }

        return s.WhyNot is null
            ? Html.Of($"{who}<p>May be called now, until {s.Verdict.ValidUntil} at the latest. The task ends {t.ExpiresAt}.</p><form action=\"/tasks/{t.Id}\" method=\"post\"><button name=\"do\" value=\"dial\">Dial {Number(t)}</button></form>")
            : Html.Of($"{who}<p class=\"soft\">Not now: {s.WhyNot}</p>");
    }

    private static string Number(CallTask t) => t.Extension is null ? t.AddressId : $"{t.AddressId} ext. {t.Extension}";
}
