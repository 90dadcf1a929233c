using System.Text.RegularExpressions;

namespace Meridian.Sandbox.People;

/// <summary>
/// Some people who are written to open the link to the consent page and sign it, with a number of their own: they read the page as a browser does and send
/// back its form. The log hears of it when the page has said thank you.
/// </summary>
internal sealed partial class Signing : IDisposable
{
    private const double Share = 0.08;
    private const int MostTries = 30;
    private static readonly TimeSpan PageIsDown = TimeSpan.FromMinutes(1);
    private static readonly string[] AreaCodes = ["201", "203", "206", "212", "213", "215", "216", "240", "267", "302", "303", "312", "314", "323", "404", "410", "412", "414", "503", "504", "512", "602", "612", "617", "702", "703", "713", "801", "804", "860"];

    private readonly SandboxOptions options;
    private readonly Chance chance;
    private readonly SandboxLog log;
    private readonly TimerQueue timers;
    private readonly HashSet<string> decided;
    private readonly Lock gate = new();
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ActivityHeadersPropagator = null });

    public Signing(SandboxOptions options, Chance chance, SandboxLog log, TimerQueue timers)
    {
        (this.options, this.chance, this.log, this.timers) = (options, chance, log, timers);
        decided = [.. log.Found.Where(l => l.Kind == "consent").Select(l => l.From!)];
    }

    /// <summary>A letter was read.</summary>
    public void Read(string person, string? letter, DateTimeOffset sentAt)
    {
        if (!options.PeopleSign || letter is null || Link().Match(letter) is not { Success: true } link || chance.Roll("signs", person) >= Share) return;
        lock (gate)
        {
            if (!decided.Add(person)) return;
        }

        Plan(person, new Uri(link.Value), sentAt + chance.Seconds(5 * 60, 8 * 3600, "signs-after", person), MostTries);
    }

    public void Dispose() => http.Dispose();

    private void Plan(string person, Uri page, DateTimeOffset at, int tries) => timers.Schedule(at, async ct =>
    {
        using var exchange = options.BeginExchange();
        try
        {
            if (await SignAsync(person, page, ct)) return;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // The page is away: people try again for a while.
        }

        if (tries > 1) Plan(person, page, Stamp.Now(options.Clock) + PageIsDown, tries - 1);
    });

    /// <summary>False: the page asks to try again.</summary>
    private async Task<bool> SignAsync(string person, Uri page, CancellationToken ct)
    {
        var both = chance.Roll("signs-both", person) < 0.5;
        var number = $"+1{chance.Pick(AreaCodes, "signs-area", person)}55501{(int)(chance.Roll("signs-number", person) * 100):00}";
        using var look = await http.GetAsync(page, ct);
        var hash = Hash().Match(await look.Content.ReadAsStringAsync(ct)).Groups[1].Value;
        var fields = new Dictionary<string, string> { ["text"] = hash, ["number"] = number, ["signature"] = person[..person.IndexOf('@')].Replace('.', ' '), ["calls"] = "yes" };
        if (both) fields["texts"] = "yes";
        using var form = new FormUrlEncodedContent(fields);
        using var answer = await http.PostAsync(page, form, ct);
        if (answer.IsSuccessStatusCode) log.Append(now => new LogLine(now, "web", "consent") { From = person, To = number, Subject = both ? "call,sms" : "call", Outcome = "signed" });
        return (int)answer.StatusCode != 503;
    }

    [GeneratedRegex(@"https?://\S+/c/[\w.\-]+")]
    private static partial Regex Link();

    [GeneratedRegex("name=\"text\" value=\"(\\w+)\"")]
    private static partial Regex Hash();
}
