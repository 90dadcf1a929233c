using System.Text.Json;
using Meridian.LogCheck;

namespace Meridian.EndToEnd;

internal sealed record LogEntry(string At, string Kind, string From, string To, string? Touch, string? Subject = null);

/// <summary>A tiny import and an honest log of what was done with it, both in a folder of their own; tests then spoil the log.</summary>
internal sealed class LogCheckWorld : IDisposable
{
    private const string Honest =
        "\uFEFFFirst Name,Last Name,Company Name,Email,Email Status,Primary Phone,Mobile Phone,Do Not Call,State,Country,Company Address,Record Id,"
        + "AI Voice Consent,SMS Consent,Consent Seller,Consent Text Version,Consent Evidence\r\n"
        + "Ana,Müller,\"One \n Bakery\", ANA@ONE.EXAMPLE ,Verified,(212) 555-0101,212-555-0101,,NY,US,\"1 Main St, New York, NY 10001\",r1,yes,Y,Growth,v1,https://one.example\r\n"
        + "ana,muller,One Bakery,,,,'+1 212 555 0101,,NY,USA,,r1b,,,,,\r\n"
        + "Ben,Xu,Two Dental,ben@two.example,,213 555 0102 ext. 7,,,CA,US,\"2 Main St, Los Angeles, CA 90001\",r2,TRUE,yes,Growth,v1,https://two.example\r\n"
        + "Cara,Lee,\"Three \"\"Best\"\" Law\",cara@three.example,Catch-all,3125550103,,,IL,United States,\"3 Main St, Chicago, IL 60601\",r3,yes,yes,Growth,v1,\r\n"
        + "Dora,Iyer,Four Roofing,dora@four.example,Verified,212-555-0104,,True,NY,US,,r4,yes,yes,Growth,v1,https://four.example\r\n"
        + "Eve,Park,Five Solar,eve@five.example,Verified,312-555-0105,,,IL,US,,r5,yes,yes,Growth,v1,https://five.example\r\n"
        + "Finn,Park,Five Solar,finn@five.example,Verified,312-555-0105,,,IL,US,,r6,yes,yes,Growth,v1,https://five.example\r\n"
        + "Uma,Dang,Seven Auto,uma@seven.example,Unavailable,555-0100,+44 20 7946 0958,,IL,US,,r7,,,,,\r\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("logcheck").FullName;
    private readonly List<LogEntry> _log = [];

    public LogCheckWorld()
    {
        Email("14:00:00", "box1@growth.example", "ana@one.example", "t-ana-email", "One Bakery");
        Email("14:05:00", "box2@growth.example", "ben@two.example", "t-ben-email", "Two Dental");
        Email("14:10:00", "box3@growth.example", "cara@three.example", "t-cara-email", "Three \"Best\" Law");
        Email("14:15:00", "box4@growth.example", "eve@five.example", "t-eve-email", "Five Solar");
        Email("14:20:00", "box5@growth.example", "finn@five.example", "t-finn-email", "Five Solar");
        Call("14:30:00", "+12025550180", "+12125550101", "t-ana-call");
        Add(new("2026-11-16T14:40:00.000Z", "sms", "+12025550190", "+12125550101", "t-ana-sms"));
        Call("17:00:00", "+12025550181", "+12135550102", "t-ben-call");
        Add(new("2026-11-16T20:00:00.000Z", "optout", "cara@three.example", "box3@growth.example", null));
    }

    public string Import { get; set; } = Honest;

    /// <summary>Raw text before and after the log's lines.</summary>
    public string Head { get; set; } = "";

    public string Tail { get; set; } = "";

    /// <summary>The record of requests beside the log; null: there is none.</summary>
    public string? Wire { get; set; }

    public void Add(LogEntry entry) => _log.Add(entry);

    public void Call(string time, string from, string to, string touch) => Add(new($"2026-11-16T{time}.000Z", "call", from, to, touch));

    public void Email(string time, string from, string to, string touch, string company)
    {
        Add(new($"2026-11-16T{time}.000Z", "email", from, to, touch, "Hello"));
        Add(new($"2026-11-16T{time}.500Z", "owner_email", "owner@growth.example", "owner@growth.example", touch, $"📧 SENT: {company} ({to})"));
    }

    public void Change(string kind, string to, Func<LogEntry, LogEntry> how)
    {
        var at = _log.FindIndex(l => l.Kind == kind && l.To == to);
        _log[at] = how(_log[at]);
    }

    public void Remove(string kind, Func<LogEntry, bool> which) => _log.RemoveAll(l => l.Kind == kind && which(l));

    public Report Check(Func<CheckInput, CheckInput>? with = null)
    {
        var csv = Path.Combine(_folder, "import.csv");
        var log = Path.Combine(_folder, "log.jsonl");
        File.WriteAllText(csv, Import);
        File.WriteAllText(log, Head + (Head.Length > 0 ? "\n" : "") + string.Concat(_log.Select(l => Line(l) + "\n")) + Tail);
        if (Wire is not null) File.WriteAllText(Path.Combine(_folder, "sandbox-wire.jsonl"), Wire);
        var packs = Path.Combine(Root(), "src", "Meridian.Domain", "Compliance", "Pack");
        var input = new CheckInput(log, csv, Path.Combine(packs, "us-contact-rules.json"), Path.Combine(packs, "us-zip-zones.json"), Days: 1);
        return LogChecker.Check(with is null ? input : with(input));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Line(LogEntry l) => JsonSerializer.Serialize(
        new { at = l.At, provider = "sandbox", kind = l.Kind, from = l.From, to = l.To, touch = l.Touch, subject = l.Subject, body = (string?)null, outcome = "ok" });

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Meridian.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("Meridian.slnx stands in no folder above the tests");
    }
}
