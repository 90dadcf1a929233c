using Meridian.Engine.Checks;

namespace Meridian.Adapters.Mail;

/// <summary>Signs in to every mailbox and lists its folders; reads no message.</summary>
public sealed class ImapCheck(ImapEars ears) : IProviderCheck
{
    public string Provider => "imap";

    public async Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation)
    {
        var findings = new List<CheckFinding>();
        foreach (var mailbox in ears.Mailboxes)
        {
            var (folders, problem) = await ears.ListFoldersAsync(mailbox, cancellation).ConfigureAwait(false);
            findings.Add(folders is not null
                ? new CheckFinding($"hear:{mailbox}", true, $"signed in; {folders.Count} folders: {string.Join(", ", folders.Take(12))}", null)
                : new CheckFinding($"hear:{mailbox}", false, problem ?? "it could not be read",
                    "Check host, port, security, user and password of the mailbox's IMAP settings. Gmail and Microsoft 365 want IMAP switched on and an app password or OAuth."));
        }

        return findings;
    }
}
