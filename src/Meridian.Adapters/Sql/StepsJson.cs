using System.Text.Json;
using System.Text.Json.Serialization;
using Meridian.Domain.Campaigns;
using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Adapters.Sql;

/// <summary>A sequence's steps as the database keeps them. Times in whole seconds, channels in the ledger's words.</summary>
public static class StepsJson
{
    private sealed record Row(string StepId, string Channel, string? Subject, string Body, long DelaySeconds, bool GoOn,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? StopOn = null);

    public static string Write(IReadOnlyList<Step> steps) =>
        JsonSerializer.Serialize(steps.Select(s => new Row(s.StepId, Words.Of(s.Channel), s.Subject, s.Body, (long)s.Delay.TotalSeconds, s.GoOn, s.StopOn is { Count: > 0 } on ? on.Select(d => Words.Of(d)).ToList() : null)));

    public static IReadOnlyList<Step> Read(string json) =>
        JsonSerializer.Deserialize<List<Row>>(json)!.Select(r => new Step(r.StepId, Words.Read<Channel>(r.Channel), r.Subject, r.Body, Duration.FromSeconds(r.DelaySeconds), r.GoOn, r.StopOn?.Select(Words.Read<Disposition>).ToList())).ToList();
}
