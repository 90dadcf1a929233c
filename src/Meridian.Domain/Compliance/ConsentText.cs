using System.Security.Cryptography;
using System.Text;

namespace Meridian.Domain.Compliance;

/// <summary>
/// What a person agrees to on the consent page: who may call or text, where, how, and that nothing depends on it (47 CFR 64.1200(f)(9)(i)). Calls and
/// texts are agreed to apart. Whoever changes a word gives it a new version; signed ones keep the words that were signed.
/// </summary>
/// <param name="Seller">The one legal seller; a consent given to it is good for nobody else.</param>
/// <param name="SellerPhone">Where to call to take it back; empty: none is named.</param>
public sealed record ConsentText(string Seller, string SellerPhone, string PostalAddress)
{
    /// <summary>The wording's version, kept with every consent.</summary>
    public const string Version = "page-2026-11-24";

    /// <summary>Agreed to for calls.</summary>
    public string Calls =>
        $"I agree that {Seller} may call me at the telephone number I wrote above with advertising and sales calls that are dialled automatically and speak with an artificial (AI) or prerecorded voice. Calls may be recorded.";

    /// <summary>Agreed to for texts.</summary>
    public string Texts =>
        $"I agree that {Seller} may send me automated advertising text messages at the telephone number I wrote above. Message frequency varies; message and data rates may apply. Reply STOP to end, HELP for help.";

    /// <summary>Said above both.</summary>
    public string Terms =>
        "You need not agree to either in order to buy anything, and may take it back at any time and in any words: on the call, by replying STOP, "
        + (SellerPhone.Length > 0 ? $"by e-mail, or at {SellerPhone}" : "or by e-mail") + $". {Seller}, {PostalAddress}.";

    /// <summary>What typing the name means.</summary>
    public string Signature => "By typing my name I sign this electronically (15 USC 7001) and say that the number above is mine.";

    /// <summary>All of it, as it is kept as evidence.</summary>
    public string Whole => $"{Terms}\n\nCalls: {Calls}\n\nTexts: {Texts}\n\n{Signature}\n({Version})";

    /// <summary>SHA-256 of <see cref="Whole"/>, hex: who signs sends it back, so that nobody signs words that changed meanwhile.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Whole)));
}
