using System.CommandLine;
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
            var settings = MeridianSettings.Load(path.FullName);
            if (settings.Owner?.PublicUrl is not { Length: > 0 } url) throw new UsageException("owner.publicUrl is not set: webhooks need an address at which the outside reaches this machine; without one, news is polled");
            await using var folder = await DataFolder.OpenAsync(path, mustExist: false, cancellation);
            var secrets = await new Installation(folder.Store, folder.Ids, folder.Path).SecretsAsync();
            var highLevel = $"{url.TrimEnd('/')}/webhooks/highlevel/{secrets.Webhook}";
            if (parsed.GetValue(json)) CommonOptions.Print(new { highlevel = highLevel, vapi = $"{url.TrimEnd('/')}/webhooks/vapi" });
            else
            {
                Console.WriteLine($"HighLevel (Automation → Webhook action on \"Customer replied\" and \"Contact DND\"):\n  {highLevel}");
                Console.WriteLine("Apollo needs nothing: each order of phones names its own address.");
                Console.WriteLine($"Vapi needs nothing: each call names {url.TrimEnd('/')}/webhooks/vapi itself.");
            }

            return ExitCodes.Ok;
        });
        return command;
    }
}
