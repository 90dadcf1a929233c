using Meridian.Sandbox.Scripts;

namespace Meridian.Sandbox.Wire;

/// <summary>The way from a provider to the engine, and all that can happen on it. What the provider itself knows is not touched by any of it.</summary>
internal sealed class WebhookRoad(SandboxOptions options, Chance chance, ScriptRun script, TimerQueue timers)
{
    private static readonly TimeSpan ThreeDays = TimeSpan.FromDays(3);

    private enum Fate { Straight, Duplicated, Reordered, Late, Lost, Garbled, Forged, Unsigned }

    /// <summary>Brings one event on its way. <paramref name="deliver"/> posts it and tries again as the provider does.</summary>
    /// <param name="request">How a script names it: <c>vapi end-of-call-report</c>.</param>
    /// <param name="eventId">Decides the fate, so that after a restart the same event meets the same one.</param>
    /// <param name="at">When it happened; delays count from here, not from a restart.</param>
    /// <param name="person">The number it is about, which survives garbling.</param>
    /// <param name="carriesWords">Whether a person may have said something in it.</param>
    /// <param name="forgery">What somebody else would write in the provider's name.</param>
    public async Task TakeAsync(
        string request, string eventId, DateTimeOffset at, string person, bool carriesWords, string json, Func<string>? forgery, Func<Parcel, CancellationToken, Task> deliver, CancellationToken ct)
    {
        var whole = new Parcel(json, Readable: true);
        var scripted = script.FateOf(request, eventId);
        switch (scripted is null ? FateOf(eventId, carriesWords) : Enum.Parse<Fate>(scripted.Kind.ToString()))
        {
            case Fate.Forged:
                await deliver(new Parcel(forgery?.Invoke() ?? json, Readable: false, Paper.Forged), ct);
                await deliver(whole, ct);
                return;
            case Fate.Unsigned:
                await deliver(whole with { Paper = Paper.None }, ct);
                return;
            case Fate.Lost:
                return;
            case Fate.Late:
                Later(scripted?.Delay ?? ThreeDays);
                return;
            case Fate.Reordered:
                Later(scripted?.Delay ?? chance.Seconds(30, 600, "webhook-overtaken", eventId));
                return;
            case Fate.Garbled:
                await deliver(new Parcel(CutAfter(person, json), Readable: false), ct);
                return;
            case Fate.Duplicated:
                await deliver(whole, ct);
                Later(scripted?.Delay ?? chance.Seconds(5, 600, "webhook-again", eventId));
                return;
            default:
                await deliver(whole, ct);
                return;
        }

        void Later(TimeSpan delay) => timers.Schedule(at + delay, later => deliver(whole, later));
    }

    private Fate FateOf(string eventId, bool carriesWords)
    {
        if (options.Faults is not { } faults) return Fate.Straight;
        var roll = chance.Roll("webhook-fate", eventId);
        foreach (var (share, fate) in (ReadOnlySpan<(double, Fate)>)
            [(faults.Lost, Fate.Lost), (faults.Late, Fate.Late), (carriesWords ? faults.Garbled : 0, Fate.Garbled), (faults.Reordered, Fate.Reordered), (faults.Duplicated, Fate.Duplicated)])
        {
            if (roll < share) return fate;
            roll -= share;
        }

        return Fate.Straight;
    }

    /// <summary>Cut off just behind the person's number: whoever reads it knows whom it is about and not what it says.</summary>
    private static string CutAfter(string person, string json)
    {
        var digits = json.IndexOf(person.TrimStart('+'), StringComparison.Ordinal);
        return digits < 0 ? json[..(json.Length / 2)] : json[..(digits + person.TrimStart('+').Length)];
    }
}
