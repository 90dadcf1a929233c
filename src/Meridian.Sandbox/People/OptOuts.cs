using System.Collections.Concurrent;

namespace Meridian.Sandbox.People;

/// <summary>Who has opted out and been heard: the engine answered 2xx to the news. Such a person repeats it to whoever comes again.</summary>
internal sealed class OptOuts
{
    private readonly ConcurrentDictionary<string, bool> heard = new();

    public bool Heard(string number) => heard.ContainsKey(number);

    public void Add(string number) => heard[number] = true;
}
