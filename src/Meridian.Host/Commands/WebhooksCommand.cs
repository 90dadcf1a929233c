using System.CommandLine;
using Meridian.Adapters.HighLevel;
using Meridian.Host.Composition;
using Meridian.Host.Run;

namespace Meridian.Host.Commands;

/// <summary><c>webhooks</c>: the secret addresses to enter at the providers.</summary>
public static class WebhooksCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var json = CommonOptions.Json();
        var command = new Command("webhooks", "Shows the addresses to enter at HighLevel, so that its news reaches us. Keep them secret.") { data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var path = parsed.GetValue(data)!;
            var settings = MeridianSettings.Load(path.FullName, StrayVariables.Noted);
            if (settings.Owner?.PublicUrl is not { Length: > 0 } url) throw new UsageException("owner.publicUrl is not set: webhooks need an address at which the outside reaches this machine; without one, news is polled");
            await using var folder = await DataFolder.OpenAsync(path, mustExist: false, cancellation);
            var secrets = await new Installation(folder.Store, folder.Ids, folder.Path).SecretsAsync();
            var highLevel = $"{url.TrimEnd('/')}/webhooks/highlevel/{secrets.Webhook}";
            var forms = settings.HighLevel?.ConsentForms ?? [];
            if (parsed.GetValue(json)) CommonOptions.Print(new { highlevel = highLevel, vapi = $"{url.TrimEnd('/')}/webhooks/vapi", consent_forms = forms.Select(f => f.CustomData().ToDictionary(d => d.Key, d => d.Value)) });
            else
            {
                Console.WriteLine($"HighLevel (Automation → Webhook action on \"Customer replied\" and \"Contact DND\"):\n  {highLevel}");
                foreach (var line in Of(forms)) Console.WriteLine(line);
                Console.WriteLine("Apollo needs nothing: each order of phones names its own address.");
                Console.WriteLine($"Vapi needs nothing: each call names {url.TrimEnd('/')}/webhooks/vapi itself.");
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>What to enter in the workflows of consent forms.</summary>
    internal static IEnumerable<string> Of(IReadOnlyList<ConsentFormSettings> forms)
    {
        foreach (var form in forms)
        {
            yield return $"HighLevel form '{form.Name.Trim()}' (Automation → Webhook action on \"Form submitted\", to the same address), custom data:";
            foreach (var (key, value) in form.CustomData()) yield return $"  {key,-14} {value}";
        }

        if (forms.Count > 0) yield return "  Replace what stands in {{ }} by the fields of your own form: one that stays as it is counts as not given. submitted_at is as 2026-11-23T15:04:05-05:00, consent_calls and consent_texts are yes or no.";
    }
}
