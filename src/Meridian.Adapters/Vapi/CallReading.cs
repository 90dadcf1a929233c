using System.Text.Json;
using Meridian.Adapters.Http;
using Meridian.Engine.Dispatch;
using Meridian.Engine.Inbound;

namespace Meridian.Adapters.Vapi;

/// <summary>Reads a Vapi call, as the list and the look-up show it or as a webhook brings it along.</summary>
internal static class CallReading
{
    /// <summary>Our touch id from wherever it survived; null for a call that is not ours.</summary>
    public static string? TouchId(JsonElement call) =>
        call.At("metadata", "touchId").Text() ?? call.At("assistantOverrides", "metadata", "touchId").Text()
        ?? (call.At("name").Text() is { } name && name.StartsWith("tch_", StringComparison.Ordinal) ? name : null);

    public static CallStanding? Standing(JsonElement call)
    {
        if (call.At("id").Text() is not { } id) return null;
        var status = call.At("status").Text() ?? "unknown";
        if (status != "ended" && call.At("endedReason").Text() is null) return new CallStanding(id, status, null);
        var ending = Ending(call, call);
        return ReportIsOut(call, ending) ? new CallStanding(id, status, ending) : new CallStanding(id, status, ending with { CostUsd = null }, ReportIsOut: false);
    }

    /// <summary>Words, analysis and bill appear seconds after the end; until then the cost reads 0.</summary>
    private static bool ReportIsOut(JsonElement call, CallEnding ending) =>
        ending.PersonSaid.Length > 0 || ending.CostUsd > 0 || call.At("artifact").Properties().Any() || call.At("analysis").Properties().Any();

    /// <summary>What was said is there, be it nothing: a transcript or messages, of the agent at least.</summary>
    public static bool HasWords(JsonElement call) =>
        PersonSaid(call).Length > 0 || call.At("artifact", "messages").Items().Any() || call.At("messages").Items().Any() || !string.IsNullOrWhiteSpace(call.At("artifact", "transcript").Text() ?? call.At("transcript").Text());

    /// <param name="told">What was told last: a report's message, or the call itself.</param>
    /// <param name="call">The call, for what the message leaves out.</param>
    public static CallEnding Ending(JsonElement told, JsonElement call)
    {
        var startedAt = Either(told, call, "startedAt").Time();
        var endedAt = Either(told, call, "endedAt").Time();
        var seconds = told.At("durationSeconds").Number() ?? (startedAt is { } begin && endedAt is { } end ? Math.Max(0, (end - begin).TotalSeconds) : null);
        var said = PersonSaid(told) is { Length: > 0 } words ? words : PersonSaid(call);
        var reason = Either(told, call, "endedReason").Text() ?? "";
        var (disposition, accountFault) = EndedReasons.Classify(reason, seconds, said);
        return new CallEnding(
            reason, disposition, endedAt, seconds ?? 0, said,
            told.At("analysis", "summary").Text() ?? told.At("summary").Text() ?? call.At("analysis", "summary").Text(),
            Either(told, call, "cost").Money(), accountFault) { PickedUp = startedAt is not null || EndedReasons.PickedUp(reason) };
    }

    /// <summary>One line an utterance: the messages of role user, else the transcript's "User:" lines.</summary>
    public static string PersonSaid(JsonElement told)
    {
        foreach (var messages in (ReadOnlySpan<JsonElement>)[told.At("artifact", "messages"), told.At("messages"), told.At("artifact", "messagesOpenAIFormatted")])
        {
            var said = messages.Items()
                .Where(m => string.Equals(m.At("role").Text(), "user", StringComparison.OrdinalIgnoreCase))
                .Select(m => m.At("message").Text() ?? m.At("content").Text())
                .Where(text => !string.IsNullOrWhiteSpace(text))
                .Select(text => text!.ReplaceLineEndings(" ").Trim());
            var joined = string.Join('\n', said);
            if (joined.Length > 0) return joined;
        }

        return FromTranscript(told.At("artifact", "transcript").Text() ?? told.At("transcript").Text() ?? "");
    }

    /// <summary>A line without a speaker goes on with the one before.</summary>
    private static string FromTranscript(string transcript)
    {
        var said = new List<string>();
        var person = false;
        foreach (var line in transcript.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (After(line, "User:") is { } words)
            {
                person = true;
                if (words.Length > 0) said.Add(words);
            }
            else if (After(line, "AI:") is not null || After(line, "Bot:") is not null || After(line, "Assistant:") is not null)
            {
                person = false;
            }
            else if (person)
            {
                said.Add(line);
            }
        }

        return string.Join('\n', said);
    }

    private static string? After(string line, string speaker) => line.StartsWith(speaker, StringComparison.OrdinalIgnoreCase) ? line[speaker.Length..].Trim() : null;

    private static JsonElement Either(JsonElement told, JsonElement call, string name) => told.At(name) is var first && !first.IsMissing() ? first : call.At(name);
}
