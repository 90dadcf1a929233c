using Meridian.Domain.Pulling;
using Meridian.Engine;
using Meridian.Engine.Pulling;

namespace Meridian.Host.Pull;

/// <summary>Who would be pulled by a filter now, and who not and why: the desk's own judge, reading only.</summary>
public sealed class PullPreview(IContactSource contacts, IPullBook book, Clocks clocks)
{
    /// <exception cref="UsageException">The CRM could not be asked.</exception>
    public async Task<PullPreviewResult> RunAsync(PullFilter filter, PullTerms terms, int most, CancellationToken cancellation)
    {
        var judge = new ContactJudge(contacts, book);
        var rows = new List<PullPreviewRow>();
        string? after = null;
        while (true)
        {
            var page = await contacts.FindAsync(filter, terms.Zone, after, cancellation);
            if (page.Refusal is { } refused) throw new UsageException($"no preview: {refused.Reason}");
            foreach (var id in page.Ids)
            {
                if (rows.Count == most) return new PullPreviewResult(page.Total, rows, IsWhole: false);
                rows.Add(await judge.JudgeAsync(id, filter, terms, clocks.Now, cancellation) switch
                {
                    ContactVerdict.Yes yes => new PullPreviewRow(id, yes.Contact.Name, null, null),
                    ContactVerdict.No no => new PullPreviewRow(id, no.Contact?.Name, no.State, no.Why),
                    ContactVerdict.NotTold nothing => throw new UsageException($"no preview: {nothing.Refusal.Reason}"),
                    _ => throw new InvalidOperationException("a verdict is one of three"),
                });
            }

            after = page.Next;
            if (after is null) return new PullPreviewResult(page.Total, rows, IsWhole: true);
        }
    }
}

/// <param name="Matching">By the CRM's own count, of what its search can look for.</param>
/// <param name="IsWhole">Everybody who matches was looked at.</param>
public sealed record PullPreviewResult(long Matching, IReadOnlyList<PullPreviewRow> Rows, bool IsWhole)
{
    public int WouldBePulled => Rows.Count(r => r.State is null);
}

/// <summary>One contact of a preview.</summary>
/// <param name="State">Null: would be pulled.</param>
public sealed record PullPreviewRow(string ContactId, string? Name, PullState? State, string? Why);
