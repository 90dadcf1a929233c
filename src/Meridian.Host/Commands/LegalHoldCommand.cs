using System.CommandLine;
using Meridian.Adapters.Sql;

namespace Meridian.Host.Commands;

/// <summary><c>legal-hold [PERSON] --matter TEXT</c>: nothing about the person is erased or dropped until <c>--lift</c>.</summary>
public static class LegalHoldCommand
{
    public static Command Create()
    {
        var person = new Argument<string?>("person") { Description = "an e-mail address, a phone number, a name or a lead id; left out: everybody under a hold", Arity = ArgumentArity.ZeroOrOne };
        var matter = new Option<string?>("--matter") { Description = "the dispute or inquiry it is for" };
        var lift = new Option<bool>("--lift") { Description = "the matter is over" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("legal-hold", "Keeps everything about a person until the hold is lifted; shows who is under one.") { person, matter, lift, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var records = new SqlRecords(folder.Store, folder.Ids);
            if (parsed.GetValue(person) is not { } text)
            {
                var holds = await records.HoldsAsync();
                if (parsed.GetValue(json)) CommonOptions.Print(holds.Select(h => new { person = h.LeadId, h.Matter, placed_by = h.PlacedBy, placed_at = h.PlacedAt.ToString() }));
                else if (holds.Count == 0) Console.WriteLine("Nobody is under a legal hold.");
                else foreach (var h in holds) Console.WriteLine($"{h.LeadId}  {h.Matter}  (by {h.PlacedBy}, {h.PlacedAt})");
                return ExitCodes.Ok;
            }

            var lead = await OnePerson.FindAsync(folder, text);
            if (parsed.GetValue(lift))
            {
                if (!await records.LiftHoldAsync(lead, Environment.UserName, folder.Clocks.Now)) throw new UsageException($"{lead} is under no legal hold");
                Console.WriteLine($"The legal hold on {lead} is lifted.");
                return ExitCodes.Ok;
            }

            var what = Given.Words("--matter", parsed.GetValue(matter) ?? "");
            if (!await records.PlaceHoldAsync(lead, what, Environment.UserName, folder.Clocks.Now)) throw new UsageException($"{lead} is under a legal hold already; lift it first with --lift");
            Console.WriteLine($"Everything about {lead} is kept until `meridian legal-hold {lead} --lift`.");
            return ExitCodes.Ok;
        });
        return command;
    }
}
