using System.CommandLine;
using Meridian.Adapters.Sql;
using Meridian.Domain.Pacing;
using Meridian.Domain.Pulling;
using Meridian.Engine.Pulling;
using Meridian.Host.Composition;
using Meridian.Host.Run;
using Meridian.Host.Pull;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Host.Commands;

/// <summary>
/// <c>pull</c>: HighLevel contacts for the day on which nobody is left to contact. <c>pull preview</c> shows who would come and who not, <c>pull confirm</c> puts the
/// filter in force, <c>pull off</c> ends it, and <c>pull</c> alone says where it stands.
/// </summary>
public static class PullCommand
{
    private static readonly Duration PreviewIsGoodFor = Duration.FromDays(1);

    public static Command Create()
    {
        var excluded = new Option<bool>("--excluded") { Description = "list the contacts that were looked at and not pulled, with every reason" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("pull", "Contacts of your HighLevel for when nobody is left: by a filter you confirmed, at most 50 a day, never customers or people in a conversation.") { excluded, data, json };
        command.Subcommands.Add(Preview());
        command.Subcommands.Add(Confirm());
        command.Subcommands.Add(Off());
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var (book, owner, now) = (new SqlPull(folder.Store, folder.Ids), await folder.Facts.SettingsAsync(), folder.Clocks.Now);
            var settings = await book.SettingsAsync();
            var need = await book.NeedAsync(Pace.DayOf(now, owner.Zone), owner.Zone, now);
            var inForce = settings.Confirmed is { } c && c.Filter.HashWith(owner.TagsNeverPulled()) == c.Hash;
            var tally = await book.TallyAsync();
            var seen = parsed.GetValue(excluded) ? (await book.SeenAsync(null, 500)).Where(s => s.State != PullState.Pulled).ToList() : [];
            if (parsed.GetValue(json))
            {
                CommonOptions.Print(new
                {
                    confirmed = settings.Confirmed is { } f ? new { filter = f.Filter.ToString(), f.Hash, by = f.ConfirmedBy, at = f.At.ToString(), in_force = inForce, f.Statement } : null,
                    pulled_today = need.PulledToday, most_today = owner.PullPerDay, nobody_left = need.IsZero, looked_at = tally.ToDictionary(t => Words.Of(t.Key), t => t.Value),
                    excluded = seen.Select(s => new { contact = s.ContactId, state = Words.Of(s.State), s.Why, looked_at = s.LookedAt.ToString(), look_again_at = s.LookAgainAt?.ToString() }),
                });
                return ExitCodes.Ok;
            }

            Console.WriteLine(settings.Confirmed is not { } confirmed ? "No filter is confirmed: nobody is pulled. See who would be: meridian pull preview --tag NAME"
                : inForce ? $"In force: contacts {confirmed.Filter}; confirmed by {confirmed.ConfirmedBy} on {Day(confirmed.At, owner.Zone)}."
                : "The filter is no longer confirmed: owner.pullNeverTags was changed after it. Nobody is pulled until you preview and confirm again.");
            Console.WriteLine(need.IsZero ? $"Nobody else is left: {need.PulledToday} of at most {owner.PullPerDay} pulled today." : $"Nothing is pulled now: {need.WhyNot}.");
            foreach (var (state, people) in tally) Console.WriteLine($"  {people,5}  {Say(state)}");
            foreach (var s in seen) Console.WriteLine($"{s.LookedAt}  {s.ContactId}  {Say(s.State)}: {s.Why}{(s.LookAgainAt is { } at ? $" (looked at again on {Day(at, owner.Zone)})" : "")}");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Preview()
    {
        static Option<string[]> Each(string name, string what) => new(name) { Description = what, AllowMultipleArgumentsPerToken = false };
        var tag = Each("--tag", "only contacts with this tag; given several times: with any of them");
        var notTag = Each("--not-tag", "no contact with this tag");
        var source = Each("--source", "only contacts of this source; given several times: of any of them");
        var state = Each("--state", "only contacts in this state, as TX; given several times: in any of them");
        var since = new Option<string?>("--added-since") { Description = "only contacts added on this day or later, as 2026-01-31" };
        var before = new Option<string?>("--added-before") { Description = "only contacts added before this day" };
        var most = new Option<int>("--most") { Description = "look at this many contacts at most", DefaultValueFactory = _ => 50 };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("preview", "Shows which HighLevel contacts a filter would pull, and which not and why. Reads only.") { tag, notTag, source, state, since, before, most, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var filter = PullFilter.Of(
                parsed.GetValue(tag) ?? [], parsed.GetValue(notTag) ?? [], parsed.GetValue(source) ?? [], parsed.GetValue(state) ?? [], Given("--added-since", parsed.GetValue(since)), Given("--added-before", parsed.GetValue(before)));
            if (filter.Problems() is { Count: > 0 } problems) throw new UsageException(string.Join(Environment.NewLine, problems));
            if (parsed.GetValue(most) is < 1 or > 1000) throw new UsageException("--most: give 1 to 1000");
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var settings = MeridianSettings.Load(folder.Path);
            if (LiveProviders.Create(settings, new InstallSecrets("", ""), folder.Clocks, folder.Store).Contacts is not { } contacts) throw new UsageException("highLevel is not set up: give highLevel.token and highLevel.locationId in meridian.json");

            var (book, owner) = (new SqlPull(folder.Store, folder.Ids), await folder.Facts.SettingsAsync());
            var terms = await book.TermsAsync(owner);
            var result = await new PullPreview(contacts, book, folder.Clocks).RunAsync(filter, terms, parsed.GetValue(most), cancellation);
            var hash = filter.HashWith(terms.NeverTags);
            await book.PreviewedAsync(new PreviewedPull(filter, hash, result.Matching, result.Rows.Count, result.WouldBePulled, folder.Clocks.Now));
            if (parsed.GetValue(json))
            {
                CommonOptions.Print(new
                {
                    filter = filter.ToString(), hash, matching = result.Matching, looked_at = result.Rows.Count, whole = result.IsWhole, would_be_pulled = result.WouldBePulled,
                    contacts = result.Rows.Select(r => new { contact = r.ContactId, r.Name, pulled = r.State is null, state = Words.Of(r.State), r.Why }),
                });
                return ExitCodes.Ok;
            }

            Console.WriteLine($"Contacts {filter}: HighLevel finds {result.Matching}, {result.Rows.Count} looked at{(result.IsWhole ? "" : " (--most shows more)")}.");
            foreach (var r in result.Rows.Where(r => r.State is null)) Console.WriteLine($"  pull    {r.Name}  {r.ContactId}");
            foreach (var r in result.Rows.Where(r => r.State is not null)) Console.WriteLine($"  no      {r.Name ?? "(nobody)"}  {r.ContactId}: {r.Why}");
            Console.WriteLine($"{result.WouldBePulled} would be pulled, {result.Rows.Count - result.WouldBePulled} not. Nothing was changed. To put it in force, at most {owner.PullPerDay} a day and only when nobody is left: meridian pull confirm --attest \"YOUR NAME\"");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Confirm()
    {
        var attest = new Option<string>("--attest") { Description = "your name: you state that these contacts are no customers and may be contacted as strangers", Required = true };
        var data = CommonOptions.Data();
        var command = new Command("confirm", "Puts the filter of the last preview in force, in the place of the one before.") { attest, data };
        command.SetAction(async (parsed, cancellation) =>
        {
            var name = Commands.Given.Words("--attest", parsed.GetValue(attest)!);
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var (book, owner, now) = (new SqlPull(folder.Store, folder.Ids), await folder.Facts.SettingsAsync(), folder.Clocks.Now);
            if ((await book.SettingsAsync()).Previewed is not { } seen) throw new UsageException("there is nothing to confirm: look first, with meridian pull preview --tag NAME");
            if (seen.At + PreviewIsGoodFor < now) throw new UsageException("the preview is older than a day, and others may match by now: look again, with meridian pull preview");
            if (seen.Filter.HashWith(owner.TagsNeverPulled()) != seen.Hash) throw new UsageException("owner.pullNeverTags was changed after the preview: look again, with meridian pull preview");
            await new SqlSetup(folder.Store, folder.Ids).KeepDesksAsync(now);
            if (await book.ConfirmAsync(seen.Hash, name, now) is not { } confirmed) throw new UsageException("another filter was previewed at this very moment: look again, with meridian pull preview");
            Console.WriteLine($"In force: contacts {confirmed.Filter}. When nobody is left, at most {owner.PullPerDay} a day are pulled. Kept in the audit: {confirmed.Statement}");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Off()
    {
        var data = CommonOptions.Data();
        var command = new Command("off", "Nobody is pulled any more; who was pulled stays.") { data };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var was = await new SqlPull(folder.Store, folder.Ids).OffAsync(Environment.UserName, folder.Clocks.Now);
            Console.WriteLine(was ? "Off: nobody is pulled any more." : "It was off: no filter is confirmed.");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static LocalDate? Given(string option, string? text) => text is null ? null
        : LocalDatePattern.Iso.Parse(text.Trim()).TryGetValue(default, out var day) ? day : throw new UsageException($"{option} is '{text}': give a day as 2026-01-31");

    private static string Say(PullState state) => state switch
    {
        PullState.Pulled => "pulled",
        PullState.Known => "known here already",
        PullState.Excluded => "left out for now",
        _ => "asked for silence, kept as an opt-out",
    };

    private static string Day(Instant at, string zone) => LocalDatePattern.Iso.Format(Pace.DayOf(at, zone));
}
