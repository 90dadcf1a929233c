namespace Meridian.Adapters.Mail;

/// <summary>Message-IDs made from touch ids, without angle brackets, so that a reply, a bounce or the Sent folder leads back to the touch.</summary>
public static class MessageIds
{
    private const string OwnerPrefix = "own.";

    public static string For(string touchId, string fromAddress) => $"{touchId}@{Domain(fromAddress)}";

    /// <summary>The owner's copy is another message and must not answer for the person's.</summary>
    public static string ForOwnerCopy(string touchId, string fromAddress) => $"{OwnerPrefix}{touchId}@{Domain(fromAddress)}";

    /// <summary>The touch a Message-ID of ours names; null for an owner's copy and for anyone else's.</summary>
    public static string? TouchOf(string? messageId)
    {
        var id = messageId?.Trim().TrimStart('<').TrimEnd('>');
        if (id is null || id.IndexOf('@') is not (> 0 and var at) || !id.StartsWith("tch_", StringComparison.Ordinal)) return null;
        return id[..at];
    }

    private static string Domain(string address) => address[(address.LastIndexOf('@') + 1)..].Trim().ToLowerInvariant();
}
