using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Meridian.Domain.Leads;

namespace Meridian.Adapters.Csv;

/// <summary>What makes two rows the same company: its web domain, else the domain of a business e-mail address, else its name.</summary>
/// <param name="Id">From the natural key alone, so that two imports at once make the same company.</param>
internal sealed record CompanyKey(string Id, string NaturalKey, string? Domain)
{
    private static readonly FrozenSet<string> FreeMail = new[]
    {
        "gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "rocketmail.com", "hotmail.com", "outlook.com", "live.com", "msn.com", "aol.com", "aim.com", "icloud.com",
        "me.com", "mac.com", "proton.me", "protonmail.com", "pm.me", "gmx.com", "gmx.net", "mail.com", "zoho.com", "yandex.com", "fastmail.com", "hey.com", "comcast.net",
        "verizon.net", "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net", "earthlink.net", "optonline.net", "juno.com", "frontier.com", "windstream.net",
        "roadrunner.com", "rr.com", "centurylink.net", "mindspring.com", "suddenlink.net", "duck.com", "tutanota.com", "q.com", "netzero.net", "spectrum.net",
    }.ToFrozenSet(StringComparer.Ordinal);

    // A page on somebody else's site says nothing about whose company it is.
    private static readonly FrozenSet<string> SharedSites = new[]
    {
        "facebook.com", "linkedin.com", "instagram.com", "twitter.com", "x.com", "youtube.com", "tiktok.com", "yelp.com", "google.com", "sites.google.com", "business.site",
        "linktr.ee", "wixsite.com", "square.site", "godaddysites.com", "bit.ly", "etsy.com", "amazon.com", "apple.com", "angi.com", "nextdoor.com",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static CompanyKey? Of(string? website, string? email, string? name)
    {
        if (WebDomain(website) is { } site) return Make(site, site);
        if (email is not null && email[(email.IndexOf('@', StringComparison.Ordinal) + 1)..] is var mail && !FreeMail.Contains(mail)) return Make(mail, mail);
        var folded = Folded.Of(name);
        return folded.Length == 0 ? null : Make(folded, null);
    }

    private static CompanyKey Make(string key, string? domain) => new("cmp_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))[..16]), key, domain);

    internal static string? WebDomain(string? website)
    {
        if (string.IsNullOrWhiteSpace(website)) return null;
        var text = website.Trim().ToLowerInvariant();
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0) text = text[(scheme + 3)..];
        text = text.Split('/', '?', '#', ' ', ',', ';')[0];
        text = text[(text.IndexOf('@', StringComparison.Ordinal) + 1)..].Split(':')[0].Trim('.');
        if (text.StartsWith("www.", StringComparison.Ordinal)) text = text[4..];
        // The rules of a mail domain are the rules of a web domain.
        if (!EmailAddress.TryParse("info@" + text, out var valid, out _)) return null;
        return SharedSites.Contains(valid.Domain) ? null : valid.Domain;
    }
}
