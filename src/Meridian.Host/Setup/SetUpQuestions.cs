using System.Globalization;
using System.Text.Json.Nodes;
using Meridian.Domain.Leads;
using Meridian.Engine;
using Spectre.Console;

namespace Meridian.Host.Setup;

/// <summary>Asks an owner, one question at a time, for what Meridian cannot know. Everything but the first five may be left empty and added later.</summary>
public static class SetUpQuestions
{
    public static JsonObject Ask(IAnsiConsole console)
    {
        console.WriteLine("Meridian asks for what it cannot know. Everything can be changed later in meridian.json; Enter leaves an optional answer empty.\n");
        // What cannot be right is asked again at once; the answers before it stay.
        string Need(string question, string? proposal = null, Func<string, string?>? wrong = null)
        {
            var prompt = new TextPrompt<string>(Markup.Escape(question)).Validate(Check(wrong));
            return console.Prompt(proposal is null ? prompt : prompt.DefaultValue(proposal)).Trim();
        }

        string May(string question, Func<string, string?>? wrong = null) =>
            console.Prompt(new TextPrompt<string>($"{Markup.Escape(question)} [grey](optional)[/]").AllowEmpty().Validate(Check(text => text.Length == 0 ? null : wrong?.Invoke(text)))).Trim();
        string Secret(string question) => console.Prompt(new TextPrompt<string>($"{Markup.Escape(question)} [grey](optional)[/]").AllowEmpty().Secret()).Trim();

        var owner = new JsonObject
        {
            ["sellerName"] = Need("Registered name of the company that sells:"),
            ["postalAddress"] = Need("Its postal address (printed in every e-mail, the law asks for it):"),
            ["ownerEmail"] = Need("Your e-mail address, for copies and reports:", wrong: NoEmail),
            ["zone"] = Need("Your time zone:", "America/New_York", NoZone),
            ["dailyBudgetUsd"] = decimal.Parse(Need("Most money a day, US dollars, all channels together:", "25", NoMoney), NumberStyles.Float, CultureInfo.InvariantCulture),
        };
        Put(owner, "offer", May("What you offer, in one sentence people would understand:"));
        Put(owner, "sellerPhone", May("A number people can call back, as +12125550100 (calls need it):", NoPhone));
        Put(owner, "publicUrl", May("The address at which the outside reaches this machine, as https://reach.example.com:", NoUrl));
        var settings = new JsonObject { ["owner"] = owner };

        if (May("Mailbox to send from, as ann@example.com:", NoEmail) is { Length: > 0 } mailbox)
        {
            var box = new JsonObject { ["address"] = mailbox, ["host"] = Need("Its outgoing server (SMTP):"), ["port"] = int.Parse(Need("Port:", "587", NoPort), CultureInfo.InvariantCulture) };
            Put(box, "user", May("User name there:"));
            Put(box, "password", Secret("Password there (many providers want an app password):"));
            if (May("Its incoming server (IMAP), to hear replies and those who write STOP:") is { Length: > 0 } imap) box["imap"] = new JsonObject { ["host"] = imap };
            if (console.Confirm("Is the mailbox new (then it starts with 10 e-mails a day)?")) box["warmSince"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            settings["mailboxes"] = new JsonArray(box);
        }

        if (Secret("Vapi private key, to call those who agreed:") is { Length: > 0 } vapi)
        {
            settings["vapi"] = new JsonObject { ["apiKey"] = vapi, ["assistantId"] = Need("Id of the assistant at Vapi:") };
            settings["callerIds"] = new JsonArray(new JsonObject { ["phoneNumberId"] = Need("Id of your number at Vapi:"), ["number"] = Need("The number itself, as +12125550100:", wrong: NoPhone) });
        }

        if (Secret("HighLevel private integration token, to text those who agreed:") is { Length: > 0 } token)
        {
            settings["highLevel"] = new JsonObject { ["token"] = token, ["locationId"] = Need("Location id at HighLevel:") };
            if (May("The location's text number, as +12125550100:", NoPhone) is { Length: > 0 } number)
            {
                settings["textNumbers"] = new JsonArray(new JsonObject { ["number"] = number });
                if (May("The 10DLC campaign these texts are registered under, its id (texts wait for it):") is { Length: > 0 } campaign)
                    owner["law"] = new JsonObject { ["textCampaign"] = new JsonObject { ["campaignId"] = campaign, ["brandId"] = Need("Its brand's id:"), ["attestedBy"] = Need("Your name, as who looked it up and attests that it is approved:") } };
            }

        }

        if (Secret("Apollo key, to find people:") is { Length: > 0 } apollo)
        {
            settings["apollo"] = new JsonObject { ["apiKey"] = apollo };
            var search = new JsonObject { ["name"] = "First search", ["titles"] = List(Need("Whom do you look for? Job titles, separated by commas:", "owner, office manager")) };
            if (List(May("In which places? Separated by semicolons, as Virginia, US; empty: all of the United States"), ';') is { Count: > 0 } places) search["places"] = places;
            settings["searches"] = new JsonArray(search);
        }

        settings["campaign"] = new JsonObject { ["sequence"] = console.Prompt(new SelectionPrompt<string>().Title("Which walk?").AddChoices("sop", "email-first")) };
        return settings;
    }

    private static Func<string, ValidationResult> Check(Func<string, string?>? wrong) => text => wrong?.Invoke(text.Trim()) is { } why ? ValidationResult.Error($"[red]{Markup.Escape(why)}[/]") : ValidationResult.Success();

    private static string? NoEmail(string text) => EmailAddress.TryParse(text, out _, out var why) ? null : $"'{text}' is not an e-mail address: {why}";

    private static string? NoPhone(string text) =>
        !PhoneNumber.TryParse(text, out var phone, out var why) ? $"'{text}' is not a US number: {why}" : phone.E164 != text ? $"write '{text}' as {phone.E164}" : null;

    private static string? NoZone(string text) => OwnersZone.Problem(text) is { } place ? $"'{text}' is no time zone: {place}" : null;

    private static string? NoMoney(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var money) && money >= 0 ? null : $"'{text}' is no amount: give a number such as 25";

    private static string? NoPort(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535 ? null : $"'{text}' is no port: give 1 to 65535";

    private static string? NoUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" ? null : $"'{text}' is no address: give one such as https://reach.example.com";

    private static JsonArray List(string text, char separator = ',') =>
        new([.. text.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(t => (JsonNode)JsonValue.Create(t))]);

    private static void Put(JsonObject into, string name, string value)
    {
        if (value.Length > 0) into[name] = value;
    }
}
