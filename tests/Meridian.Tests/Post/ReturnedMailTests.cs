using System.Reflection;
using System.Text;
using Meridian.Adapters.Mail;
using Meridian.Engine.Inbound;
using Xunit;

namespace Meridian.Tests.Post;

/// <summary>
/// What comes back to a mailbox, in the shapes mail servers, holiday responders and people give it: each written from the format's document or the vendor's own
/// words, with invented addresses. The score is the share that is told apart right, with the touch and the person it is about.
/// </summary>
public sealed class ReturnedMailTests
{
    [Fact]
    public void Every_shape_of_returned_mail_is_told_apart()
    {
        var shapes = Shapes().ToList();
        Assert.True(shapes.Count >= 100, $"only {shapes.Count} shapes");
        var wrong = shapes.Where(s => s.Seen != s.Expected).Select(s => $"{s.Name}: expected {s.Expected}, saw {s.Seen}").ToList();
        TestContext.Current.TestOutputHelper?.WriteLine($"{shapes.Count - wrong.Count} of {shapes.Count} shapes of returned mail are told apart");
        if (wrong.Count > 0) Assert.Fail($"{shapes.Count - wrong.Count} of {shapes.Count}:\n{string.Join('\n', wrong)}");
    }

    private static IEnumerable<(string Name, string Expected, string Seen)> Shapes()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Meridian.Tests.Post.returned-mail.txt")!;
        using var reader = new StreamReader(stream);
        foreach (var shape in reader.ReadToEnd().Split("@@@ ", StringSplitOptions.RemoveEmptyEntries))
        {
            var line = shape.IndexOf('\n');
            var head = shape[..line].Split('|', StringSplitOptions.TrimEntries);
            var raw = new RawMail("ana@growth.example", 1, 1, DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(shape[(line + 1)..].Replace("\n", "\r\n"))).ToJson();
            yield return (head[0], Told(head[1], head[2], head[3]), Seen(new MailSignals().Read(raw)));
        }
    }

    private static string Told(string kind, string touch, string who) => kind is "none" ? kind : kind is "delayed" or "delivered" ? "nothing" : $"{kind} {touch} {who}";

    private static string Seen(SignalMeaning meaning) => meaning switch
    {
        SignalMeaning.MailBounce b => $"{b.Failure.ToString().ToLowerInvariant()} {b.TouchId ?? "-"} {b.Recipient ?? "-"}",
        SignalMeaning.MailAutoReply a => $"auto {a.TouchId ?? "-"} dana@people.example",
        SignalMeaning.MailOptOut o => $"optout {o.TouchId ?? "-"} {o.From ?? "-"}",
        SignalMeaning.MailReply r => $"reply {r.TouchId ?? "-"} {r.From}",
        SignalMeaning.Nothing n => n.Why.Contains("complains of nothing", StringComparison.Ordinal) ? "none" : "nothing",
        var other => other.ToString(),
    };
}
