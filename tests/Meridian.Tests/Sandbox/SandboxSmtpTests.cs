using MailKit.Net.Smtp;
using Xunit;

namespace Meridian.Tests.Sandbox;

public class SandboxSmtpTests
{
    [Fact]
    public async Task Several_messages_of_one_connection_are_logged_with_decoded_subject_and_plain_words()
    {
        await using var world = await World.StartAsync();
        using var mail = await Mail.ConnectAsync(world);
        var subject = string.Concat(Enumerable.Repeat("📧 SENT: Müller & Söhne – ", 6)).Trim();
        var body = "Grüß Gott,\n.a line with a dot\n..two\nand = an equals sign " + new string('x', 1200);
        Assert.Null(await mail.TrySendAsync("dana@example.org", "tch_A-1", subject, body.Replace("\n", "\r\n"), "<p>Not this</p>"));
        Assert.Null(await mail.TrySendAsync("Owner@Example.com", "own.tch_A-1", "copy", "plain"));

        Assert.Equal(["email", "owner_email"], world.Log.Select(l => (string?)l["kind"]));
        Assert.Equal(["tch_A-1", "tch_A-1"], world.Log.Select(l => (string?)l["touch"]));
        Assert.Equal((subject, body), ((string?)world.Log[0]["subject"], (string?)world.Log[0]["body"]));
        Assert.Equal(("sales@example.com", "owner@example.com"), ((string?)world.Log[0]["from"], (string?)world.Log[1]["to"]));
        Assert.True(world.FallsSilent(), "an idle connection holds an exchange open");
    }

    [Fact]
    public async Task An_unknown_mailbox_is_refused_every_time_and_the_connection_lives_on()
    {
        await using var world = await World.StartAsync();
        using var mail = await Mail.ConnectAsync(world);
        var refused = new List<string>();
        for (var i = 0; i < 200; i++)
            if (await mail.TrySendAsync($"p{i}@example.org", $"tch_{i}", "s", "b") == SmtpStatusCode.MailboxUnavailable) refused.Add($"p{i}@example.org");

        Assert.InRange(refused.Count, 2, 20);
        Assert.Equal(refused, world.Kind("bounce").Select(l => (string)l["to"]!));
        Assert.All(world.Kind("bounce"), l => Assert.Null(l["touch"]));
        Assert.Equal(200 - refused.Count, world.Kind("email").Count());
        Assert.Equal(SmtpStatusCode.MailboxUnavailable, await mail.TrySendAsync(refused[0], "tch_again", "s", "b"));
    }
}
