using Meridian.Domain.Touches;
using NodaTime;

namespace Meridian.Engine.Consents;

/// <summary>Consents that people sign on the page, with what proves them.</summary>
public interface IConsentBook
{
    /// <summary>Whether this person asked us to stop, and when; for the page that offers to take it back. Null: no such person.</summary>
    Task<Signer?> FindAsync(string leadId);

    /// <summary>
    /// Keeps the signature and what it opens, and frees the calls and texts that waited for it, all or nothing. Signed again, nothing changes. A person who had
    /// opted out is in again by it: by this and by nothing else.
    /// </summary>
    Task<SignResult> SignAsync(SignedConsent signed);

    /// <summary>Every signature, newest first; of one person when <paramref name="leadId"/> is given.</summary>
    Task<IReadOnlyList<KeptSignature>> SignaturesAsync(string? leadId, int most);
}

/// <summary>Who would sign.</summary>
public sealed record Signer(string LeadId, Instant? OptedOutAt);

/// <summary>One press of the button.</summary>
/// <param name="Number">E.164, as the person wrote it.</param>
/// <param name="Channels">What was ticked: calls, texts or both.</param>
/// <param name="Signature">The name as typed.</param>
/// <param name="TextVersion">Of the words that were shown.</param>
/// <param name="Text">The words that were shown.</param>
/// <param name="TextHash">Their SHA-256.</param>
/// <param name="From">The network address the answer came from, and the one a proxy named.</param>
/// <param name="Day">The day of the signature where the owner is.</param>
/// <param name="TakesBack">The opt-out that the page named and that the signature takes back; null when it named none.</param>
public sealed record SignedConsent(
    string LeadId, string Number, IReadOnlyList<Channel> Channels, string Seller, string Signature, string TextVersion, string Text, string TextHash, string From, string? Browser, LocalDate Day, Instant At, Instant? TakesBack = null)
{
    /// <summary>When it was signed, where it comes to us later: a "no" since then stands. Null: now.</summary>
    public Instant? GivenAt { get; init; }

    /// <summary>Where it was signed, for the evidence.</summary>
    public string Where { get; init; } = "on the consent page";
}

/// <summary>What a signature led to.</summary>
public enum SignResult
{
    /// <summary>Kept; what waited for it is due.</summary>
    Recorded,

    /// <summary>The same was signed before.</summary>
    Known,

    /// <summary>There is no such person any more.</summary>
    NobodyThere,

    /// <summary>The number is a company's line: one person cannot agree for all who answer it.</summary>
    CompanyLine,

    /// <summary>Somebody else who has this number, or another address of this person, asked to be left alone, or the number was given up as wrong: that is not for this person to take back.</summary>
    SomebodyElsesNo,

    /// <summary>They asked to be left alone after the page had been opened: nothing is signed against that.</summary>
    SaidNoSince,

    /// <summary>The number is another person's, as far as we know: it is not this one's to give.</summary>
    SomebodyElsesNumber,
}

/// <summary>A signature as it is kept.</summary>
/// <param name="ExpiresAt">When what it opened is no longer relied on; null: it has no end.</param>
public sealed record KeptSignature(
    string Id, string LeadId, string AddressId, string Channels, string Seller, string Signature, string TextVersion, string TextHash, string Text, string FromAddress, string? Browser, Instant SignedAt, Instant? ExpiresAt);
