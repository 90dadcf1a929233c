using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Meridian.Adapters.Sql;
using Meridian.Domain.Compliance.Pack;
using NodaTime;

namespace Meridian.Host.Evidence;

/// <summary>
/// Everything kept of one person, for a lawyer, a regulator or the person: the rows as they are, a timeline, and hashes by which it can be shown that
/// nothing was changed since.
/// </summary>
public sealed class EvidencePack
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private EvidencePack(string json, string leadId, string name, string seller, Instant madeAt, string madeBy, string reason, IReadOnlyList<EvidenceSection> sections, IReadOnlyList<SignatureCheck> signatures, IReadOnlyList<RestrictedRecord> restricted)
    {
        (Json, LeadId, Name, Seller, MadeAt, MadeBy, Reason, Sections, Signatures, Restricted) = (json, leadId, name, seller, madeAt, madeBy, reason, sections, signatures, restricted);
        Sha256 = HashOf(json);
        Timeline = EvidenceTimeline.Of(sections);
    }

    /// <summary>The file's text; what is hashed.</summary>
    public string Json { get; }

    public string Sha256 { get; }

    public string LeadId { get; }

    public string Name { get; }

    public string Seller { get; }

    public Instant MadeAt { get; }

    public string MadeBy { get; }

    public string Reason { get; }

    public IReadOnlyList<EvidenceSection> Sections { get; }

    public IReadOnlyList<SignatureCheck> Signatures { get; }

    public IReadOnlyList<RestrictedRecord> Restricted { get; }

    public IReadOnlyList<EvidenceEvent> Timeline { get; }

    /// <summary>Puts it together; <paramref name="restricted"/> is what was kept apart when they were erased, opened by name and reason.</summary>
    public static EvidencePack Of(string leadId, string seller, IReadOnlyList<EvidenceSection> sections, IReadOnlyList<RestrictedRecord> restricted, string madeBy, string reason, Instant now)
    {
        var person = sections.First(s => s.Name == "person").Rows;
        var name = person.Count == 0 ? "" : $"{person[0]["first_name"]} {person[0]["last_name"]}".Trim();
        var signatures = sections.First(s => s.Name == "signatures").Rows.Select(r => new SignatureCheck(r["id"]!, r["text_hash"]!, HashOf(r["text"]!) == r["text_hash"])).ToList();
        var law = ContactRulesPack.Current;
        var json = JsonSerializer.Serialize(new
        {
            kind = "meridian evidence",
            person = leadId,
            name,
            seller,
            made_at = now.ToString(),
            made_by = madeBy,
            reason,
            rules = new { law.Version, as_of = law.AsOf.ToString("uuuu-MM-dd", null), sha256 = law.Fingerprint },
            signatures_checked = signatures.Select(s => new { s.Id, s.TextSha256, words_unchanged = s.WordsUnchanged }),
            sections_sha256 = sections.ToDictionary(s => s.Name, s => HashOf(JsonSerializer.Serialize(s.Rows, Indented))),
            sections = sections.ToDictionary(s => s.Name, s => s.Rows),
            restricted_records_opened = restricted.Select(r => new { r.Id, kept_at = r.KeptAt.ToString(), keep_until = r.KeepUntil.ToString(), r.Reason, r.Sha256, r.Intact, pack = JsonNode.Parse(r.Pack) }),
        }, Indented);
        return new EvidencePack(json, leadId, name, seller, now, madeBy, reason, sections, signatures, restricted);
    }

    internal static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>Whether the words that were signed are still those whose hash the signature carries.</summary>
public sealed record SignatureCheck(string Id, string TextSha256, bool WordsUnchanged);
