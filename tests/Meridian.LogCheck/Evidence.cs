using Meridian.LogCheck.Clock;
using Meridian.LogCheck.Crm;
using Meridian.LogCheck.Log;

namespace Meridian.LogCheck;

internal sealed record Evidence(CheckInput Input, IReadOnlyList<LogLine> Lines, People People, Places Places, List<string> Notes)
{
    /// <summary>Calls, texts and e-mails that went out, in the order of their times.</summary>
    public IReadOnlyList<LogLine> Contacts { get; } = [.. Lines.Where(l => Kinds.IsContact(l.Kind)).OrderBy(l => l.At).ThenBy(l => l.Number)];
}
