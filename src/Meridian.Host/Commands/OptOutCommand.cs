using System.CommandLine;
using Meridian.Adapters.Sql;
using Meridian.Domain.Leads;
using Meridian.Engine.Ledger;

namespace Meridian.Host.Commands;

/// <summary><c>optout ADDRESS</c>: suppresses an address and everybody who holds it, at once and for good.</summary>
public static class OptOutCommand
{
    public static Command Create()
    {
        var address = new Argument<string>("address") { Description = "an e-mail address or a US phone number" };
        var reason = new Option<string>("--reason") { Description = "kept with the suppression", DefaultValueFactory = _ => "asked the owner to stop" };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("optout", "Puts an address, and everybody who holds it, on the suppression list.") { address, reason, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var id = Normalise(parsed.GetValue(address)!);
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var people = new SqlPeopleLedger(folder.Store, folder.Ids);
            var result = await people.OptOutAsync(new OptOutOrder([id], null, parsed.GetValue(reason)!, "owner", null, folder.Clocks.Now, Environment.UserName));
            if (parsed.GetValue(json)) CommonOptions.Print(new { addresses = result.AddressIds, leads = result.LeadIds, live_calls = result.LiveCalls.Count });
            else Console.WriteLine($"Suppressed {string.Join(", ", result.AddressIds)}; {result.LeadIds.Count} people opted out. Nothing begins for them after this moment.");
            return ExitCodes.Ok;
        });
        return command;
    }

    private static string Normalise(string text)
    {
        if (text.Contains('@')) return EmailAddress.TryParse(text, out var email, out var why) ? email.Value : throw new UsageException($"'{text}' is not an e-mail address: {why}");
        return PhoneNumber.TryParse(text, out var phone, out var reason) ? phone.E164 : throw new UsageException($"'{text}' is not a US phone number: {reason}");
    }
}
