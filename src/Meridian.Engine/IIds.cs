namespace Meridian.Engine;

/// <summary>Makes ids: a prefix and a UUIDv7, so that they sort by birth. From a seed in a demo or simulation.</summary>
public interface IIds
{
    /// <summary><paramref name="prefix"/> without underscore: <c>tch</c>, <c>prm</c>, <c>sig</c>.</summary>
    string New(string prefix);
}
