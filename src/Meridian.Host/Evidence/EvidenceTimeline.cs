using System.Text.Json;
using Meridian.Adapters.Sql;

namespace Meridian.Host.Evidence;

/// <summary>One thing that happened, for a reader.</summary>
public sealed record EvidenceEvent(string At, string What, string Detail);

/// <summary>The rows of all tables as one story, oldest first.</summary>
internal static class EvidenceTimeline
{
    public static IReadOnlyList<EvidenceEvent> Of(IReadOnlyList<EvidenceSection> sections)
    {
        var by = sections.ToDictionary(s => s.Name, s => s.Rows);
        var words = by["words"].ToDictionary(r => r["permit_id"]!);
        var verdicts = by["verdicts"].ToDictionary(r => r["permit_id"]!);
        var events = new List<EvidenceEvent>();
        foreach (var r in by["person"]) Add(r["created_at"], "came in", r["source"] is { } source ? $"from {source}" : "");
        foreach (var r in by["imports"]) Add(r["started_at"], "imported", $"{r["file_name"]} (sha256 {r["file_hash"]}), line {r["line"]}: {r["result"]}{(r["attested_by"] is { } who ? $"; attested by {who}: {r["attestation"]}" : "")}");
        foreach (var r in by["prospects"]) Add(r["found_at"], "found", $"at {r["source"]}: {r["state"]} {r["reason"]}");
        foreach (var r in by["consents"])
        {
            Add(r["created_at"], "consent", $"{r["channel"]} to {r["address_id"]}: {r["status"]}; seller {r["seller"] ?? "not named"}, words {r["text_version"] ?? "not named"}, given {r["given_on"] ?? "undated"}, evidence {r["evidence"] ?? "none"}{(r["missing"] is { } m ? $"; {m}" : "")}");
            Add(r["withdrawn_at"], "consent withdrawn", $"{r["channel"]} to {r["address_id"]}");
        }

        foreach (var r in by["signatures"]) Add(r["signed_at"], "signed", $"\"{r["signature"]}\" for {r["channels"]} at {r["address_id"]}, from {r["from_address"]}, words {r["text_version"]} (sha256 {r["text_hash"]})");
        foreach (var r in by["touches"])
        {
            if (r["begun_at"] is { } begun)
            {
                var content = r["permit_id"] is { } permit ? words.GetValueOrDefault(permit) : null;
                Add(begun, r["channel"]!, $"from {r["sender_address"]} to {r["address_id"]}: {r["state"]}{(r["disposition"] is { } d ? $", {d}" : "")}{(r["error"] is { } e ? $" ({e})" : "")}. {(content?["subject"] is { } subject ? $"Subject: {subject}. " : "")}Said: {content?["body"]}");
                if (r["permit_id"] is { } p && verdicts.GetValueOrDefault(p) is { } verdict) Add(verdict["at"], $"why the {r["channel"]} was allowed", Reasons(verdict["verdict"]!));
            }
            else Add(r["planned_at"], $"{r["channel"]} planned", r["skipped_reason"] is { } skipped ? $"skipped: {skipped}" : r["parked_reason"] is { } parked ? $"parked: {parked}" : r["state"]!);
        }

        foreach (var r in by["signals"]) Add(r["received_at"], "heard", $"{r["provider"]} {r["kind"]}: {r["result"] ?? "not understood yet"}");
        foreach (var r in by["confirmations"]) Add(r["begun_at"], "confirmation of the opt-out", $"from {r["from_address"]} to {r["address_id"]}: {r["state"]}. Said: {r["body"]}");
        foreach (var r in by["call_tasks"]) Add(r["begun_at"] ?? r["created_at"], "call by a person", $"{r["state"]} {r["outcome"]} {r["actor"]} {r["note"]}");
        foreach (var r in by["suppressions"]) Add(r["at"], "suppressed", $"{r["address_id"]}: {r["reason"]} ({r["source"]})");
        foreach (var r in by["person"]) Add(r["opted_out_at"], "opted out", "every channel is closed since then");
        foreach (var r in by["legal_holds"]) Add(r["placed_at"], "legal hold", $"{r["matter"]}, by {r["placed_by"]}{(r["lifted_at"] is { } at ? $", lifted {at}" : "")}");
        foreach (var r in by["audit"]) Add(r["at"], $"done by {r["actor"]}", $"{r["verb"]} {r["after"]}");
        foreach (var r in by["incidents"]) Add(r["opened_at"], "incident", $"{r["kind"]}: {r["detail"]}");
        return [.. events.OrderBy(e => e.At, StringComparer.Ordinal)];

        void Add(string? at, string what, string detail)
        {
            if (at is not null) events.Add(new EvidenceEvent(at, what, detail.Trim()));
        }
    }

    private static string Reasons(string verdict)
    {
        using var findings = JsonDocument.Parse(verdict);
        return string.Join("\n", findings.RootElement.EnumerateArray().Select(f => $"{f.GetProperty("Rule").GetString()}: {f.GetProperty("Sentence").GetString()} [{f.GetProperty("Source").GetString()}]"));
    }
}
