using Meridian.Engine.Crm;

namespace Meridian.Adapters.HighLevel;

/// <summary>The words of the tags that say what happened; an empty one is not shown.</summary>
public sealed class HighLevelTags
{
    public string Contacted { get; set; } = "meridian: contacted";

    public string Replied { get; set; } = "meridian: replied";

    public string OptedOut { get; set; } = "meridian: opted out";

    public string Interested { get; set; } = "meridian: interested";

    internal IReadOnlyDictionary<CrmTag, string> Words() =>
        new Dictionary<CrmTag, string> { [CrmTag.Contacted] = Contacted, [CrmTag.Replied] = Replied, [CrmTag.OptedOut] = OptedOut, [CrmTag.Interested] = Interested }
            .Where(t => !string.IsNullOrWhiteSpace(t.Value)).ToDictionary(t => t.Key, t => t.Value.Trim());
}
