using System.CommandLine;
using Meridian.Adapters.Sql;
using Meridian.Host.Evidence;

namespace Meridian.Host.Commands;

/// <summary><c>evidence PERSON --reason TEXT</c>: everything kept of one person, as data and as a page, with hashes; each making is in the audit.</summary>
public static class EvidenceCommand
{
    public static Command Create()
    {
        var person = new Argument<string>("person") { Description = "an e-mail address, a phone number, a name or a lead id" };
        var reason = new Option<string>("--reason") { Description = "why it is made; kept in the audit and in the pack", Required = true };
        var restricted = new Option<bool>("--restricted") { Description = "also open what was kept apart when they were erased" };
        var output = new Option<DirectoryInfo?>("--out") { Description = "where the two files go (default: evidence in the data folder)" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("evidence", "Writes everything kept of one person: why each contact was allowed, what was said, every consent and opt-out.") { person, reason, restricted, output, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var why = Given.Words("--reason", parsed.GetValue(reason)!);
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var lead = await OnePerson.FindAsync(folder, parsed.GetValue(person)!);
            var now = folder.Clocks.Now;
            var records = new SqlRecords(folder.Store, folder.Ids);
            var opened = parsed.GetValue(restricted) ? await records.OpenAsync(lead, why, Environment.UserName, now) : [];
            var sections = await new SqlEvidence(folder.Store).ReadAsync(lead, cancellation);
            var seller = (await folder.Facts.SettingsAsync()).SellerName;
            var pack = EvidencePack.Of(lead, seller, sections, opened, Environment.UserName, why, now);

            // Written down before the files exist: nobody takes a pack away unseen.
            await records.LogEvidenceAsync(lead, why, pack.Sha256, Environment.UserName, now);
            var target = parsed.GetValue(output)?.FullName ?? Path.Combine(folder.Path, "evidence");
            var name = $"{lead}-{now:uuuuMMdd'T'HHmmss'Z'}";
            var (jsonFile, page) = EvidenceFiles.Write(target, name, pack);
            if (parsed.GetValue(json)) CommonOptions.Print(new { person = lead, json = jsonFile, page, sha256 = pack.Sha256, events = pack.Timeline.Count, signatures = pack.Signatures.Select(s => new { s.Id, s.WordsUnchanged }), restricted = opened.Select(r => new { r.Id, r.Intact }) });
            else
            {
                Console.WriteLine($"{page}\n{jsonFile}\nsha256 {pack.Sha256} (in the audit, too); {pack.Timeline.Count} things happened.");
                if (sections.First(s => s.Name == "restricted_records").Rows.Count > opened.Count) Console.WriteLine("They were erased: what the law wants kept is apart. --restricted opens it, and that is written down.");
            }

            return pack.Signatures.All(s => s.WordsUnchanged) && opened.All(r => r.Intact) ? ExitCodes.Ok : ExitCodes.FoundProblem;
        });
        return command;
    }
}
