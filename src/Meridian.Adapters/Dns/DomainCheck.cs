using System.Net;
using DnsClient;
using DnsClient.Protocol;
using Meridian.Engine.Checks;

namespace Meridian.Adapters.Dns;

/// <summary>
/// Whether the domains we write from can be believed by whoever receives them: SPF, DKIM, DMARC and a mail exchanger that takes replies (Gmail's and Yahoo's sender
/// rules of 2024, Microsoft's of 2025). A domain that lacks one is told, not stopped: small senders get through, and a server that signs under another
/// selector cannot be seen from here. A name server that does not answer proves nothing.
/// </summary>
public sealed class DomainCheck(IReadOnlyList<SendingDomain> domains, IPEndPoint? nameServer = null) : IProviderCheck
{
    private const int MostSpfLookups = 10; // RFC 7208 4.6.4

    private readonly LookupClient dns = new(nameServer is null
        ? new LookupClientOptions { Timeout = TimeSpan.FromSeconds(4), Retries = 1, UseCache = false, ThrowDnsErrors = false }
        : new LookupClientOptions(nameServer) { Timeout = TimeSpan.FromSeconds(4), Retries = 1, UseCache = false, ThrowDnsErrors = false });

    public string Provider => "dns";

    public async Task<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellation)
    {
        var findings = new List<CheckFinding>();
        foreach (var domain in domains) findings.Add(await CheckAsync(domain, cancellation).ConfigureAwait(false));
        return findings;
    }

    private async Task<CheckFinding> CheckAsync(SendingDomain domain, CancellationToken cancellation)
    {
        var capability = $"domain:{domain.Name}";
        var missing = new List<(string Found, string Fix)>();
        try
        {
            if (await SpfAsync(domain.Name, cancellation).ConfigureAwait(false) is { } spf) missing.Add(spf);
            if (await DkimAsync(domain, cancellation).ConfigureAwait(false) is { } dkim) missing.Add(dkim);
            if (await DmarcAsync(domain.Name, cancellation).ConfigureAwait(false) is { } dmarc) missing.Add(dmarc);
            if (await ExchangerAsync(domain.Name, cancellation).ConfigureAwait(false) is { } mx) missing.Add(mx);
        }
        catch (DnsResponseException e)
        {
            return new CheckFinding(capability, true, $"the name server could not be asked about {domain.Name} ({e.Code}); that proves nothing", null);
        }

        return missing.Count == 0
            ? new CheckFinding(capability, true, $"{domain.Name} has SPF, DMARC and a mail exchanger{(domain.DkimSelector is { } selector ? $", and its DKIM key under {selector}" : "; which DKIM selector its server signs with is not set (mailboxes.dkimSelector)")}", null)
            : new CheckFinding(capability, false, string.Join(" ", missing.Select(m => m.Found)), string.Join(" ", missing.Select(m => m.Fix)));
    }

    private async Task<(string, string)?> SpfAsync(string domain, CancellationToken cancellation)
    {
        var records = (await TextsAsync(domain, cancellation).ConfigureAwait(false)).Where(t => t.Equals("v=spf1", StringComparison.OrdinalIgnoreCase) || t.StartsWith("v=spf1 ", StringComparison.OrdinalIgnoreCase)).ToList();
        if (records.Count == 0) return ($"{domain} has no SPF record.", $"Add a TXT record at {domain}: the one your mail provider gives, such as v=spf1 include:_spf.google.com ~all.");
        if (records.Count > 1) return ($"{domain} has {records.Count} SPF records, so receivers take none (RFC 7208 4.5).", $"Join them into one TXT record at {domain}.");
        var terms = records[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (terms.Any(t => t is "+all" or "all")) return ($"{domain}'s SPF ends in +all: anybody may send as {domain}.", "End it in ~all or -all.");
        var lookups = terms.Count(t => t.TrimStart('+', '-', '~', '?') is var m && (m.StartsWith("include:", StringComparison.OrdinalIgnoreCase) || m.StartsWith("redirect=", StringComparison.OrdinalIgnoreCase) || m.StartsWith("exists:", StringComparison.OrdinalIgnoreCase) || m is "a" or "mx" || m.StartsWith("a:", StringComparison.OrdinalIgnoreCase) || m.StartsWith("mx:", StringComparison.OrdinalIgnoreCase)));
        return lookups > MostSpfLookups ? ($"{domain}'s SPF needs {lookups} look-ups, more than the {MostSpfLookups} receivers make (RFC 7208 4.6.4).", "Take out includes of providers you no longer use.") : null;
    }

    private async Task<(string, string)?> DkimAsync(SendingDomain domain, CancellationToken cancellation)
    {
        if (domain.DkimSelector is not { Length: > 0 } selector) return null;
        var at = $"{selector}._domainkey.{domain.Name}";
        var record = (await TextsAsync(at, cancellation).ConfigureAwait(false)).FirstOrDefault(t => t.Contains("p=", StringComparison.OrdinalIgnoreCase));
        if (record is null) return ($"there is no DKIM key at {at}.", $"Copy the key your mail provider shows into a TXT (or CNAME) record at {at}, or correct mailboxes.dkimSelector.");
        var key = record.Split(';').Select(p => p.Trim()).FirstOrDefault(p => p.StartsWith("p=", StringComparison.OrdinalIgnoreCase))?[2..].Trim() ?? "";
        if (key.Length == 0) return ($"the DKIM key at {at} was withdrawn (p= is empty).", "Publish the key your mail provider signs with now.");
        return !record.Contains("k=ed25519", StringComparison.OrdinalIgnoreCase) && key.Length < 200
            ? ($"the DKIM key at {at} is shorter than 1024 bits, which receivers no longer take (RFC 8301).", "Make a key of 2048 bits at your mail provider.")
            : null;
    }

    private async Task<(string, string)?> DmarcAsync(string domain, CancellationToken cancellation)
    {
        for (var at = domain; at.Contains('.'); at = at[(at.IndexOf('.') + 1)..])
        {
            var record = (await TextsAsync($"_dmarc.{at}", cancellation).ConfigureAwait(false)).FirstOrDefault(t => t.StartsWith("v=DMARC1", StringComparison.OrdinalIgnoreCase));
            if (record is null) continue;
            return record.Contains("p=", StringComparison.OrdinalIgnoreCase) ? null : ($"{at}'s DMARC record names no policy.", $"Write p=none into the TXT record at _dmarc.{at}.");
        }

        return ($"{domain} has no DMARC record, which Gmail, Yahoo and Microsoft ask of bulk senders.", $"Add a TXT record at _dmarc.{domain}: v=DMARC1; p=none; rua=mailto:you@{domain}.");
    }

    private async Task<(string, string)?> ExchangerAsync(string domain, CancellationToken cancellation)
    {
        var answer = Told(await dns.QueryAsync(domain, QueryType.MX, cancellationToken: cancellation).ConfigureAwait(false));
        var exchangers = answer.Answers.MxRecords().ToList();
        if (exchangers.Any(m => m.Exchange.Value == ".")) return ($"{domain} says that it takes no mail (RFC 7505), so no reply and no opt-out can reach us.", $"Give {domain} the MX record of your mail provider.");
        if (exchangers.Count > 0) return null;
        var address = Told(await dns.QueryAsync(domain, QueryType.A, cancellationToken: cancellation).ConfigureAwait(false));
        return address.Answers.ARecords().Any() ? null : ($"{domain} has no mail exchanger, so no reply and no opt-out can reach us.", $"Give {domain} the MX record of your mail provider.");
    }

    private async Task<IReadOnlyList<string>> TextsAsync(string name, CancellationToken cancellation) =>
        [.. Told(await dns.QueryAsync(name, QueryType.TXT, cancellationToken: cancellation).ConfigureAwait(false)).Answers.TxtRecords().Select(t => string.Concat(t.Text).Trim())];

    /// <summary>"No such name" is an answer; a server in trouble is none.</summary>
    private static IDnsQueryResponse Told(IDnsQueryResponse response) =>
        response.Header.ResponseCode is DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain ? response : throw new DnsResponseException(DnsResponseCode.ServerFailure);
}

/// <summary>A domain we write from, and the selector its server signs with, where that is known.</summary>
public sealed record SendingDomain(string Name, string? DkimSelector);
