using System.CommandLine;
using System.Globalization;
using Meridian.Adapters.Csv;
using Meridian.Adapters.Sql;
using Meridian.Domain.Leads;
using Meridian.Engine;
using Meridian.Host.Demo;

namespace Meridian.Host.Commands;

/// <summary>
/// <c>test-on-me</c>: the owner becomes a person of the campaign, with their own written word as consent, and gets one of each by the real path: same policy,
/// same hours, same caps, same ledger, same texts.
/// </summary>
public static class TestOnMeCommand
{
    private const string Source = "test-on-me";

    public static Command Create()
    {
        var attest = new Option<string>("--attest") { Description = "your name: you declare that these addresses are yours and that you want to be called and texted", Required = true };
        var phone = new Option<string?>("--phone") { Description = "your mobile; without it you get the e-mail only" };
        var state = new Option<string?>("--state") { Description = "the state you are in, if your number is from elsewhere, e.g. CO" };
        var again = new Option<bool>("--again") { Description = "once more after an earlier test; the caps of a person hold for you, too" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("test-on-me", "Sends you one of each through the real path: an e-mail, and with --phone a call and a text.") { attest, phone, state, again, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var name = parsed.GetValue(attest)!;
            if (string.IsNullOrWhiteSpace(name)) throw new UsageException("--attest needs your name");
            DemoFolder.RefuseIn(parsed.GetValue(data)!.FullName);
            PhoneNumber? number = null;
            if (parsed.GetValue(phone) is { } typed && !PhoneNumber.TryParse(typed, out number, out var why)) throw new UsageException($"--phone '{typed}' is not a US phone number: {why}");
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var owner = await folder.Facts.SettingsAsync();
            if (!EmailAddress.TryParse(owner.OwnerEmail, out var email, out _)) throw new UsageException("owner.ownerEmail is not set: run `meridian init` and start `meridian run` once, so that the campaign exists");
            await new SqlSetup(folder.Store, folder.Ids).KeepDesksAsync(folder.Clocks.Now);

            var book = new SqlRounds(folder.Store, folder.Ids);
            var before = await book.RoundsAsync(email.Value);
            var temporary = Directory.CreateTempSubdirectory("meridian-");
            var file = Path.Combine(temporary.FullName, $"{Source}.csv");
            try
            {
                Write(file, name, email.Value, number?.E164, parsed.GetValue(state), owner, folder.Clocks);
                await new CsvImport(folder.Store, folder.Ids, folder.Clocks).ImportAsync(file, name, dryRun: false, null, cancellation);
            }
            finally
            {
                temporary.Delete(recursive: true);
            }

            var rounds = await book.EnrollAsync(email.Value, parsed.GetValue(again), name, folder.Clocks.Now, before);
            if (rounds.Count == 0) throw new UsageException("no campaign takes people in yet: start `meridian run` once, then try again");
            var fresh = rounds.Any(r => r.Began);
            if (parsed.GetValue(json)) CommonOptions.Print(new { email = email.Value, phone = number?.E164, rounds = rounds.Select(r => new { campaign = r.CampaignId, round = r.Round, began = r.Began }) });
            else if (!fresh) Console.WriteLine($"{email.Value} was tested before, or opted out, or a test is still under way. Use --again for another round; see: meridian why {email.Value}");
            else Console.WriteLine($"{email.Value}{(number is null ? "" : $" and {number.E164}")}: the e-mail goes out as soon as `meridian run` works, the call and the text in your own local hours.\nWhere it stands: meridian why {email.Value}");
            return fresh ? ExitCodes.Ok : ExitCodes.FoundProblem;
        });
        return command;
    }

    private static void Write(string file, string name, string email, string? phone, string? state, OwnerSettings owner, Clocks clocks)
    {
        string?[] header = ["Full Name", "Company Name", "Email", "Mobile Phone", "State", "Country", "Lead Source", "AI Voice Consent", "SMS Consent", "Consent Date", "Consent Seller", "Consent Text Version", "Consent Evidence"];
        var yes = phone is null ? "" : "yes";
        string?[] row = [name, owner.SellerName, email, phone, state, "US", Source, yes, yes, phone is null ? "" : clocks.Now.InUtc().Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture), owner.SellerName, Source, $"declared by {name} on the command line"];
        File.WriteAllLines(file, new[] { header, row }.Select(fields => string.Join(',', fields.Select(f => $"\"{f?.Replace("\"", "\"\"", StringComparison.Ordinal)}\""))));
    }
}
