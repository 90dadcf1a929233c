using System.Text;
using CsvHelper;
using Meridian.Adapters.Mail;
using Meridian.Domain.Compliance;
using Meridian.Engine.Inbound;

namespace Meridian.Tests.Domain.Compliance;

/// <summary>One line of <c>opt-out-cases.csv</c>: what somebody wrote or said, where, and how the house reads it.</summary>
internal sealed record OptOutCase(string Group, string Words, string Channel, OptOutReading Verdict, string Note)
{
    private static readonly MailSignals Mail = new();

    public static IReadOnlyList<OptOutCase> All { get; } = Load();

    /// <summary>Read the way the engine reads this channel.</summary>
    public OptOutReading Read() => ReadAs(Words);

    /// <summary>The same wish in another dress, on the same channel.</summary>
    public OptOutReading ReadAs(string words) => Channel switch
    {
        "text" => OptOutWords.Read(words),
        "call" => Said.Read(words),
        "email" => Mail.Read(Letter(words)) switch
        {
            SignalMeaning.MailOptOut => OptOutReading.OptOut,
            SignalMeaning.MailReply { IsUnclear: true } => OptOutReading.Unclear,
            SignalMeaning.MailReply => OptOutReading.No,
            var other => throw new InvalidOperationException($"{words} is read as {other}"),
        },
        _ => throw new InvalidOperationException($"no channel {Channel}"),
    };

    private static string Letter(string words) => new RawMail("ana@growth1.example", 1, 1, DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(
        $"From: Dana <dana@people.example>\nTo: ana@growth1.example\nSubject: Re: hello\nMessage-ID: <1@people.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{words}\n")).ToJson();

    private static List<OptOutCase> Load()
    {
        using var file = new StreamReader(typeof(OptOutCase).Assembly.GetManifestResourceStream("opt-out-cases.csv")!);
        using var csv = CsvReader.FromText(file.ReadToEnd(), new CsvReaderOptions { HasHeader = false });
        csv.Read(); // group, words, channel, verdict, note
        var cases = new List<OptOutCase>();
        while (csv.Read())
        {
            cases.Add(new(csv.GetString(0), csv.GetString(1), csv.GetString(2), csv.GetString(3) switch { "yes" => OptOutReading.OptOut, "no" => OptOutReading.No, "unclear" => OptOutReading.Unclear, var v => throw new InvalidOperationException($"no verdict {v}") }, csv.GetString(4)));
        }

        return cases;
    }
}
