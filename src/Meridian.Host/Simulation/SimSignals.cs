using System.Text.Json;
using Meridian.Domain.Touches;
using Meridian.Engine.Inbound;
using NodaTime;

namespace Meridian.Host.Simulation;

/// <summary>News of a simulated provider, as it is stored.</summary>
/// <param name="Kind"><c>progress</c>, <c>ended</c>, <c>report</c>, <c>text</c>, <c>reply</c>, <c>no</c>, <c>bounce</c>.</param>
internal sealed record SimNews(string Provider, string EventId, string Kind, string? TouchId, string? ProviderRef, string? From, string? Words, Disposition? How, decimal? CostUsd)
{
    public string ToJson() => JsonSerializer.Serialize(this);
}

/// <summary>Reads the simulated providers' news. The real readers are tested on the vendors' own words elsewhere.</summary>
internal sealed class SimSignals(string provider) : ISignalReader
{
    public string Provider => provider;

    public SignalEnvelope Describe(string raw)
    {
        var news = Of(raw);
        return new SignalEnvelope(news.EventId, news.Kind, news.TouchId, null, news.From is null ? [] : [news.From], Holds: news.Kind is not "progress");
    }

    public SignalMeaning Read(string raw)
    {
        var n = Of(raw);
        return n.Kind switch
        {
            "progress" => new SignalMeaning.CallProgress(n.TouchId, n.ProviderRef!, "in-progress"),
            "ended" or "report" => new SignalMeaning.CallEnded(n.TouchId, n.ProviderRef!, EndingOf(n), n.Kind == "report"),
            "text" => new SignalMeaning.TextReceived(null, n.From, null, n.Words!, null),
            "reply" => new SignalMeaning.MailReply(n.TouchId, n.From!, n.Words!, false, null, true),
            "no" => new SignalMeaning.MailOptOut(n.TouchId, null, n.From, "wrote so"),
            "bounce" => new SignalMeaning.MailBounce(n.TouchId, n.From, BounceKind.Hard, "no such mailbox"),
            _ => new SignalMeaning.Unreadable("unknown"),
        };
    }

    public static CallEnding EndingOf(SimNews n) => new(n.How!.Value.ToString(), n.How.Value, null, n.How is Disposition.NoAnswer ? 0 : 20, n.Kind == "report" ? n.Words ?? "" : "", null, n.Kind == "report" ? n.CostUsd : null, false);

    private static SimNews Of(string raw) => JsonSerializer.Deserialize<SimNews>(raw)!;
}
