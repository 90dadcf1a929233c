using System.CommandLine;
using Meridian.Adapters.Sql;
using Meridian.Engine.Ledger;

namespace Meridian.Host.Commands;

/// <summary><c>erase PERSON --reason TEXT</c>: opts out, keeps apart what the law wants kept for five years, wipes the rest. Asks first.</summary>
public static class EraseCommand
{
    public static Command Create()
    {
        var person = new Argument<string>("person") { Description = "an e-mail address, a phone number, a name or a lead id" };
        var reason = new Option<string>("--reason") { Description = "who asked, and how; kept with the record", Required = true };
        var yes = new Option<bool>("--yes") { Description = "do it; without this it only says what would be done" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("erase", "Erases a person: they are opted out, the records the law wants are kept apart for five years, everything else is wiped.") { person, reason, yes, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var why = Given.Words("--reason", parsed.GetValue(reason)!);
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var lead = await OnePerson.FindAsync(folder, parsed.GetValue(person)!);
            if (!parsed.GetValue(yes))
            {
                var (says, canBe) = await WouldAsync(folder, lead);
                if (parsed.GetValue(json)) CommonOptions.Print(new { person = lead, done = false, can_be_erased = canBe, says });
                else foreach (var line in says) Console.WriteLine(line);
                return canBe ? ExitCodes.Ok : ExitCodes.FoundProblem;
            }

            var people = new SqlPeopleLedger(folder.Store, folder.Ids);
            await people.OptOutAsync(new OptOutOrder([], lead, "asked to be erased", "owner", why, folder.Clocks.Now, Environment.UserName));
            var became = await new SqlRecords(folder.Store, folder.Ids).EraseAsync(lead, why, Environment.UserName, folder.Clocks.Now);
            if (became is Erasure.Cannot cannot) throw new UsageException($"{lead} was opted out but not erased: {cannot.Why}");
            var done = (Erasure.Done)became;
            if (parsed.GetValue(json)) CommonOptions.Print(new { person = lead, record = done.RecordId, sha256 = done.Sha256, keep_until = done.KeepUntil.ToString(), suppressed = done.Addresses });
            else
            {
                Console.WriteLine($"{lead} is erased. Their record is kept apart as {done.RecordId} until {done.KeepUntil.InUtc().Date:uuuu-MM-dd}; `meridian evidence {lead} --restricted --reason TEXT` opens it, and that is written down.");
                Console.WriteLine($"Still closed to us: {string.Join(", ", done.Addresses)}.");
                Console.WriteLine("Not in this database, so yours to erase: the file they were imported from, their contact at HighLevel, mail in your mailboxes, backups, evidence files made before, and meridian.log.");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>What <c>--yes</c> would do, and whether anything would be erased.</summary>
    internal static async Task<(IReadOnlyList<string> Says, bool CanBe)> WouldAsync(DataFolder folder, string lead)
    {
        var facts = (await folder.Facts.LeadAsync(lead))!;
        var who = $"{lead} {facts.Lead.FullName}: {facts.Touches.Count(t => t.BegunAt is not null)} contacts, {facts.Consents.Count} consents, {string.Join(", ", facts.Addresses.Select(a => a.AddressId))}.";
        if ((await new SqlRecords(folder.Store, folder.Ids).HoldsAsync()).FirstOrDefault(h => h.LeadId == lead) is { } hold)
        {
            return (
                [
                    who,
                    $"A legal hold keeps everything about them since {hold.PlacedAt.InUtc().Date:uuuu-MM-dd}: {hold.Matter} (by {hold.PlacedBy}). Nothing is erased before `meridian legal-hold {lead} --lift`.",
                    "Nothing was done. The same again with --yes would erase nothing, but it would opt them out with everybody who shares an address of theirs: whoever asks to be forgotten wants to be left alone.",
                ], false);
        }

        return (
            [
                who,
                $"They would be opted out with everybody who shares an address of theirs, wiped from every table, and their record kept apart for {SqlRecords.Years} years. Their addresses stay on the suppression list.",
                "Nothing was done. The same again with --yes does it, and it cannot be undone.",
            ], true);
    }
}
