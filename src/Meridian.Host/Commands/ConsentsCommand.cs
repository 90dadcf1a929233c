using System.CommandLine;
using Meridian.Adapters.Sql;
using Meridian.Engine.Dispatch;

namespace Meridian.Host.Commands;

/// <summary><c>consents [PERSON]</c>: who signed the consent page, for what, when and from where; of one person also their link.</summary>
public static class ConsentsCommand
{
    private const int Most = 200;

    public static Command Create()
    {
        var person = new Argument<string?>("person") { Description = "an e-mail address, a phone number, a name or a lead id; left out: everybody, newest first", Arity = ArgumentArity.ZeroOrOne };
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("consents", "Shows who signed the consent page, and a person's own link to it.") { person, data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var folder = await DataFolder.OpenAsync(parsed.GetValue(data)!, cancellation: cancellation);
            var lead = parsed.GetValue(person) is { } text ? await OnePerson.FindAsync(folder, text) : null;
            var book = new SqlConsents(folder.Store, folder.Ids);
            var signatures = await book.SignaturesAsync(lead, Most);
            var owner = await new SqlFacts(folder.Store, folder.Ids).SettingsAsync();
            var link = lead is null ? null : ConsentLinks.For(lead, owner.PublicUrl, await book.LinkSecretAsync(cancellation));
            if (parsed.GetValue(json)) CommonOptions.Print(new { link, signatures = signatures.Select(s => new { s.Id, lead = s.LeadId, number = s.AddressId, s.Channels, s.Seller, s.Signature, text_version = s.TextVersion, text_sha256 = s.TextHash, from = s.FromAddress, s.Browser, at = s.SignedAt.ToString(), good_until = s.ExpiresAt?.ToString(), s.Text }) });
            else
            {
                foreach (var s in signatures) Console.WriteLine($"{s.SignedAt}  {s.LeadId}  {s.AddressId}  {s.Channels,-9}  signed \"{s.Signature}\" for {s.Seller}, words {s.TextVersion}, from {s.FromAddress}{(s.ExpiresAt is { } end ? $", good until {end.InUtc().Date:uuuu-MM-dd}" : "")}");
                if (signatures.Count == 0) Console.WriteLine("Nobody has signed yet. Put {{consent_link}} into an e-mail: it becomes each person's own link.");
                if (link is not null) Console.WriteLine($"Their link: {link}");
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
