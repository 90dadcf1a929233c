using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Host.Composition;
using NodaTime;

namespace Meridian.Host.Dashboard.Terminal;

/// <summary>What a person at the terminal sees and may do. Each deed answers with a sentence.</summary>
public sealed class Controls(Node node, OneTimeLink link, Uri address, double speed)
{
    private const string Actor = "terminal";
    private readonly NowReader reader = NowReader.Of(node);
    private readonly SqlReports reports = new(node.Store);
    private readonly SqlPauses pauses = new(node.Store, node.Ids);

    public Clocks Clocks => node.Clocks;

    public double Speed => speed;

    /// <summary>The page's link while it has not been used, else where the page is.</summary>
    public string Page => link.Path is { } path ? new Uri(address, path).ToString() : $"page at {address.Authority}";

    public bool LinkIsUsed => link.Path is null;

    public Task<NowModel> LookAsync() => reader.ReadAsync();

    /// <summary>A pause is a condition of every begin: once it is committed, nothing begins.</summary>
    public async Task<string> PauseOrResumeAsync()
    {
        if (await reports.IsPausedAsync())
        {
            await pauses.ResumeEngineAsync(Actor, Clocks.Now);
            return "Resumed.";
        }

        await pauses.PauseEngineAsync(Actor, Clocks.Now);
        return "Paused: nothing begins until p is pressed again.";
    }

    /// <summary>Nothing begins any more, and whoever is on the phone with us is let go.</summary>
    public async Task<string> KillAsync()
    {
        await pauses.KillAsync(Actor, Clocks.Now);
        var calls = (await node.Facts.OpenCallsAsync()).Where(c => c.ControlUrl is not null).ToList();
        var ended = 0;
        foreach (var call in calls)
            if (await node.Outside.Calls.HangUpAsync(call.ControlUrl!, CancellationToken.None)) ended++;
        return $"Stopped: nothing begins, {ended} of {calls.Count} live calls ended, and those under way will be. p resumes.";
    }

    /// <summary>The letters of whoever is meant; a sentence when nobody is.</summary>
    public async Task<IReadOnlyList<string>> WhyAsync(string who)
    {
        var letters = await DashboardEndpoints.LettersAsync(reports, node.Facts, Clocks, who);
        if (letters.Count == 0) return [$"Nobody here is '{who}'. Type a name, an e-mail address, a phone number or an id."];
        return letters.SelectMany((l, i) => i == 0 ? l.Lines() : l.Lines().Prepend("")).ToList();
    }

    public string NewLink() => new Uri(address, link.Renew()).ToString();
}
