using System.CommandLine;
using System.Text.Json;
using Meridian.Adapters.HighLevel;
using Meridian.Adapters.Vapi;
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
        var command = new Command("webhooks", "Shows the addresses to enter at HighLevel and Vapi, so that their news reaches us. Keep them secret.") { data, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var path = parsed.GetValue(data)!;
            var settings = MeridianSettings.Load(path.FullName, StrayVariables.Noted);
            if (settings.Owner?.PublicUrl is not { Length: > 0 } url) throw new UsageException("owner.publicUrl is not set: webhooks need an address at which the outside reaches this machine; without one, news is polled");
            await using var folder = await DataFolder.OpenAsync(path, mustExist: false, cancellation);
            var secrets = await new Installation(folder.Store, folder.Ids, folder.Path).SecretsAsync();
            var highLevel = $"{url.TrimEnd('/')}/webhooks/highlevel/{secrets.Webhook}";
            var vapi = settings.Vapi?.WebhookUrl?.AbsoluteUri ?? $"{url.TrimEnd('/')}/webhooks/vapi";
            var forms = settings.HighLevel?.ConsentForms ?? [];
            if (parsed.GetValue(json)) CommonOptions.Print(new { highlevel = highLevel, vapi, vapi_number = Number(vapi, secrets.Webhook), consent_forms = forms.Select(f => f.CustomData().ToDictionary(d => d.Key, d => d.Value)) });
            else
            {
                Console.WriteLine($"HighLevel (Automation → Webhook action on \"Customer replied\" and \"Contact DND\"):\n  {highLevel}");
                foreach (var line in Of(forms)) Console.WriteLine(line);
                Console.WriteLine("Apollo needs nothing: each order of phones names its own address.");
                foreach (var line in OfNumbers([.. settings.CallerIds.Select(c => c.Number)], vapi, secrets.Webhook)) Console.WriteLine(line);
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>What to set at each caller ID at Vapi: a call of ours names our address itself, a call to us is made by nobody who could.</summary>
    internal static IEnumerable<string> OfNumbers(IReadOnlyList<string> numbers, string address, string secret)
    {
        yield return $"Vapi: each call of ours names {address} itself. Whoever calls back is answered only where the number does, too. Set it at {(numbers.Count == 0 ? "each caller ID" : string.Join(", ", numbers))} (dashboard.vapi.ai → Phone Numbers), and no assistant, squad or workflow there:";
        yield return $"  server URL     {address}";
        yield return $"  HTTP header    {VapiWebhookAuth.Header}: {secret}";
        yield return "  Where it takes no header, the same secret as a Bearer token does. By the API: PATCH https://api.vapi.ai/phone-number/<id> with";
        yield return $"  {JsonSerializer.Serialize(Number(address, secret))}";
    }

    /// <summary>As Vapi's API takes it.</summary>
    private static object Number(string address, string secret) => new { server = new { url = address, headers = new Dictionary<string, string> { [VapiWebhookAuth.Header] = secret } } };

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
