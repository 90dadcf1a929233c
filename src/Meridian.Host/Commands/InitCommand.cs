using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters;
using Meridian.Adapters.Apollo;
using Meridian.Adapters.Http;
using Meridian.Domain.Campaigns;
using Meridian.Engine;
using Meridian.Host.Composition;
using Meridian.Host.Demo;
using Meridian.Host.Run;
using Meridian.Host.Setup;
using Spectre.Console;

namespace Meridian.Host.Commands;

/// <summary><c>init</c>: the first set-up. Asks, or takes a file of answers in the shape of <c>meridian.json</c>, and leaves a campaign that is ready.</summary>
public static class InitCommand
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var answers = new Option<FileInfo?>("--answers") { Description = "a JSON file with the answers, in the shape of meridian.json, instead of questions" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("init", "Sets Meridian up: asks for what it cannot know and leaves a campaign that is ready.") { answers, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = parsed.GetValue(data)!.FullName;
            var file = Path.Combine(folder, MeridianSettings.FileName);
            DemoFolder.RefuseIn(folder);
            if (File.Exists(file)) throw new UsageException($"{file} is there already: edit it (a running Meridian takes it over by itself), or name another folder with --data");
            if (parsed.GetValue(answers) is { Exists: false } missing) throw new UsageException($"there is no file {missing.FullName}");
            if (parsed.GetValue(answers) is null && Console.IsInputRedirected) throw new UsageException("init asks questions, but nobody is at the keyboard: give --answers FILE");

            var settings = parsed.GetValue(answers) is { } given
                ? await KeepAsync(folder, file, await AnswersAsync(given, cancellation), cancellation)
                : await KeepAsync(folder, file, SetUpQuestions.Ask(AnsiConsole.Console), cancellation, refusedTo: $"{file}.refused");
            await using var opened = await DataFolder.OpenAsync(new DirectoryInfo(folder), mustExist: false, cancellation);
            foreach (var sequence in new[] { SopSequence.Default, SopSequence.EmailFirstWithFollowUps }) SequenceTexts.Write(folder, sequence);
            await new Installation(opened.Store, opened.Ids, folder).ApplyAsync(settings, opened.Clocks.Now);
            var counts = await CountAsync(settings, opened.Clocks, cancellation);

            if (parsed.GetValue(json)) CommonOptions.Print(new { settings = file, texts = Path.Combine(folder, "texts"), sequence = settings.Campaign.Sequence, searches = counts, warning = UnheardReplies.Of(settings) });
            else Say(folder, file, settings, counts);
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <exception cref="UsageException">It is no JSON object.</exception>
    internal static async Task<JsonObject> AnswersAsync(FileInfo given, CancellationToken cancellation)
    {
        try
        {
            var read = JsonNode.Parse(await File.ReadAllTextAsync(given.FullName, cancellation), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return read as JsonObject ?? throw new UsageException($"{given.FullName}: the answers must be an object in braces, in the shape of meridian.json, such as {{ \"owner\": {{ ... }}, \"mailboxes\": [ ... ] }}");
        }
        catch (JsonException e)
        {
            throw new UsageException($"{given.FullName} is not JSON: {e.Message}");
        }
    }

    /// <summary>Tried as a whole in a folder beside it first: a file with a mistake never takes the place of none.</summary>
    /// <param name="refusedTo">Where answers somebody typed are kept when they are refused; null: they lie in a file already.</param>
    private static async Task<MeridianSettings> KeepAsync(string folder, string file, JsonObject text, CancellationToken cancellation, string? refusedTo = null)
    {
        var trial = Directory.CreateTempSubdirectory("meridian-init-").FullName;
        try
        {
            var tried = Path.Combine(trial, MeridianSettings.FileName);
            await WritePrivatelyAsync(tried, text, cancellation);
            MeridianSettings settings;
            try
            {
                settings = MeridianSettings.Load(trial, StrayVariables.Refused);
                if (Installation.Missing(settings) is { Count: > 0 } missing) throw new UsageException(string.Join(Environment.NewLine, missing));
            }
            catch (UsageException e)
            {
                var why = e.Message.Replace(tried, "the answers", StringComparison.Ordinal);
                if (refusedTo is null) throw new UsageException(why);
                PrivateFolder.Make(folder);
                File.Delete(refusedTo);
                await WritePrivatelyAsync(refusedTo, text, cancellation);
                throw new UsageException($"{why}{Environment.NewLine}Your answers are kept in {refusedTo}: correct them there, then: meridian init --answers {refusedTo}");
            }

            PrivateFolder.Make(folder);
            await WritePrivatelyAsync(file, text, cancellation);
            return settings;
        }
        finally
        {
            Directory.Delete(trial, recursive: true);
        }
    }

    /// <summary>It may hold keys: only its owner may read it.</summary>
    private static async Task WritePrivatelyAsync(string file, JsonObject settings, CancellationToken cancellation)
    {
        await using var writer = new StreamWriter(PrivateFile.Open(file, FileMode.CreateNew));
        await writer.WriteAsync(settings.ToJsonString(Readable).AsMemory(), cancellation);
    }

    /// <summary>How many people each search has; asking is free. A sentence when Apollo does not tell.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> CountAsync(MeridianSettings settings, Clocks clocks, CancellationToken cancellation)
    {
        var counts = new Dictionary<string, string>();
        if (settings.Apollo is not { } apollo) return counts;
        var prospects = new ApolloProspects(ProviderHttp.Create(TimeSpan.FromSeconds(10)), apollo, clocks);
        foreach (var search in settings.Searches)
        {
            var page = await prospects.SearchAsync(search.Filter() with { PerPage = 1 }, 1, cancellation);
            counts[search.Name] = page.Refusal is { } no ? $"not known yet: {no.Reason}" : $"{page.Total:N0} people".Replace(",", " ", StringComparison.Ordinal);
        }

        return counts;
    }

    /// <summary>What calls and texts wait for; e-mails need none of it.</summary>
    private static IEnumerable<string> Papers(MeridianSettings settings)
    {
        var law = settings.Owner!.Law;
        var (calls, texts) = (settings.CallerIds.Count > 0, settings.TextNumbers.Count > 0);
        if (texts && law.TextCampaign is null) yield return "Texts wait until somebody attests the 10DLC campaign they go out under: owner.law.textCampaign (brandId, campaignId, attestedBy).";
        if ((calls || texts) && law.StatesThatLackPapers(calls) is { Count: > 0 } states)
            yield return $"Nobody is {(calls && texts ? "called or texted" : calls ? "called" : "texted")} in {string.Join(", ", states)} until the paper that state asks for is entered: owner.law.registrations, exemptions, permits, reassignedNumbers.";
    }

    private static void Say(string folder, string file, MeridianSettings settings, IReadOnlyDictionary<string, string> counts)
    {
        Console.WriteLine($"Set up. Settings: {file} (only you may read it; keys may also be given as MERIDIAN__vapi__apiKey and so on).");
        Console.WriteLine($"What Meridian says is in {Path.Combine(folder, "texts", settings.Campaign.Sequence)}: read it, change it; Meridian refuses a text that lacks what the law asks for.");
        foreach (var (name, count) in counts) Console.WriteLine($"Search '{name}': {count}.");
        var lacks = new List<string>();
        if (settings.CallerIds.Count == 0) lacks.Add("no calls (vapi, callerIds)");
        if (settings.TextNumbers.Count == 0) lacks.Add("no texts (highLevel, textNumbers)");
        if (settings.Mailboxes.Count == 0) lacks.Add("no e-mails (mailboxes)");
        if (settings.Searches.Count == 0) lacks.Add("nobody is searched for (apollo, searches); import a file instead");
        if (settings.Owner!.PublicUrl is not { Length: > 0 }) lacks.Add($"no opt-out links and no webhooks (owner.publicUrl); people opt out by {(UnheardReplies.Of(settings) is null ? "mail, " : "")}text and word");
        if (lacks.Count > 0) Console.WriteLine($"Not set up: {string.Join("; ", lacks)}.");
        foreach (var paper in Papers(settings)) Console.WriteLine(paper);
        if (UnheardReplies.Of(settings) is { } unheard) Console.WriteLine($"WARNING: {unheard}. {UnheardReplies.Fix}");
        Console.WriteLine("Have your counsel read docs/verdicts.md, then: meridian counsel sign --name NAME --firm FIRM --on DATE");
        Console.WriteLine("Next:  meridian import FILE --attest \"YOUR NAME\"   your own list, with the consents you attest");
        Console.WriteLine("       meridian shadow                             what would go out, word for word; nothing is sent");
        Console.WriteLine("       meridian run                                for real");
    }
}
