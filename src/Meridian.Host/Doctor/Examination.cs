using Meridian.Adapters.Sql;
using Meridian.Engine;
using Meridian.Engine.Checks;
using Meridian.Host.Composition;
using Meridian.Host.Demo;
using Meridian.Host.Run;

namespace Meridian.Host.Doctor;

/// <summary>Everything outside this machine that the settings name, looked at with harmless requests. Changes nothing, here or there.</summary>
public static class Examination
{
    /// <summary>Names a person may ask for one at a time.</summary>
    public static readonly IReadOnlyList<string> Providers = ["settings", "database", "folder", "apollo", "vapi", "highlevel", "smtp", "gmail", "graph", "mailgun", "imap", "dns", "twilio", "public"];

    public static async Task<IReadOnlyList<Examined>> RunAsync(string folder, string? only, Clocks clocks, CancellationToken cancellation)
    {
        MeridianSettings settings;
        try
        {
            settings = MeridianSettings.Load(folder, StrayVariables.Refused);
        }
        catch (UsageException e)
        {
            return [.. e.Message.Split(Environment.NewLine).Select(problem => new Examined("settings", new CheckFinding("settings", false, problem, $"Correct it in {MeridianSettings.FileName}, or in the environment (MERIDIAN__...).")))];
        }

        var found = new List<Examined>();
        var isDemo = DemoFolder.IsOne(folder);
        var missing = isDemo ? [] : Installation.Missing(settings);
        if (only is null or "settings")
        {
            found.AddRange(missing.Select(m => new Examined("settings", new CheckFinding("settings", false, m, "`meridian init` asks for it."))));
            if (isDemo) found.Add(new Examined("settings", new CheckFinding("settings", true, $"{folder} is the folder of a demo: its accounts are invented, and none of yours is set up here", null)));
            else if (missing.Count == 0) found.Add(new Examined("settings", new CheckFinding("settings", true, $"{MeridianSettings.FileName} is complete", null)));
        }

        if ((only is null or "settings" or "imap") && UnheardReplies.Of(settings) is { } unheard)
            found.Add(new Examined("imap", new CheckFinding("hear-replies", false, unheard, UnheardReplies.Fix)));

        await using var store = settings.Database == "sqlite" ? null : OpenStore.Unseen(settings, folder); // only tokens of several engines lie there
        var checks = LiveProviders.Create(settings, new InstallSecrets("", ""), clocks, store).Checks
            .Prepend(new FolderCheck(folder)).Prepend(OpenStore.Check(settings, folder));
        if (settings.Owner?.PublicUrl is { Length: > 0 } url) checks = checks.Append(new PublicAddressCheck(url, clocks.Machine));
        foreach (var check in checks.Where(c => only is null || c.Provider == only))
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<CheckFinding> findings;
            try
            {
                findings = await check.CheckAsync(cancellation);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                findings = [new CheckFinding(check.Provider, false, $"the check itself failed: {e.GetType().Name}: {e.Message}", "Please report this: a check should say what is wrong.")];
            }

            found.AddRange(findings.Select(f => new Examined(check.Provider, f)));
        }

        return found;
    }
}

/// <summary>What was found of one capability.</summary>
public sealed record Examined(string Provider, CheckFinding Finding);
