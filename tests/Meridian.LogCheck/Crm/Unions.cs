namespace Meridian.LogCheck.Crm;

/// <summary>Disjoint sets over 0..count-1.</summary>
internal sealed class Unions(int count)
{
    private readonly int[] _parent = [.. Enumerable.Range(0, count)];

    public int Root(int i)
    {
        while (_parent[i] != i) i = _parent[i] = _parent[_parent[i]];
        return i;
    }

    public void Join(int a, int b) => _parent[Math.Max(Root(a), Root(b))] = Math.Min(Root(a), Root(b));
}
