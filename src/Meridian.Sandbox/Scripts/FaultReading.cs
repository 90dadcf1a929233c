using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Meridian.Sandbox.Wire;

namespace Meridian.Sandbox.Scripts;

/// <summary>Reads a script, and says of every mistake where it is, what stands there and what should.</summary>
internal sealed class FaultReading
{
    private static readonly string[] Providers = ["vapi", "highlevel", "apollo", "mailgun", "mail", "imap", "webhook"];
    private static readonly string[] Fields = ["name", "provider", "request", "nth", "every", "share", "from", "to", "then", "done", "retryAfter", "rateHeaders", "seconds", "error", "text", "copy", "reason"];
    private static readonly string[] HttpThen = ["answer-lost", "cut-before", "slow", "slow-answer", "truncated", "malformed", "error"];
    private static readonly string[] MailThen = ["answer-lost", "cut-before", "slow", "slow-answer", "error"];
    private static readonly string[] ImapThen = ["no", "bye", "cut-before", "truncated", "slow", "slow-answer", "renumbered", "error"];
    private static readonly string[] ImapVerbs = ["CONNECT", "LOGIN", "LIST", "SELECT", "SEARCH", "FETCH", "NOOP", "IDLE"];
    private static readonly string[] MailVerbs = ["CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "END"];
    private static readonly string[] Fates = [.. Enum.GetNames<WebhookFateKind>().Select(name => name.ToLowerInvariant())];

    private readonly List<string> problems = [];

    private FaultReading()
    {
    }

    public static FaultScript Read(string json)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException e)
        {
            throw new FaultScriptException([$"it is not JSON, line {e.LineNumber + 1}: {e.Message}"]);
        }

        if (root is not JsonObject { Count: 1 } map || map["faults"] is not JsonArray { Count: > 0 } list) throw new FaultScriptException(["it must be an object with one list: {\"faults\": [...]}"]);
        var reading = new FaultReading();
        var entries = list.Select((node, i) => reading.Entry(node, i + 1)).OfType<ScriptedFault>().ToList();
        return reading.problems.Count > 0 ? throw new FaultScriptException(reading.problems) : new FaultScript(entries);
    }

    private ScriptedFault? Entry(JsonNode? node, int number)
    {
        var where = $"faults[{number}]";
        if (node is not JsonObject entry) return Wrong(where, "an entry must be an object");
        var before = problems.Count;
        var name = entry.Text("name") ?? where;
        where = entry.Text("name") is null ? where : $"{where} \"{name}\"";
        foreach (var (field, _) in entry)
            if (!Fields.Contains(field)) Wrong(where, $"{field} is not known: use some of {string.Join(", ", Fields)}");

        if (entry.Text("provider") is not { } provider || !Providers.Contains(provider)) return Wrong(where, $"provider is {Shown(entry, "provider")}: use {string.Join(", ", Providers)}");
        var request = Request(entry, provider, where);
        var occasion = When(entry, where);
        var happens = provider switch { "webhook" => null, "imap" => HappensToReader(entry, where), _ => Happens(entry, provider, where) };
        var fate = provider == "webhook" ? Fate(entry, where) : null;
        return problems.Count > before ? null : new ScriptedFault(number, name, provider, request!, occasion) { Happens = happens, Fate = fate };
    }

    private Regex? Request(JsonObject entry, string provider, string where)
    {
        var text = entry["request"] is null ? "*" : entry.Text("request");
        var words = text?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var fix = provider switch
        {
            "mail" => words is { Length: 1 or 2 } && (words[0] == "*" || MailVerbs.Contains(words[0])) ? null : $"a verb ({string.Join(", ", MailVerbs)}; END is the end of the message's data), with or without an address, \"RCPT *@one.example\"",
            "imap" => words is { Length: 1 or 2 } && (words[0] == "*" || ImapVerbs.Contains(words[0])) ? null : $"a verb ({string.Join(", ", ImapVerbs)}), with or without a mailbox, \"FETCH sales@one.example\"",
            "webhook" => words is ["*"] or ["vapi" or "highlevel" or "apollo" or "*", _] ? null : "a provider and an event, \"vapi end-of-call-report\", \"highlevel InboundMessage\", \"apollo phones\"",
            _ => words is ["*"] or ["GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "*", ['/' or '*', ..]] ? null : "a method and a path, \"POST /call\", \"GET /call/*\"",
        };
        if (fix is not null)
        {
            Wrong(where, $"request is {Shown(entry, "request")}: give {fix}");
            return null;
        }

        var pattern = string.Join(' ', words.Select(word => Regex.Escape(word).Replace(@"\*", ".*", StringComparison.Ordinal)));
        return new Regex($"^{pattern}{(words.Length == 1 ? "( .*)?" : "")}$", RegexOptions.CultureInvariant);
    }

    private Occasion When(JsonObject entry, string where)
    {
        if (new[] { "nth", "every", "share" }.Count(field => entry[field] is not null) > 1) Wrong(where, "nth, every and share exclude each other: keep one");
        IReadOnlyList<int?> nth = entry["nth"] switch { null => [], JsonArray list => [.. list.Select(Whole)], var one => [Whole(one)] };
        if (nth.Any(n => n is not > 0)) Wrong(where, $"nth is {Shown(entry, "nth")}: give a number from 1, or a list of them");
        var every = Whole(entry["every"]);
        if (entry["every"] is not null && every is not > 0) Wrong(where, $"every is {Shown(entry, "every")}: give a number from 1");
        var share = entry.Number("share");
        if (entry["share"] is not null && share is not (> 0 and <= 1)) Wrong(where, $"share is {Shown(entry, "share")}: give a part of 1, as 0.05");
        var (from, to) = (Time(entry, "from", where), Time(entry, "to", where));
        if (from >= to) Wrong(where, $"to is {Shown(entry, "to")}: it must be later than from");
        return new Occasion(nth.OfType<int>().ToHashSet(), every, share, from, to);
    }

    private Func<DateTimeOffset, Happening>? Happens(JsonObject entry, string provider, string where)
    {
        var isMail = provider == "mail";
        var then = entry.Text("then") ?? entry["then"]?.ToJsonString();
        var seconds = Seconds(entry, then is "slow" or "slow-answer", where);
        var done = entry["done"]?.GetValueKind() == JsonValueKind.True;
        Only(entry, "error", then == "error", where, "then is error");
        Only(entry, "text", isMail && Code(then) is not null, where, "then is a code of a mail server");
        Only(entry, "copy", isMail, where, "provider is mail");
        Only(entry, "retryAfter", !isMail && Code(then) is not null, where, "then is an HTTP status");
        Only(entry, "rateHeaders", !isMail && then == "429", where, "then is 429");
        Only(entry, "reason", provider == "vapi" && then == "ended", where, "provider is vapi and then is ended");
        Only(entry, "done", Code(then) is not null, where, "then is a status; the words say it themselves");
        if (entry["copy"] is not null && entry["copy"]!.GetValueKind() is not (JsonValueKind.False or JsonValueKind.True)) Wrong(where, $"copy is {Shown(entry, "copy")}: give true or false");
        var noCopy = entry["copy"]?.GetValueKind() == JsonValueKind.False;

        if (Code(then) is { } code) return isMail ? Reply(entry, code, done, noCopy) : Status(entry, provider, code, done, where);
        switch (then)
        {
            case "answer-lost": return _ => new Happening { Name = then, Done = true, Cut = true, NoCopy = noCopy };
            case "cut-before": return _ => new Happening { Name = then, Cut = true };
            case "slow": return _ => new Happening { Name = then, Done = true, WaitsBefore = seconds, NoCopy = noCopy };
            case "slow-answer": return _ => new Happening { Name = then, Done = true, WaitsAfter = seconds, NoCopy = noCopy };
            case "truncated" when !isMail: return _ => new Happening { Name = then, Done = true, Spoils = bytes => bytes[..(bytes.Length / 2)], CutShort = true };
            case "malformed" when !isMail: return _ => new Happening { Name = then, Done = true, Spoils = bytes => Encoding.UTF8.GetBytes("<html><body>" + Encoding.UTF8.GetString(bytes[..(bytes.Length / 2)])) };
            case "ended" when provider == "vapi":
                if (entry.Text("reason") is { Length: > 0 } reason) return _ => new Happening { Name = then, Done = true, Ends = reason };
                Wrong(where, $"reason is {Shown(entry, "reason")}: give the word the call ends with, \"worker-shutdown\"");
                return null;
            case "error": return Documented(entry, provider, where);
            default:
                Wrong(where, $"then is {Shown(entry, "then")}: use {(isMail ? "a code from 400 to 599 (\"451\")" : "a status from 400 to 599 (\"429\")")}, {string.Join(", ", isMail ? MailThen : provider == "vapi" ? [.. HttpThen, "ended"] : HttpThen)}");
                return null;
        }
    }

    /// <summary>A reader's connection: its server refuses, says goodbye, breaks off, is slow, or has numbered the mailbox anew.</summary>
    private Func<DateTimeOffset, Happening>? HappensToReader(JsonObject entry, string where)
    {
        var then = entry.Text("then") ?? entry["then"]?.ToJsonString();
        var seconds = Seconds(entry, then is "slow" or "slow-answer", where);
        foreach (var field in (ReadOnlySpan<string>)["done", "retryAfter", "rateHeaders", "copy", "reason"]) Only(entry, field, false, where, "provider is not imap");
        Only(entry, "error", then == "error", where, "then is error");
        Only(entry, "text", then is "no" or "bye", where, "then is no or bye");
        if (then == "renumbered" && entry.Text("request")?.StartsWith("SELECT", StringComparison.Ordinal) != true) Wrong(where, $"request is {Shown(entry, "request")}: a mailbox is found renumbered when it is opened; give \"SELECT\"");
        switch (then)
        {
            case "no": return _ => new Happening { Name = then, Reply = $"NO {entry.Text("text") ?? "[UNAVAILABLE] Temporary failure, try again later"}".ReplaceLineEndings(" ") };
            case "bye": return _ => new Happening { Name = then, Reply = $"BYE {entry.Text("text") ?? "Autologout; idle for too long"}".ReplaceLineEndings(" ") };
            case "cut-before": return _ => new Happening { Name = then, Cut = true };
            case "truncated": return _ => new Happening { Name = then, Done = true, CutShort = true };
            case "slow": return _ => new Happening { Name = then, Done = true, WaitsBefore = seconds };
            case "slow-answer": return _ => new Happening { Name = then, Done = true, WaitsAfter = seconds };
            case "renumbered": return _ => new Happening { Name = then, Done = true, Renumbers = true };
            case "error": return Documented(entry, "imap", where);
            default:
                Wrong(where, $"then is {Shown(entry, "then")}: use {string.Join(", ", ImapThen)}");
                return null;
        }
    }

    private Func<DateTimeOffset, Happening>? Documented(JsonObject entry, string provider, string where)
    {
        var known = DocumentedErrors.NamesOf(provider).ToList();
        if (entry.Text("error") is { } error && known.Contains(error)) return DocumentedErrors.Find(error);
        Wrong(where, $"error is {Shown(entry, "error")}: use {string.Join(", ", known)}");
        return null;
    }

    private Func<DateTimeOffset, Happening> Status(JsonObject entry, string provider, int status, bool done, string where)
    {
        var headers = new Dictionary<string, string>();
        if (entry["retryAfter"] is not null)
        {
            if (entry.Number("retryAfter") is >= 0 and <= 86_400 and var after) headers["Retry-After"] = ((int)after).ToString(CultureInfo.InvariantCulture);
            else Wrong(where, $"retryAfter is {Shown(entry, "retryAfter")}: give seconds, 0 to 86400; without it there is no such header");
        }

        if (entry["rateHeaders"]?.GetValueKind() == JsonValueKind.True) foreach (var (name, value) in RateHeaders(provider)) headers[name] = value;
        return _ => new Happening
        {
            Name = "", Done = done, Headers = headers,
            Says = new Answer(status, new JsonObject { ["message"] = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), ["statusCode"] = status }),
        };
    }

    private static Func<DateTimeOffset, Happening> Reply(JsonObject entry, int code, bool done, bool noCopy)
    {
        var text = entry.Text("text") ?? (code < 500 ? $"{code / 100}.3.0 Try again later" : $"{code / 100}.0.0 Not accepted");
        return _ => new Happening { Name = "", Done = done, NoCopy = noCopy, Reply = $"{code} {text.ReplaceLineEndings(" ")}" };
    }

    private WebhookFate? Fate(JsonObject entry, string where)
    {
        var then = entry.Text("then");
        foreach (var field in (ReadOnlySpan<string>)["done", "retryAfter", "rateHeaders", "error", "text", "copy", "reason"]) Only(entry, field, false, where, "provider is not webhook");
        if (!Fates.Contains(then)) return WrongFate(where, $"then is {Shown(entry, "then")}: use {string.Join(", ", Fates)}");
        var seconds = Seconds(entry, needed: false, where);
        return new WebhookFate(Enum.Parse<WebhookFateKind>(then!, ignoreCase: true), entry["seconds"] is null ? null : seconds);
    }

    private TimeSpan Seconds(JsonObject entry, bool needed, string where)
    {
        if (entry["seconds"] is null && !needed) return TimeSpan.Zero;
        if (entry.Number("seconds") is > 0 and <= 1_000_000 and var seconds) return TimeSpan.FromSeconds(seconds);
        Wrong(where, $"seconds is {Shown(entry, "seconds")}: give how long, above 0");
        return TimeSpan.Zero;
    }

    private DateTimeOffset? Time(JsonObject entry, string field, string where)
    {
        if (entry[field] is null) return null;
        if (entry.Text(field) is { } text && text.EndsWith('Z') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return at;
        Wrong(where, $"{field} is {Shown(entry, field)}: give an instant of the world's clock in UTC, \"2026-11-16T15:00:00Z\"");
        return null;
    }

    private void Only(JsonObject entry, string field, bool fits, string where, string when)
    {
        if (entry[field] is not null && !fits) Wrong(where, $"{field} is {Shown(entry, field)}: it counts only where {when}; take it out");
    }

    private ScriptedFault? Wrong(string where, string what)
    {
        problems.Add($"{where}: {what}");
        return null;
    }

    private WebhookFate? WrongFate(string where, string what)
    {
        Wrong(where, what);
        return null;
    }

    private static IEnumerable<(string Name, string Value)> RateHeaders(string provider) => provider switch
    {
        "highlevel" => [("X-RateLimit-Limit-Daily", "200000"), ("X-RateLimit-Daily-Remaining", "150000"), ("X-RateLimit-Interval-Milliseconds", "10000"), ("X-RateLimit-Max", "100"), ("X-RateLimit-Remaining", "0")],
        "apollo" => [("x-rate-limit-minute", "200"), ("x-minute-usage", "200"), ("x-minute-requests-left", "0")],
        _ => [("X-RateLimit-Reset", "30")],
    };

    private static int? Code(string? then) => int.TryParse(then, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 400 and <= 599 ? code : null;

    private static int? Whole(JsonNode? node) => node is JsonValue value && value.TryGetValue<int>(out var number) ? number : null;

    private static string Shown(JsonObject entry, string field) => entry[field] is { } value ? value.ToJsonString() : "missing";
}
