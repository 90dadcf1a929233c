using System.CommandLine;
using Meridian.Adapters.Sql;
using Meridian.Host.Why;

namespace Meridian.Host.Commands;

/// <summary><c>why LEAD</c>: where this person stands, every rule's finding per channel with its source, and when that can next change.</summary>
public static class WhyCommand
{
    public static Command Create()
    {
        var who = new Argument<string>("lead") { Description = "a lead id, an e-mail address, a phone number, a name, or the source's own id" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("why", "Explains one person: what was done, what comes next, and why (not).") { who, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var text = parsed.GetValue(who)!;
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var leads = await WhoIsMeant.FindAsync(new SqlReports(folder.Store), text);
            if (leads.Count == 0) leads = [await OnePerson.FindAsync(folder, text)]; // by name one is meant; an address may be several people's, and each is explained
            var letters = new List<WhyLetter>();
            foreach (var lead in leads) letters.AddRange(await WhyLetter.ReadAsync(folder, lead));
            if (parsed.GetValue(json)) CommonOptions.Print(letters);
            else foreach (var line in letters.SelectMany((l, i) => i == 0 ? l.Lines() : l.Lines().Prepend(""))) Console.WriteLine(line);
            return ExitCodes.Ok;
        });
        return command;
    }
}
