using System.CommandLine;
using Meridian.Adapters.DoNotCall;
using Meridian.Adapters.Sql;
using Meridian.Domain.Compliance.Pack;
using Meridian.Domain.Compliance.Rules;
using NodaTime;
using NodaTime.Text;

namespace Meridian.Host.Commands;

/// <summary><c>dnc</c>: which do-not-call lists are loaded and how old they are. <c>dnc import FILE --list national --as-of DATE</c> loads one.</summary>
public static class DncCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("dnc", "Shows the do-not-call lists that are loaded. Calls by a person need lists drawn at most 31 days ago.") { data, json };
        command.Subcommands.Add(Import());
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var lists = await new SqlDoNotCall(folder.Store, folder.Ids).AllAsync();
            var today = folder.Clocks.Now.InUtc().Date;
            if (parsed.GetValue(json)) CommonOptions.Print(lists.Select(l => new { list = l.Name, area_code = l.AreaCode, as_of = l.AsOf.ToString("uuuu-MM-dd", null), days_old = Period.DaysBetween(l.AsOf, today), numbers = l.Numbers, file = l.FileName }));
            else if (lists.Count == 0) Console.WriteLine("No do-not-call list is loaded: only lines that a carrier lookup confirms as a business' own may be called by a person.\nGet the national list at telemarketing.donotcall.gov, then: meridian dnc import FILE --list national --as-of DATE");
            else
                foreach (var l in lists)
                {
                    var age = Period.DaysBetween(l.AsOf, today);
                    Console.WriteLine($"{l.Name} {(l.AreaCode.Length == 0 ? "every area code" : l.AreaCode)}: {l.Numbers} numbers as of {l.AsOf.ToString("uuuu-MM-dd", null)}, {age} days old{(age > DoNotCallLists.MostDaysOld ? ": TOO OLD, load it again" : "")}");
                }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static Command Import()
    {
        var file = new Argument<FileInfo>("file") { Description = "one number a line, as the registry gives it" };
        var list = new Option<string>("--list") { Description = "national, or the two letters of a state that keeps its own", Required = true };
        var asOf = new Option<string>("--as-of") { Description = "the day it was drawn from the registry, as 2026-11-16", Required = true };
        var areas = new Option<string?>("--area-codes") { Description = "national: the area codes it covers, if some have no number in it, as 202,703" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("import", "Loads a do-not-call list; of the same list and area code the newer replaces the older, as a whole.") { file, list, asOf, areas, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var name = parsed.GetValue(list)!.Trim();
            name = name.Equals("national", StringComparison.OrdinalIgnoreCase) ? "national" : name.ToUpperInvariant();
            if (name != "national" && !DoNotCallLists.StatesWithTheirOwn.Contains(name)) throw new UsageException($"--list is '{parsed.GetValue(list)}': use national, or one of {string.Join(", ", DoNotCallLists.StatesWithTheirOwn.Order())}");
            if (!LocalDatePattern.Iso.Parse(parsed.GetValue(asOf)!.Trim()).TryGetValue(default, out var day)) throw new UsageException($"--as-of is '{parsed.GetValue(asOf)}': give a day as 2026-11-16");
            if (!parsed.GetValue(file)!.Exists) throw new UsageException($"there is no file {parsed.GetValue(file)!.FullName}");
            await using (var before = await DataFolder.LookAsync(parsed.GetValue(data)!, cancellation))
                if (day > before.Clocks.Now.InUtc().Date.PlusDays(1)) throw new UsageException($"--as-of is {parsed.GetValue(asOf)}: that day has not come yet; give the day on which the list was drawn");

            IReadOnlyDictionary<string, IReadOnlyCollection<string>> numbers;
            IReadOnlyList<string> faults;
            using (var reader = parsed.GetValue(file)!.OpenText()) (numbers, faults) = DoNotCallFile.Read(reader);
            if (faults.Count > 0) throw new UsageException($"nothing was loaded:\n{string.Join('\n', faults)}");
            var covered = name == "national" ? Covered(numbers, parsed.GetValue(areas)) : new Dictionary<string, IReadOnlyCollection<string>> { [""] = numbers.Values.SelectMany(n => n).ToList() };
            if (covered.Count == 0) throw new UsageException("the file has no number: name the area codes it covers with --area-codes, if that is right");
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, mustExist: false, cancellation);
            var all = await new SqlDoNotCall(folder.Store, folder.Ids).LoadAsync(name, covered, day, parsed.GetValue(file)!.Name, Environment.UserName, folder.Clocks.Now, cancellation);
            var total = covered.Values.Sum(n => n.Count);
            if (parsed.GetValue(json)) CommonOptions.Print(new { list = name, numbers = total, area_codes = covered.Keys.Order(), as_of = day.ToString("uuuu-MM-dd", null), replaced_all = all });
            else Console.WriteLine($"{total} numbers of {covered.Count} {(name == "national" ? "area codes" : "list")} as of {day.ToString("uuuu-MM-dd", null)}.{(all ? "" : " A newer list of some of them was there already and stays.")}");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static Dictionary<string, IReadOnlyCollection<string>> Covered(IReadOnlyDictionary<string, IReadOnlyCollection<string>> numbers, string? named)
    {
        var covered = new Dictionary<string, IReadOnlyCollection<string>>(numbers, StringComparer.Ordinal);
        foreach (var area in (named ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!ContactRulesPack.Current.AreaCodes.ContainsKey(area)) throw new UsageException($"--area-codes names '{area}', which does not exist");
            covered.TryAdd(area, []);
        }

        return covered;
    }
}
