using System.CommandLine;
using System.Text.Json;
using Meridian.Adapters.Sql;
using Meridian.Domain.Compliance.Pack;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Host.Commands;

/// <summary><c>counsel</c>: who signed which rules off. <c>counsel sign --name NAME --firm FIRM --on DAY</c> records it.</summary>
public static class CounselCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("counsel", "Shows who of your counsel signed the contact rules off, and whether the rules in force are still those.") { data, json };
        command.Subcommands.Add(Sign());
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var book = new SqlCounsel(folder.Store, folder.Ids);
            var all = await book.AllAsync();
            var warning = await book.WarningAsync(await LawAsync(folder));
            if (parsed.GetValue(json)) CommonOptions.Print(new { warning, signed = all.Select(s => new { s.Name, s.Firm, signed_on = Day(s.SignedOn), rules = s.PackVersion, as_of = Day(s.PackAsOf), sha256 = s.PackSha256, s.Note, recorded_by = s.RecordedBy, recorded_at = s.RecordedAt.ToString() }) });
            else
            {
                foreach (var s in all) Console.WriteLine($"{Day(s.SignedOn)}  {s.Name}, {s.Firm}: rules {s.PackVersion} of {Day(s.PackAsOf)}, sha256 {s.PackSha256}{(s.Note is { } n ? $"; {n}" : "")} (recorded by {s.RecordedBy})");
                Console.WriteLine(warning is null ? "The rules and papers in force are signed off." : $"warning: {warning}");
            }

            return warning is null ? ExitCodes.Ok : ExitCodes.FoundProblem;
        });
        return command;
    }

    private static Command Sign()
    {
        var name = new Option<string>("--name") { Description = "the lawyer who read the rules", Required = true };
        var firm = new Option<string>("--firm") { Description = "where they practise", Required = true };
        var on = new Option<string>("--on") { Description = "the day they signed, as 2026-11-23", Required = true };
        var note = new Option<string?>("--note") { Description = "what they want changed or remembered" };
        var data = CommonOptions.Data();
        var command = new Command("sign", "Records that counsel read the rules of this build (docs/verdicts.md shows them case by case) and stands by them.") { name, firm, on, note, data };
        command.SetAction(async (parsed, cancellation) =>
        {
            var (who, where) = (Given.Words("--name", parsed.GetValue(name)!), Given.Words("--firm", parsed.GetValue(firm)!));
            if (!LocalDatePattern.Iso.Parse(parsed.GetValue(on)!.Trim()).TryGetValue(default, out var day)) throw new UsageException($"--on is '{parsed.GetValue(on)}': give a day as 2026-11-23");
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            // A demo's clock may stand before these rules were made; counsel signs on a real day.
            var today = (folder.IsDemo ? Instant.Max(folder.Clocks.Now, folder.Clocks.MachineNow) : folder.Clocks.Now).InUtc().Date;
            if (day > today.PlusDays(1)) throw new UsageException($"--on is {Day(day)}: that day has not come yet");
            if (day < ContactRulesPack.Current.AsOf) throw new UsageException($"--on is {Day(day)}: the rules of this build are of {Day(ContactRulesPack.Current.AsOf)}, so nobody can have read them before");
            await new SqlCounsel(folder.Store, folder.Ids).SignAsync(who, where, day, parsed.GetValue(note), await LawAsync(folder), Environment.UserName, folder.Clocks.Now);
            Console.WriteLine($"Recorded: {who}, {where}, signed the contact rules {ContactRulesPack.Current.Version} of {Day(ContactRulesPack.Current.AsOf)} on {Day(day)}.");
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>Permits, registrations, exemptions and emergencies as they are in force.</summary>
    private static async Task<string> LawAsync(DataFolder folder) => JsonSerializer.Serialize((await folder.Facts.SettingsAsync()).Law);

    private static string Day(LocalDate day) => LocalDatePattern.Iso.Format(day);
}
